package chaperone

import (
	"context"
	"iter"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Part is one day of a session, with its status as the lists say it now.
type Part struct {
	*session.Part
	// Denied is true while the session stands in the deny list for at least
	// one application: its status is "Blocked". It is read from the lists at
	// the moment of asking and so is never stale; the embedded Blocked counts
	// requests.
	Denied bool `json:"denied"`
	// Entry is the id of the list entry that denies it; 0 when none does.
	Entry uint64 `json:"entry,omitempty"`
}

// Records returns the stored requests that q asks for, in the order of time.
// A request is there once it was stored, a moment after it ended; see
// [Guard.Flush].
func (g *Guard) Records(ctx context.Context, q session.Query) iter.Seq2[*traffic.Record, error] {
	return g.cfg.SessionStore.Records(ctx, q)
}

// Parts returns the session parts that q asks for, each with its status now.
// All parts of one session have its id.
func (g *Guard) Parts(ctx context.Context, q session.Query) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		for p, err := range g.cfg.SessionStore.Parts(ctx, q) {
			if err != nil {
				yield(Part{}, err)
				return
			}
			entry := g.denied(p.Session)
			if !yield(Part{Part: p, Denied: entry != 0, Entry: entry}, nil) {
				return
			}
		}
	}
}

// denied returns the deny entry in force for a session, for whichever
// application, or 0.
func (g *Guard) denied(id traffic.SessionID) uint64 {
	for e := range g.book.On(g.now(), lists.OfSession(id)) {
		if e.List == lists.Deny {
			return e.ID
		}
	}
	return 0
}

// SessionOf returns the id of the session that a request belongs to; false
// when no stored request has that id.
func (g *Guard) SessionOf(ctx context.Context, request traffic.RequestID) (traffic.SessionID, bool, error) {
	for r, err := range g.Records(ctx, session.Query{Request: request, Limit: 1}) {
		if err != nil {
			return traffic.SessionID{}, false, err
		}
		return r.Session.ID, true, nil
	}
	return traffic.SessionID{}, false, nil
}
