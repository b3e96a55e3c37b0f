package main

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"sync"
	"time"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// tally is the store of a replay: it counts what the engine hands it and
// passes it on to the exports, but keeps no request. So memory grows with the
// number of session parts, not of requests.
type tally struct {
	mu      sync.Mutex
	zone    *time.Location
	exports []*export.RecordWriter

	parts    map[partKey]*partSum
	rest     partSum // parts that had no room
	keys     map[session.KeyUse]int
	actions  [traffic.Block + 1]int
	blocked  [traffic.Failure + 1]int
	statuses [6]int // by hundreds; 0 for no answer and for what is no status
	stored   int
	maxParts int
}

// maxParts is how many session parts are told apart, at about 200 bytes each.
// The requests of further ones are counted together.
const maxParts = 8 << 20

type partKey struct {
	session traffic.SessionID
	day     traffic.Day
}

// partSum is what is known of a part, or of a whole session.
type partSum struct {
	requests, blocked int
	parts             int
	first, last       time.Time
	client            netip.Addr // of the first request
	user              string     // the last one that was known
	key               session.KeyUse
}

func newTally(zone *time.Location, exports ...*export.RecordWriter) *tally {
	return &tally{zone: zone, exports: exports, parts: map[partKey]*partSum{}, keys: map[session.KeyUse]int{}, maxParts: maxParts}
}

// Append implements [session.Store].
func (t *tally) Append(_ context.Context, recs []traffic.Record) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range recs {
		r := &recs[i]
		t.count(r)
		for _, w := range t.exports {
			// A writer that failed says so again when it is flushed, and a
			// store that returned the error would be given the batch again.
			_ = w.Write(r)
		}
	}
	return nil
}

func (t *tally) count(r *traffic.Record) {
	t.stored++
	t.part(r).add(r)
	k := r.Session.Key
	t.keys[session.KeyUse{Source: k.Source, Index: k.Index, Name: k.Name}]++
	t.actions[min(r.Verdict.Action, traffic.Block)]++
	if r.Verdict.Blocked() {
		t.blocked[min(r.Verdict.Reason, traffic.Failure)]++
	}
	class := r.Status / 100
	if class < 1 || class > 5 {
		class = 0
	}
	t.statuses[class]++
}

// part returns the sum of the record's session and day.
func (t *tally) part(r *traffic.Record) *partSum {
	k := partKey{r.Session.ID, traffic.DayOf(r.Time.In(t.zone))}
	p := t.parts[k]
	if p == nil {
		if len(t.parts) >= t.maxParts {
			return &t.rest
		}
		p = &partSum{parts: 1}
		t.parts[k] = p
	}
	return p
}

func (p *partSum) add(r *traffic.Record) {
	if p.requests++; p.requests == 1 {
		p.client = r.Client.Addr
		k := r.Session.Key
		p.key = session.KeyUse{Source: k.Source, Index: k.Index, Name: k.Name}
	}
	if r.Verdict.Blocked() {
		p.blocked++
	}
	if p.first.IsZero() || r.Time.Before(p.first) {
		p.first = r.Time
	}
	if r.Time.After(p.last) {
		p.last = r.Time
	}
	if r.Session.User != "" {
		p.user = r.Session.User
	}
}

// join adds another part of the same session.
func (p *partSum) join(o *partSum) {
	if p.requests == 0 || o.first.Before(p.first) {
		p.first, p.client, p.key = o.first, o.client, o.key
	}
	if o.last.After(p.last) {
		p.last = o.last
		if o.user != "" {
			p.user = o.user
		}
	}
	p.requests += o.requests
	p.blocked += o.blocked
	p.parts += o.parts
}

// sessions joins the parts. The zero id stands for requests without a
// session.
func (t *tally) sessions() map[traffic.SessionID]*partSum {
	all := make(map[traffic.SessionID]*partSum, len(t.parts))
	for k, p := range t.parts {
		s := all[k.session]
		if s == nil {
			s = new(partSum)
			all[k.session] = s
		}
		s.join(p)
	}
	return all
}

var errNotKept = errors.New("a replay keeps no requests; export them with -csv or -jsonl")

// Records implements [session.Store]: nothing was kept.
func (t *tally) Records(context.Context, session.Query) iter.Seq2[*traffic.Record, error] {
	return func(yield func(*traffic.Record, error) bool) { yield(nil, errNotKept) }
}

// Parts implements [session.Store]: nothing was kept.
func (t *tally) Parts(context.Context, session.Query) iter.Seq2[*session.Part, error] {
	return func(yield func(*session.Part, error) bool) { yield(nil, errNotKept) }
}
