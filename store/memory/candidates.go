package memory

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// candidate is a part that may match, with what orders it.
type candidate struct {
	first int64 // the time of the first record told of
	day   traffic.Day
	slot  uint32
	life  uint32
	id    uint64 // the start of the session's
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
