package main

import (
	"bufio"
	"fmt"
	"io"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// print writes the explanation for people.
func (r *explainRun) print(why *chaperone.Explanation) error {
	w := bufio.NewWriter(r.out)
	r.printRequest(w)
	r.printTried(w, why.Tried)
	printSession(w, &why.Session)
	printParams(w, why.Params)
	printVerdict(w, why)
	return w.Flush()
}

func (r *explainRun) printRequest(w io.Writer) {
	e := r.request
	fmt.Fprintln(w, "Request")
	columns(w, func(row func(...any)) {
		if e.Garbage != "" {
			row("asked", "nothing that is HTTP: "+safe(e.Garbage))
		} else {
			row("asked", safe(e.Method)+" "+safe(e.Target))
		}
		if e.Host != "" {
			row("host", safe(e.Host))
		}
		client := e.Client.String()
		if e.ClientName != "" {
			client += ", stands for " + safe(e.ClientName)
		}
		row("client", client)
		if ua := e.UserAgent(); ua != "" {
			row("user agent", safe(ua))
		}
		if r.asking {
			row("answer", "not known: keys in the response cannot work yet")
		} else {
			row("answer", e.Status)
		}
	})
}

// printTried prints the keys in the order they were tried. Built-in ones that
// found nothing are counted, unless all are asked for.
func (r *explainRun) printTried(w io.Writer, tried []session.Tried) {
	fmt.Fprintln(w, "\nKeys, in the order they were tried")
	silent := 0
	columns(w, func(row func(...any)) {
		for i, t := range tried {
			if !r.all && t.Source == traffic.BuiltinKey && t.Outcome == session.NotFound {
				silent++
				continue
			}
			mark := ""
			if t.Worked {
				mark = "→ "
			}
			row(fmt.Sprintf("%d.", i+1), mark+triedName(&t), t.Outcome, t.Why)
			if t.Path != "" {
				row("", "   "+t.Path)
			}
		}
	})
	if silent > 0 {
		fmt.Fprintf(w, "  and %s with nothing there (-all shows them)\n", plural(silent, "built-in key"))
	}
}

func triedName(t *session.Tried) string {
	switch t.Source {
	case traffic.OwnKey:
		return safe(t.Name)
	case traffic.BuiltinKey:
		return "built-in " + safe(t.Name)
	}
	return t.Name
}

func printSession(w io.Writer, s *traffic.Identity) {
	fmt.Fprintln(w, "\nSession")
	columns(w, func(row func(...any)) {
		if s.ID.IsZero() {
			row("none", "neither a key nor an address")
			return
		}
		row("id", s.ID)
		if !s.Provisional.IsZero() {
			row("before the answer", s.Provisional)
		}
		row("key", keyText(session.KeyUse{Source: s.Key.Source, Index: s.Key.Index, Name: s.Key.Name}))
		if s.Key.Value != "" {
			row("value", keptValue(s.Key.Value, s.Key.Hashed))
		}
		row("strength", fmt.Sprintf("%s (%s)", s.Strength, standingText(s.Standing)))
		if s.User != "" {
			row("user", safe(s.User))
		}
		if s.Role != "" {
			row("role", safe(s.Role))
		}
	})
}

// standingText says in words where an identity comes from.
func standingText(s traffic.Standing) string {
	switch s {
	case traffic.Claimed:
		return "claimed: the client says so"
	case traffic.Issued:
		return "issued: seen in a response"
	case traffic.Verified:
		return "verified: the application vouches for it"
	}
	return "observed, not said"
}

func printParams(w io.Writer, params []traffic.Param) {
	if len(params) == 0 {
		return
	}
	fmt.Fprintln(w, "\nContext parameters")
	columns(w, func(row func(...any)) {
		for _, p := range params {
			value := keptValue(p.Value, p.Hashed)
			if p.Found != traffic.Present {
				value = p.Found.String()
			}
			key := ""
			if p.Key {
				key = "(key)"
			}
			row(safe(p.Name), value, key)
		}
	})
}

// keptValue shows a value as it would be stored.
func keptValue(s string, hashed bool) string {
	if hashed {
		return s + " (hashed)"
	}
	return safe(s)
}

func printVerdict(w io.Writer, why *chaperone.Explanation) {
	v := &why.Verdict
	fmt.Fprintln(w, "\nVerdict")
	columns(w, func(row func(...any)) {
		row("action", v.Action)
		if v.Reason != traffic.NoReason {
			row("reason", reasonText(v.Reason.String()))
		}
		if v.Entry != 0 {
			row("list entry", v.Entry)
		}
		if v.Allowed {
			row("allowed", "by a list: passes unexamined")
		}
		if v.Gray {
			row("gray", "the source or the session is graylisted")
		}
		row("mode", v.Mode)
		for _, h := range why.Hits {
			row("attack", fmt.Sprintf("%s at %s: %s", h.Type, h.Point, safe(h.Payload)))
		}
		for _, m := range why.Marks.Names() {
			row("mark", m)
		}
	})
}
