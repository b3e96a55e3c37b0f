package memory

import (
	"cmp"
	"slices"

	"github.com/chaperone-go/chaperone/traffic"
)

// cursor goes through the records of one segment in the order of time.
type cursor struct {
	store *Sessions
	seg   *segment
	data  []byte
	offs  []uint32 // of the records left, in order
	// block are the next records with what the part table tells of them, taken
	// under one lock.
	block []item
	at    int // in block
}

// item is one record of a scan.
type item struct {
	time int64
	slot uint32
	off  uint32
	who
}

// blockItems is how many records are looked up in the part table under one
// lock: a few microseconds.
const blockItems = 64

// wanted tells which records of a segment a scan is for.
type wanted struct {
	interval
	request traffic.RequestID // zero is any
	newest  bool
}

// cursor returns a cursor on its first record, nil when there is none.
func (s *Sessions) cursor(sp *span, w *wanted) *cursor {
	data := s.take(sp)
	if data == nil {
		return nil
	}
	c := &cursor{store: s, seg: sp.seg, data: data}
	c.offs = offsets(data, sp, w)
	if !c.fetch() {
		return nil
	}
	return c
}

// stamp is a record's place in the order of its segment.
type stamp struct {
	time int64
	off  uint32
}

// offsets returns the wanted records of a segment, in the order of time.
func offsets(data []byte, sp *span, w *wanted) []uint32 {
	var stamps []stamp
	for at := 1; at < len(data); {
		h, ok := readHead(data, at, sp.seg.seq, sp.seg.base)
		if !ok {
			break
		}
		at = h.end
		if w.within(h.time) && (w.request.IsZero() || w.request == h.id) {
			if stamps == nil && w.request.IsZero() {
				stamps = make([]stamp, 0, len(data)/(h.end-h.start)+1)
			}
			stamps = append(stamps, stamp{h.time, uint32(h.start)})
		}
	}
	if !sp.ordered {
		slices.SortFunc(stamps, func(a, b stamp) int {
			return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.off, b.off))
		})
	}
	offs := make([]uint32, len(stamps))
	for i := range stamps {
		offs[i] = stamps[i].off
	}
	if w.newest {
		slices.Reverse(offs)
	}
	return offs
}

// item returns the record the cursor stands on.
func (c *cursor) item() *item { return &c.block[c.at] }

// next goes to the next record; false when there is none.
func (c *cursor) next() bool {
	c.at++
	return c.at < len(c.block) || c.fetch()
}

// fetch fills the block. A segment that was dropped meanwhile ends: its slots
// may belong to other parts by now.
func (c *cursor) fetch() bool {
	n := min(len(c.offs), blockItems)
	c.block, c.at = slices.Grow(c.block[:0], n)[:n], 0
	for i, off := range c.offs[:n] {
		h, _ := readHead(c.data, int(off), c.seg.seq, c.seg.base)
		c.block[i] = item{time: h.time, slot: h.slot, off: off}
	}
	c.offs = c.offs[n:]
	c.store.mu.RLock()
	defer c.store.mu.RUnlock()
	if c.seg.gone {
		c.block = nil
		return false
	}
	for i := range c.block {
		c.block[i].who = c.store.parts.at(c.block[i].slot).who
	}
	return n > 0
}
