package memory

import (
	"cmp"
	"slices"
)

// merge goes through the records of many segments in the order of time.
// Segments are opened when their turn comes; as records come nearly in order,
// that is one or two at a time.
type merge struct {
	store *Sessions
	want  wanted
	later []span // not opened yet, the next one at the end
	open  heap[*cursor]
}

func (s *Sessions) merge(w wanted) *merge {
	m := &merge{store: s, want: w, later: s.snapshot(&w.interval)}
	slices.SortStableFunc(m.later, func(a, b span) int { return -m.compareSpans(&a, &b) })
	m.open.first = func(a, b **cursor) bool {
		n := compareCursors(*a, *b)
		return n < 0 != m.want.newest
	}
	return m
}

// compareSpans tells which of two segments is opened first.
func (m *merge) compareSpans(a, b *span) int {
	if m.want.newest {
		return cmp.Compare(b.max, a.max)
	}
	return cmp.Compare(a.min, b.min)
}

// compareCursors orders by time, then as appended.
func compareCursors(a, b *cursor) int {
	x, y := a.item(), b.item()
	return cmp.Or(cmp.Compare(x.time, y.time), cmp.Compare(a.seg.day, b.seg.day),
		cmp.Compare(a.seg.seq, b.seg.seq), cmp.Compare(x.off, y.off))
}

// top returns the cursor that stands on the next record, nil at the end. stop
// is asked before each segment; when it is true, top returns nil too.
func (m *merge) top(stop func() bool) *cursor {
	for len(m.later) > 0 && m.due(&m.later[len(m.later)-1]) {
		if stop() {
			return nil
		}
		sp := m.later[len(m.later)-1]
		m.later = m.later[:len(m.later)-1]
		if c := m.store.cursor(&sp, &m.want); c != nil {
			m.open.push(c)
		}
	}
	if len(m.open.list) == 0 {
		return nil
	}
	return m.open.list[0]
}

// due reports whether a segment may hold the next record.
func (m *merge) due(sp *span) bool {
	if len(m.open.list) == 0 {
		return true
	}
	next := m.open.list[0].item().time
	if m.want.newest {
		return sp.max >= next
	}
	return sp.min <= next
}

// advance moves the cursor that top returned.
func (m *merge) advance() {
	if m.open.list[0].next() {
		m.open.down(0)
	} else {
		m.open.pop()
	}
}
