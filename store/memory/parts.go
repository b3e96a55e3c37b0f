package memory

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Parts yields the parts that match q; see [session.Store].
//
// A part that lost records to the bound still tells the exact number of
// requests, blocked and malicious ones, logins, attacks and bytes, and the
// true first and last time, strength and standing. Its lists are made of the
// records that are left; lists with an entry for each record (applications,
// status codes, keys) and that of the attacks count the others in Other.
// Query fields other than sessions and time look at the records that are left.
// With an interval that cuts through such a part, all numbers are those of the
// records that are left.
//
// The parts are found when the iteration begins: 32 bytes for each that may
// match. Each is folded when its turn comes, so the first ones come at once.
func (s *Sessions) Parts(ctx context.Context, q session.Query) iter.Seq2[*session.Part, error] {
	return func(yield func(*session.Part, error) bool) {
		m, err := q.Compile()
		if err != nil {
			yield(nil, err)
			return
		}
		l := partLister{ctx: ctx, store: s, query: &q, match: &m, interval: s.interval(&m), shelf: shelf{s: s}}
		if err := l.list(yield); err != nil {
			yield(nil, fmt.Errorf("read parts: %w", err))
		}
	}
}

// partLister is one call of Parts.
type partLister struct {
	ctx      context.Context
	store    *Sessions
	query    *session.Query
	match    *session.Matcher
	interval interval
	shelf    shelf
	fold     session.Fold
	decoder
	record traffic.Record // the one being looked at
}

// candidate is a part that may match, with what orders it.
type candidate struct {
	first int64 // the time of the first record told of
	day   traffic.Day
	slot  uint32
	life  uint32
	id    uint64 // the start of the session's
}

func (l *partLister) list(yield func(*session.Part, error) bool) error {
	h := heap[candidate]{first: func(a, b *candidate) bool { return l.compare(a, b) < 0 != l.match.Newest() }}
	var err error
	if h.list, err = l.candidates(); err != nil {
		return err
	}
	h.init()
	for found := 0; len(h.list) > 0; {
		c := h.pop()
		part, err := l.make(&c)
		if err != nil {
			return err
		}
		if part == nil {
			continue
		}
		if !yield(part, nil) {
			return nil
		}
		if found++; found == l.match.Limit() {
			return nil
		}
	}
	return nil
}

// compare orders candidates as [session.Store] says.
func (l *partLister) compare(a, b *candidate) int {
	if n := cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.first, b.first), cmp.Compare(a.id, b.id)); n != 0 {
		return n
	}
	p, q := l.store.part(a), l.store.part(b)
	return bytes.Compare(p.id[:], q.id[:])
}

// part returns a copy of the entry of a candidate. It is not in use when the
// part is gone.
func (s *Sessions) part(c *candidate) part {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if p := s.parts.get(c.slot); p != nil && p.life == c.life {
		return *p
	}
	return part{}
}

// candidates returns the parts that may match, in no order.
func (l *partLister) candidates() (list []candidate, err error) {
	ids := l.match.Sessions()
	if len(ids) == 0 && !l.query.Request.IsZero() {
		if ids, err = l.sessionsOf(l.query.Request); err != nil || len(ids) == 0 {
			return nil, err
		}
	}
	var cut []candidate // those the interval cuts through
	if len(ids) > 0 {
		list, cut = l.named(ids)
	} else if list, cut, err = l.all(); err != nil {
		return nil, err
	}
	for i := range cut {
		if err := l.ctx.Err(); err != nil {
			return nil, err
		}
		c := &cut[i]
		p := l.store.part(c)
		if c.first = l.firstWithin(&p); p.used && c.first < math.MaxInt64 {
			list = append(list, *c)
		}
	}
	return list, nil
}

// sessionsOf returns the session a request belongs to.
func (l *partLister) sessionsOf(request traffic.RequestID) (ids []traffic.SessionID, err error) {
	q := session.Query{Request: request, From: l.query.From, To: l.query.To}
	for r, err := range l.store.Records(l.ctx, q) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, r.Session.ID)
	}
	return ids, nil
}

