package memory

import (
	"context"
	"fmt"
	"iter"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Parts yields the parts that match q; see [session.Store].
//
// A part that lost records to the bound still tells the exact number of
// requests, blocked and malicious ones, logins, attacks and bytes, and the
// true first and last time, strength and standing. Its lists and its latency
// are made of the records that are left; lists with an entry for each record
// (applications, status codes, keys) and that of the attacks count the others
// in Other. Query fields other than sessions and time look at the records that
// are left. With an interval that cuts through such a part, all numbers are
// those of the records that are left.
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

// make folds a candidate; nil when it does not match or is gone.
func (l *partLister) make(c *candidate) (*session.Part, error) {
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	p := l.store.part(c)
	if !p.used {
		return nil, nil
	}
	// Most parts that do not match are left before anything is folded.
	if !l.match.OnlyTime() {
		if matched, err := l.matches(&p); err != nil || !matched {
			return nil, err
		}
	}
	l.fold.Reset()
	err := l.within(&p, func() bool { l.fold.Add(&l.record); return true })
	if err != nil || l.fold.Len() == 0 {
		return nil, err
	}
	part := l.fold.Part(p.day)
	if l.interval.covers(&p) && part.Requests < int(p.requests) {
		p.restore(part)
	}
	return part, nil
}

// matches reports whether a record of p matches.
func (l *partLister) matches(p *part) (matched bool, err error) {
	err = l.within(p, func() bool {
		matched = l.match.Match(&l.record)
		return !matched
	})
	return matched, err
}

// within puts the records of a part that lie in the interval into l.record,
// in brief and in no order, and calls visit for each until it returns false.
func (l *partLister) within(p *part, visit func() bool) (err error) {
	l.brief = true
	n := 0
	l.shelf.chain(p, func(h *head, _ ref, data []byte) bool {
		if n++; n%checkEvery == 0 {
			if err = l.ctx.Err(); err != nil {
				return false
			}
		}
		if !l.interval.within(h.time) || !l.match.Within(h.when()) {
			return true
		}
		if err = l.decoder.record(data, h, &p.who, &l.record); err != nil {
			return false
		}
		return visit()
	})
	return err
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
