package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/chaperone-go/chaperone/session"
)

// print writes the report for people.
func (rep *report) print(out io.Writer) error {
	w := bufio.NewWriter(out)
	rep.printLogs(w)
	rep.printLines(w)
	rep.printSessions(w)
	rep.printKeys(w)
	rep.printClients(w)
	rep.printDecisions(w)
	rep.printCheck(w)
	return w.Flush()
}

// columns prints rows in columns. Empty cells at the end of a row are left
// out.
func columns(w io.Writer, rows func(row func(cells ...any))) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	rows(func(cells ...any) {
		for len(cells) > 0 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		line := "  "
		for i, c := range cells {
			if i > 0 {
				line += "\t"
			}
			line += fmt.Sprint(c)
		}
		fmt.Fprintln(t, line)
	})
	t.Flush()
}

func (rep *report) printLogs(w io.Writer) {
	fmt.Fprintln(w, "Logs")
	columns(w, func(row func(...any)) {
		for _, l := range rep.Logs {
			row(safe(l.Name), l.Format, plural(l.Lines, "line"), number(l.Accepted)+" accepted", number(l.Malformed)+" malformed")
		}
	})
	for _, l := range rep.Logs {
		if l.Damage != "" {
			fmt.Fprintf(w, "  ! %s is damaged, reading stopped early: %s\n", safe(l.Name), l.Damage)
		}
		if l.Lines > 0 && l.Accepted == 0 {
			fmt.Fprintf(w, "  ! %s: is this an access log? If so, name its format with -format\n", safe(l.Name))
		}
	}
}

func (rep *report) printLines(w io.Writer) {
	fmt.Fprintln(w, "\nLines")
	columns(w, func(row func(...any)) {
		row("read", number(rep.Lines))
		accepted := number(rep.Accepted)
		if rep.Garbage > 0 {
			accepted += " (" + number(rep.Garbage) + " of them no HTTP: the client is known, nothing was asked)"
		}
		row("accepted", accepted)
		row("malformed", number(rep.Malformed))
		for _, reason := range slices.Sorted(maps.Keys(rep.Reasons)) {
			row("", number(rep.Reasons[reason])+" "+reason)
		}
		if rep.Accepted > 0 {
			row("time", fmt.Sprintf("%s to %s UTC (%s)", stamp(rep.First), stamp(rep.Last), length(rep.Last.Sub(rep.First))))
			row("answers", rep.answers())
		}
		if rep.Late > 0 {
			row("late", number(rep.Late)+" too far out of order to be put right")
		}
	})
	if len(rep.Examples) > 0 {
		fmt.Fprintln(w, "\nMalformed lines, the first ones")
	}
	for _, e := range rep.Examples {
		fmt.Fprintf(w, "  %s\n", e)
	}
}

// answers counts status codes by class.
func (rep *report) answers() string {
	var list []string
	for class, n := range rep.Statuses {
		if n == 0 {
			continue
		}
		name := strconv.Itoa(class) + "xx"
		if class == 0 {
			name = "none or other"
		}
		list = append(list, name+" "+number(n))
	}
	return strings.Join(list, ", ")
}

func (rep *report) printSessions(w io.Writer) {
	fmt.Fprintf(w, "\nSessions: %s in %s\n", number(rep.Sessions), plural(rep.Parts, "day part"))
	if rep.Sessionless > 0 {
		fmt.Fprintf(w, "  %s without a session: neither a key nor an address\n", plural(rep.Sessionless, "request"))
	}
	if len(rep.TopSessions) == 0 {
		return
	}
	columns(w, func(row func(...any)) {
		row("requests", "parts", "from", "for", "key", "client", "session")
		for _, s := range rep.TopSessions {
			id := s.ID[:16] + "…"
			if s.User != "" {
				id += " user " + safe(s.User)
			}
			if s.Blocked > 0 {
				id += " (" + number(s.Blocked) + " blocked)"
			}
			row(number(s.Requests), s.Parts, stamp(s.First), length(s.Last.Sub(s.First)), s.Key, s.Client, id)
		}
	})
	more(w, rep.Sessions-len(rep.TopSessions))
	rest(w, rep.SessionsRest, "sessions")
}

func (rep *report) printKeys(w io.Writer) {
	fmt.Fprintln(w, "\nKeys used")
	columns(w, func(row func(...any)) {
		row("requests", "sessions", "key")
		for _, k := range rep.Keys {
			row(number(k.Requests), number(k.Sessions), keyText(session.KeyUse{Source: k.Source, Index: k.Index, Name: k.Name}))
		}
	})
	more(w, rep.KeyCount-len(rep.Keys))
}

func (rep *report) printClients(w io.Writer) {
	fmt.Fprintf(w, "\nClients: %s\n", number(rep.Clients))
	columns(w, func(row func(...any)) {
		for _, c := range rep.TopClients {
			name := ""
			if c.Name != "" {
				name = "stands for " + safe(c.Name)
			}
			if c.Blocked > 0 {
				name = strings.TrimSpace("(" + number(c.Blocked) + " blocked) " + name)
			}
			addr := c.Addr
			if addr == "" {
				addr = "unknown"
			}
			row(number(c.Requests), addr, name)
		}
	})
	shown := len(rep.TopClients)
	if slices.ContainsFunc(rep.TopClients, func(c clientSum) bool { return c.Addr == "" }) {
		shown-- // the unknown one is none
	}
	more(w, rep.Clients-shown)
	rest(w, rep.ClientsRest, "clients")
}

func (rep *report) printDecisions(w io.Writer) {
	fmt.Fprintln(w, "\nWhat the policy and the lists would have done")
	columns(w, func(row func(...any)) {
		row("pass", number(rep.Passed))
		if rep.Monitored > 0 {
			row("register", number(rep.Monitored))
		}
		row("block", number(rep.Blocked))
		for _, reason := range slices.Sorted(maps.Keys(rep.ByReason)) {
			row("", number(rep.ByReason[reason])+" by "+reasonText(reason))
		}
		if rep.Inert > 0 {
			row("not looked at", number(rep.Inert)+" (mode off)")
		}
	})
}

func (rep *report) printCheck(w io.Writer) {
	c := rep.Check
	verdict := "ok"
	if !c.OK {
		verdict = "WRONG"
	}
	inert := ""
	if c.Inert > 0 {
		inert = " + " + number(c.Inert) + " not looked at"
	}
	if c.Ahead > 0 {
		inert += " + " + number(c.Ahead) + " read ahead"
	}
	fmt.Fprintf(w, "\nCheck: %s in parts%s = %s accepted; %s accepted + %s malformed = %s: %s\n", plural(c.InParts, "request"), inert, number(c.Accepted),
		number(rep.Accepted), number(rep.Malformed), plural(rep.Lines, "line"), verdict)
	if c.Dropped+c.Lost > 0 {
		fmt.Fprintf(w, "  the engine dropped %d and lost %d\n", c.Dropped, c.Lost)
	}
}

// more says how many rows are not shown.
func more(w io.Writer, n int) {
	if n > 0 {
		fmt.Fprintf(w, "  … and %s more\n", number(n))
	}
}

// rest says how many requests are not told apart by what they belong to.
func rest(w io.Writer, n int, what string) {
	if n > 0 {
		fmt.Fprintf(w, "  and %s of further %s, which are too many to tell apart\n", plural(n, "request"), what)
	}
}