// named returns the parts of the given sessions.
func (l *partLister) named(ids []traffic.SessionID) (list, cut []candidate) {
	s := l.store
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, d := range s.days {
		for i := range ids {
			if slot, ok := s.index.find(&s.parts, &ids[i], d.day); ok {
				list, cut = l.propose(slot, list, cut)
			}
		}
	}
	return list, cut
}

// all returns all parts, a chunk of the table at a time so that nobody waits.
func (l *partLister) all() (list, cut []candidate, err error) {
	for n := 0; ; n++ {
		if err := l.ctx.Err(); err != nil {
			return nil, nil, err
		}
		more := false
		if list, cut, more = l.chunk(uint32(n), list, cut); !more {
			return list, cut, nil
		}
	}
}

func (l *partLister) chunk(n uint32, list, cut []candidate) (_, _ []candidate, more bool) {
	s := l.store
	s.mu.RLock()
	defer s.mu.RUnlock()
	if int(n) >= len(s.parts.chunks) {
		return list, cut, false
	}
	for i := range uint32(chunkSlots) {
		list, cut = l.propose(n<<chunkShift|i, list, cut)
	}
	return list, cut, true
}

// propose adds a part to one of the lists if its entry does not rule it out.
// Needs the lock.
func (l *partLister) propose(slot uint32, list, cut []candidate) (_, _ []candidate) {
	p := l.store.parts.get(slot)
	v, q := &l.interval, l.query
	if p == nil || p.day < v.from || p.day > v.to || p.last < v.min || p.first > v.max ||
		(q.Malicious == session.Yes && p.malicious == 0) || (q.Blocked == session.Yes && p.blocked == 0) {
		return list, cut
	}
	c := candidate{p.first, p.day, slot, p.life, binary.BigEndian.Uint64(p.id[:])}
	if v.covers(p) || (p.first >= v.min && !p.cut()) {
		return append(list, c), cut
	}
	return list, append(cut, c)
}

// firstWithin returns the time of the first record of a part that lies in the
// interval.
func (l *partLister) firstWithin(p *part) int64 {
	first := int64(math.MaxInt64)
	l.shelf.chain(p, func(h *head, _ ref, _ []byte) bool {
		if l.interval.within(h.time) {
			first = min(first, h.time)
		}
		return true
	})
	return first
}

// make folds a candidate; nil when it does not match or is gone.
func (l *partLister) make(c *candidate) (*session.Part, error) {
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	p := l.store.part(c)
	if !p.used {
		return nil, nil
	}
	matched, err := l.foldAll(&p)
	if err != nil || !matched {
		return nil, err
	}
	part := l.fold.Part(p.day)
	if l.interval.covers(&p) && part.Requests < int(p.requests) {
		p.restore(part)
	}
	return part, nil
}

// foldAll folds the records of a part that lie in the interval, and reports
// whether one of them matches.
func (l *partLister) foldAll(p *part) (matched bool, err error) {
	l.fold.Reset()
	l.brief = true
	n := 0
	l.shelf.chain(p, func(h *head, _ ref, data []byte) bool {
		if n++; n%checkEvery == 0 {
			if err = l.ctx.Err(); err != nil {
				return false
			}
		}
		if !l.interval.within(h.time) {
			return true
		}
		if err = l.decoder.record(data, h, &p.who, &l.record); err != nil {
			return false
		}
		if l.match.Within(l.record.Time) {
			l.fold.Add(&l.record)
			matched = matched || l.match.Match(&l.record)
		}
		return true
	})
	return matched, err
}

// restore puts the exact numbers of p in place of those of the records that
// are left.
func (p *part) restore(out *session.Part) {
	lost := int(p.requests) - out.Requests
	out.First, out.Last = when(p.first), when(p.last)
	out.Requests, out.Blocked, out.Malicious = int(p.requests), int(p.blocked), int(p.malicious)
	out.LoginsSucceeded, out.LoginsFailed = int(p.succeeded), int(p.failed)
	out.Strength, out.Standing = p.strength, p.standing
	out.BytesIn, out.BytesOut = p.in, p.out
	out.Apps.Other += lost
	out.Statuses.Other += lost
	out.Keys.Other += lost
	out.Attacks.Other += int(p.attacks) - out.Attacks.Total()
}
