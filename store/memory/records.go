package memory

import (
	"context"
	"fmt"
	"iter"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Records yields the records that match q; see [session.Store]. It reads what
// was there when the iteration began, but for what the bound or Prune take
// away before their turn comes.
//
// Of given sessions only their own records are looked at. Everything else
// goes through the segments of the time asked for: 10 million records take a
// few seconds with filters, a few tenths of one for the id of a request.
func (s *Sessions) Records(ctx context.Context, q session.Query) iter.Seq2[*traffic.Record, error] {
	return func(yield func(*traffic.Record, error) bool) {
		m, err := q.Compile()
		if err != nil {
			yield(nil, err)
			return
		}
		l := lister{ctx: ctx, store: s, match: &m, interval: s.interval(&m), yield: yield}
		if len(m.Sessions()) > 0 {
			err = l.chains()
		} else {
			err = l.scan(q.Request)
		}
		if err != nil {
			yield(nil, fmt.Errorf("read records: %w", err))
		}
	}
}

// lister is one call of Records.
type lister struct {
	ctx      context.Context
	store    *Sessions
	match    *session.Matcher
	interval interval
	yield    func(*traffic.Record, error) bool
	found    int
	decoder
	record traffic.Record // the one being looked at
}

// scan goes through the segments.
func (l *lister) scan(request traffic.RequestID) error {
	w := wanted{interval: l.interval, request: request, newest: l.match.Newest()}
	m := l.store.merge(w)
	for {
		c := m.top(l.ended)
		if err := l.ctx.Err(); err != nil || c == nil {
			return err
		}
		it := c.item()
		h, ok := readHead(c.data, int(it.off), c.seg.seq, c.seg.base)
		if !ok {
			return errCorrupt
		}
		if more, err := l.offer(c.data, &h, &it.who); err != nil || !more {
			return err
		}
		m.advance()
	}
}

func (l *lister) ended() bool { return l.ctx.Err() != nil }

// offer yields a record if it matches; more is false when the caller wants no
// further one.
func (l *lister) offer(data []byte, h *head, w *who) (more bool, err error) {
	matches := l.match.Within(h.when())
	if matches && !l.match.OnlyTime() {
		l.brief = true
		if err := l.decoder.record(data, h, w, &l.record); err != nil {
			return false, err
		}
		matches = l.match.Match(&l.record)
	}
	if !matches {
		return true, nil
	}
	l.brief = false
	r := new(traffic.Record)
	if err := l.decoder.record(data, h, w, r); err != nil {
		return false, err
	}
	if !l.yield(r, nil) {
		return false, nil
	}
	l.found++
	return l.found != l.match.Limit(), nil
}
