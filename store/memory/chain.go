package memory

import (
	"cmp"
	"slices"

	"github.com/chaperone-go/chaperone/traffic"
)

// link is one record of a part.
type link struct {
	time int64
	ref
	part uint32 // which of the parts being read
}

func compareLinks(a, b link) int {
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.seg, b.seg), cmp.Compare(a.off, b.off))
}

// chain calls f with each record of a part, the one appended last first, until
// f returns false or the chain ends at a segment that is gone.
func (f *shelf) chain(p *part, visit func(h *head, at ref, data []byte) bool) {
	for at := p.head; ; {
		h, data, ok := f.head(p.day, at)
		if !ok || !visit(&h, at, data) || h.flags&hasPrev == 0 {
			return
		}
		at = h.prev
	}
}

// partsOf returns the entries of the given sessions, by day.
func (s *Sessions) partsOf(ids []traffic.SessionID, v *interval) (parts []part) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, d := range s.days {
		if d.day < v.from || d.day > v.to {
			continue
		}
		for i := range ids {
			if slot, ok := s.index.find(&s.parts, &ids[i], d.day); ok {
				parts = append(parts, *s.parts.at(slot))
			}
		}
	}
	return parts
}

// chains lists the records of the sessions asked for, day by day, since days
// follow each other in time. It holds 24 bytes for each record of a day.
func (l *lister) chains() error {
	parts := l.store.partsOf(l.match.Sessions(), &l.interval)
	f := &shelf{s: l.store}
	var links []link
	for len(parts) > 0 {
		var day []part
		if l.match.Newest() {
			day, parts = lastDay(parts)
		} else {
			day, parts = firstDay(parts)
		}
		var err error
		if links, err = l.gather(f, day, links[:0]); err != nil {
			return err
		}
		if more, err := l.follow(f, day, links); err != nil || !more {
			return err
		}
	}
	return nil
}

// firstDay splits the parts of the first day off.
func firstDay(parts []part) (day, rest []part) {
	n := slices.IndexFunc(parts, func(p part) bool { return p.day != parts[0].day })
	if n < 0 {
		n = len(parts)
	}
	return parts[:n], parts[n:]
}

// lastDay splits the parts of the last day off.
func lastDay(parts []part) (day, rest []part) {
	n := len(parts)
	for n > 0 && parts[n-1].day == parts[len(parts)-1].day {
		n--
	}
	return parts[n:], parts[:n]
}

// gather returns the records of the parts of one day, in the order of time.
func (l *lister) gather(f *shelf, day []part, links []link) ([]link, error) {
	for i := range day {
		f.chain(&day[i], func(h *head, at ref, _ []byte) bool {
			if l.interval.within(h.time) {
				links = append(links, link{h.time, at, uint32(i)})
			}
			return len(links)%checkEvery != 0 || l.ctx.Err() == nil
		})
		if err := l.ctx.Err(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(links, compareLinks)
	if l.match.Newest() {
		slices.Reverse(links)
	}
	return links, nil
}

// checkEvery is how many records are read between two looks at the context.
const checkEvery = 256

// follow yields the records of a day; more is false when the caller wants no
// further one.
func (l *lister) follow(f *shelf, day []part, links []link) (more bool, err error) {
	for i := range links {
		if err := l.ctx.Err(); err != nil {
			return false, err
		}
		k := &links[i]
		p := &day[k.part]
		h, data, ok := f.head(p.day, k.ref)
		if !ok {
			continue // dropped meanwhile
		}
		if more, err := l.offer(data, &h, &p.who); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}
