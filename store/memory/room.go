package memory

import (
	"slices"

	"github.com/chaperone-go/chaperone/traffic"
)

// This file finds room for the next record: it opens and seals segments. All
// its functions need the lock.

// room returns the segment of a day to which so many bytes can be appended. It
// returns nil when the bound is reached and the day is older than all that is
// there: what is oldest goes first.
func (s *Sessions) room(day traffic.Day, size int, ns int64) *segment {
	i, found := s.findDay(day)
	var bytes int64
	if found {
		d := s.days[i]
		bytes = d.bytes
		if g := d.last(); g.fits(size) {
			s.touch(g)
			return g
		} else if g.words != nil {
			s.seal(g)
		}
	}
	// Days with few records have small segments.
	n := int(max(min(max(bytes, minSegment), s.largest), int64(size)+1))
	if i == 0 && !found && len(s.days) > 0 && s.full(int64(n)) {
		return nil
	}
	s.trim(int64(n) + segmentOverhead)
	return s.newSegment(day, n, ns)
}

// findDay returns where a day is, or would be, in s.days. Most records are of
// the last one.
func (s *Sessions) findDay(day traffic.Day) (i int, found bool) {
	if n := len(s.days); n > 0 && s.days[n-1].day == day {
		return n - 1, true
	}
	return slices.BinarySearchFunc(s.days, day, func(d *daylog, day traffic.Day) int { return int(d.day) - int(day) })
}

func (s *Sessions) newSegment(day traffic.Day, size int, base int64) *segment {
	i, found := s.findDay(day)
	if !found {
		// Numbers are not used again, also when a day is gone and comes back:
		// a reader may still hold the old ones.
		s.days = slices.Insert(s.days, i, &daylog{day: day, next: s.segments})
	}
	d := s.days[i]
	g := &segment{day: day, seq: d.next, data: make([]byte, 1, size), base: base, words: s.takeWords()}
	d.next++
	s.segments++
	d.segs = append(d.segs, g)
	d.bytes += g.bytes()
	s.segBytes += g.bytes()
	if len(s.open) == maxOpen {
		s.seal(s.open[0])
	}
	s.open = append(s.open, g)
	return g
}

func (s *Sessions) takeWords() *words {
	if n := len(s.spare); n > 0 {
		w := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return w
	}
	w := newWords()
	s.wordBytes += w.bytes()
	return w
}

// touch notes that g is in use.
func (s *Sessions) touch(g *segment) {
	if n := len(s.open); s.open[n-1] != g {
		i := slices.Index(s.open, g)
		copy(s.open[i:], s.open[i+1:])
		s.open[n-1] = g
	}
}

// seal ends the writing to g.
func (s *Sessions) seal(g *segment) {
	i := slices.Index(s.open, g)
	s.open = slices.Delete(s.open, i, i+1)
	g.words.reset()
	s.spare = append(s.spare, g.words)
	g.words = nil
	was := g.bytes()
	g.compact()
	s.segBytes += g.bytes() - was
	if i, ok := s.findDay(g.day); ok {
		s.days[i].bytes += g.bytes() - was
	}
}
