package memory

import "github.com/chaperone-go/chaperone/traffic"

// segment holds records of one day, one after the other, in the order they
// were appended. It is only ever appended to: what a reader took under the
// lock stays as it is while the appender writes behind it.
type segment struct {
	day traffic.Day
	seq uint32 // segments of a day are numbered without gaps
	// data starts with one byte, so that no offset is 0. nil once gone.
	data     []byte
	records  int
	base     int64 // what the times count from
	min, max int64 // of the times
	ordered  bool  // no record is earlier than the one before it
	gone     bool
	words    *words // nil once sealed
}

// segmentOverhead is what a segment costs besides its data.
const segmentOverhead = 160

// fits reports whether n more bytes may be appended.
func (g *segment) fits(n int) bool { return g.words != nil && cap(g.data)-len(g.data) >= n }

// bytes is what g costs, without its words.
func (g *segment) bytes() int64 { return int64(cap(g.data)) + segmentOverhead }

// add appends r and returns where it stands.
func (g *segment) add(r *traffic.Record, ns int64, p place) ref {
	p.here = ref{g.seq, uint32(len(g.data))}
	e := encoder{b: g.data, base: g.base, words: g.words}
	e.record(r, p)
	g.data = e.b
	if g.records == 0 {
		g.min, g.max, g.ordered = ns, ns, true
	}
	g.ordered = g.ordered && ns >= g.max
	g.min, g.max = min(g.min, ns), max(g.max, ns)
	g.records++
	return p.here
}

// compact gives back the memory that will not be written any more, if it is
// worth a copy.
func (g *segment) compact() {
	if cap(g.data)-len(g.data) > len(g.data)/8 {
		data := make([]byte, len(g.data))
		copy(data, g.data)
		g.data = data
	}
}

// daylog is the segments of one day, oldest first.
type daylog struct {
	day   traffic.Day
	segs  []*segment
	next  uint32 // number of the next segment
	bytes int64  // of the segments
}

// segment returns the segment with a number, nil when it is gone.
func (d *daylog) segment(seq uint32) *segment {
	if len(d.segs) == 0 {
		return nil
	}
	if i := seq - d.segs[0].seq; uint64(i) < uint64(len(d.segs)) {
		return d.segs[i]
	}
	return nil
}

// last returns the segment that is appended to, nil when there is none.
func (d *daylog) last() *segment {
	if len(d.segs) == 0 {
		return nil
	}
	return d.segs[len(d.segs)-1]
}
