package memory

import "github.com/chaperone-go/chaperone/traffic"

// span is a segment as it was at one moment.
type span struct {
	seg      *segment
	len      int // of its data at that moment
	min, max int64
	ordered  bool
}

// snapshot returns the segments that may hold records of the interval. What
// was appended before is in it, what is appended later is not.
func (s *Sessions) snapshot(v *interval) (spans []span) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, d := range s.days {
		if d.day < v.from || d.day > v.to {
			continue
		}
		for _, g := range d.segs {
			if g.records > 0 && g.max >= v.min && g.min <= v.max {
				spans = append(spans, span{g, len(g.data), g.min, g.max, g.ordered})
			}
		}
	}
	return spans
}

// take returns the data of a span, nil when the segment is gone.
func (s *Sessions) take(sp *span) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if sp.seg.gone {
		return nil
	}
	return sp.seg.data[:sp.len]
}

// segment returns a segment of a day by number, nil when it is gone. Needs the
// lock.
func (s *Sessions) segment(day traffic.Day, seq uint32) *segment {
	if i, ok := s.findDay(day); ok {
		return s.days[i].segment(seq)
	}
	return nil
}

// shelf holds the segments a reader of chains used last, so that it does not
// ask for each record. It keeps at most shelfSlots segments alive that were
// dropped meanwhile.
type shelf struct {
	s     *Sessions
	slots [shelfSlots]struct {
		seg  *segment
		data []byte
	}
}

const shelfSlots = 64

// get returns the segment a record of a day is in, and its data; nil when it
// is gone.
func (f *shelf) get(day traffic.Day, r ref) (*segment, []byte) {
	e := &f.slots[r.seg%shelfSlots]
	if e.seg != nil && e.seg.day == day && e.seg.seq == r.seg && int(r.off) < len(e.data) {
		return e.seg, e.data
	}
	f.s.mu.RLock()
	defer f.s.mu.RUnlock()
	g := f.s.segment(day, r.seg)
	if g == nil || int(r.off) >= len(g.data) {
		return nil, nil
	}
	e.seg, e.data = g, g.data
	return e.seg, e.data
}

// head reads the head of one record; false when it is gone.
func (f *shelf) head(day traffic.Day, r ref) (h head, data []byte, ok bool) {
	g, data := f.get(day, r)
	if g == nil {
		return h, nil, false
	}
	h, ok = readHead(data, int(r.off), r.seg, g.base)
	return h, data, ok
}
