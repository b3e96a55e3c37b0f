package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// report is what a replay found, in the order it is printed.
type report struct {
	Logs []logReport `json:"logs"`

	Lines     int            `json:"lines"`
	Accepted  int            `json:"accepted"`
	Malformed int            `json:"malformed"`
	Garbage   int            `json:"garbage"` // accepted, but no HTTP
	Reasons   map[string]int `json:"reasons,omitempty"`
	Examples  []string       `json:"examples,omitempty"`
	First     time.Time      `json:"first,omitzero"`
	Last      time.Time      `json:"last,omitzero"`
	Late      int            `json:"late,omitempty"`

	Sessions    int `json:"sessions"`
	Parts       int `json:"parts"`
	Sessionless int `json:"sessionless,omitempty"` // requests without a session
	// SessionsRest and ClientsRest count requests of sessions and clients
	// beyond what is told apart.
	SessionsRest int          `json:"sessions_rest,omitempty"`
	ClientsRest  int          `json:"clients_rest,omitempty"`
	TopSessions  []sessionRow `json:"top_sessions,omitempty"`
	Keys         []keyRow     `json:"keys,omitempty"`
	KeyCount     int          `json:"key_count"`
	Clients      int          `json:"clients"`
	TopClients   []clientSum  `json:"top_clients,omitempty"`
	Statuses     []int        `json:"statuses"` // none or odd, 1xx … 5xx

	Passed    int            `json:"passed"`
	Monitored int            `json:"monitored"`
	Blocked   int            `json:"blocked"`
	ByReason  map[string]int `json:"blocked_by,omitempty"`
	Inert     int            `json:"inert,omitempty"` // in mode off: not looked at
	Check     check          `json:"check"`
}

type logReport struct {
	Name      string `json:"name"`
	Format    string `json:"format"`
	Lines     int    `json:"lines"`
	Accepted  int    `json:"accepted"`
	Malformed int    `json:"malformed"`
	Damage    string `json:"damage,omitempty"`
}

type sessionRow struct {
	ID       string    `json:"id"`
	Requests int       `json:"requests"`
	Blocked  int       `json:"blocked,omitempty"`
	Parts    int       `json:"parts"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Client   string    `json:"client,omitempty"` // of the first request
	User     string    `json:"user,omitempty"`
	Key      string    `json:"key"`
}

type keyRow struct {
	Source   traffic.KeySource `json:"source"`
	Index    int               `json:"index"`
	Name     string            `json:"name,omitempty"`
	Requests int               `json:"requests"`
	Sessions int               `json:"sessions"`
}

// check tells whether the numbers add up: the requests of all parts, and those
// that were not looked at, are the accepted lines.
type check struct {
	OK       bool `json:"ok"`
	InParts  int  `json:"in_parts"`
	Inert    int  `json:"inert"`
	Accepted int  `json:"accepted"`
	// Ahead counts lines that were read but not yet replayed when the replay
	// was stopped.
	Ahead int `json:"ahead,omitempty"`
	// Dropped and Lost are what the engine itself says it lost.
	Dropped uint64 `json:"dropped,omitempty"`
	Lost    uint64 `json:"lost,omitempty"`
}

// report puts everything together.
func (r *replayRun) report() *report {
	rep := &report{Late: r.merge.Late()}
	rep.TopClients, rep.Clients, rep.ClientsRest = r.clients.top(r.top), r.clients.known(), r.clients.other
	r.addLogs(rep)
	t := r.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.sessions()
	if none := all[traffic.SessionID{}]; none != nil {
		rep.Sessionless = none.requests
		delete(all, traffic.SessionID{})
	}
	rep.Sessions, rep.SessionsRest = len(all), t.rest.requests
	rep.addSessions(all, r.top)
	rep.addKeys(t, all, r.top)
	rep.addDecisions(t)
	s := r.guard.Stats()
	rep.Inert = int(s.Requests - s.Recorded - s.Dropped)
	if r.stopped != nil {
		rep.Check.Ahead = rep.Accepted - r.replayed
	}
	rep.Check.Dropped, rep.Check.Lost = s.Dropped, s.Lost
	rep.addCheck(t)
	return rep
}

func (r *replayRun) addLogs(rep *report) {
	var sum accesslog.Stats
	for _, l := range r.logs {
		s := l.Stats()
		sum.Add(s, r.examples)
		row := logReport{Name: l.Name(), Format: l.Format().String(), Lines: s.Lines, Accepted: s.Accepted, Malformed: s.Malformed}
		if s.Damage != nil {
			row.Damage = s.Damage.Error()
		}
		rep.Logs = append(rep.Logs, row)
	}
	rep.Lines, rep.Accepted, rep.Malformed, rep.Garbage = sum.Lines, sum.Accepted, sum.Malformed, sum.Garbage
	rep.First, rep.Last = sum.First, sum.Last
	for i, n := range sum.Reasons {
		if n > 0 {
			if rep.Reasons == nil {
				rep.Reasons = map[string]int{}
			}
			rep.Reasons[accesslog.Reason(i).String()] = n
		}
	}
	for _, m := range sum.Examples {
		rep.Examples = append(rep.Examples, m.String())
	}
}

func (rep *report) addSessions(all map[traffic.SessionID]*partSum, top int) {
	type row struct {
		id traffic.SessionID
		*partSum
	}
	rows := make([]row, 0, len(all))
	for id, s := range all {
		rows = append(rows, row{id, s})
		rep.Parts += s.parts
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.requests, a.requests), a.first.Compare(b.first), cmp.Compare(a.id.String(), b.id.String()))
	})
	for _, s := range rows[:min(top, len(rows))] {
		rep.TopSessions = append(rep.TopSessions, sessionRow{
			ID: s.id.String(), Requests: s.requests, Blocked: s.blocked, Parts: s.parts, First: s.first, Last: s.last,
			Client: addrText(s.client), User: s.user, Key: keyText(s.key),
		})
	}
}

func (rep *report) addKeys(t *tally, all map[traffic.SessionID]*partSum, top int) {
	sessions := map[session.KeyUse]int{}
	for _, s := range all {
		sessions[s.key]++
	}
	var rows []keyRow
	for k, n := range t.keys {
		rows = append(rows, keyRow{k.Source, k.Index, k.Name, n, sessions[k]})
	}
	slices.SortFunc(rows, func(a, b keyRow) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Index, b.Index))
	})
	rep.KeyCount = len(rows)
	rep.Keys = rows[:min(top, len(rows))]
}

func (rep *report) addDecisions(t *tally) {
	rep.Passed, rep.Monitored, rep.Blocked = t.actions[traffic.Pass], t.actions[traffic.Monitor], t.actions[traffic.Block]
	for i, n := range t.blocked {
		if n > 0 {
			if rep.ByReason == nil {
				rep.ByReason = map[string]int{}
			}
			rep.ByReason[traffic.Reason(i).String()] = n
		}
	}
	rep.Statuses = t.statuses[:]
}

// addCheck adds up the parts one by one.
func (rep *report) addCheck(t *tally) {
	c := &rep.Check
	c.Accepted, c.Inert, c.InParts = rep.Accepted, rep.Inert, t.rest.requests
	for _, p := range t.parts {
		c.InParts += p.requests
	}
	c.OK = c.InParts+c.Inert+c.Ahead == c.Accepted && rep.Accepted+rep.Malformed == rep.Lines && c.InParts == t.stored
}
