package memory

import "hash/maphash"

// words finds where a text was defined in the segment being written: a hash
// table of offsets. The texts themselves are only in the segment.
//
// When it is full, new texts are written out each time; nothing else is lost.
type words struct {
	seed  maphash.Seed
	slots []uint64 // 32 bits of hash over the offset; 0 is free
	used  int
	last  [fields]uint32 // where the last text of a field stands, see again
}

const (
	minWordSlots = 1 << 8
	maxWordSlots = 1 << 16
)

func newWords() *words {
	return &words{seed: maphash.MakeSeed(), slots: make([]uint64, minWordSlots)}
}

// reset forgets all texts, for the next segment.
func (w *words) reset() {
	clear(w.slots)
	w.used, w.last = 0, [fields]uint32{}
}

// bytes is what w occupies.
func (w *words) bytes() int64 { return int64(cap(w.slots)) * 8 }

func (w *words) hash(s string) uint32 { return uint32(maphash.String(w.seed, s)) }

// find returns the offset of s in seg, 0 when it is not defined there.
func (w *words) find(seg []byte, s string, h uint32) int {
	mask := uint32(len(w.slots) - 1)
	for i := h & mask; w.slots[i] != 0; i = (i + 1) & mask {
		if uint32(w.slots[i]>>32) == h {
			if off := int(uint32(w.slots[i])); isText(seg, off, s) {
				return off
			}
		}
	}
	return 0
}

// put remembers that the text with hash h is defined at off.
func (w *words) put(h uint32, off int) {
	if 4*w.used >= 3*len(w.slots) && !w.grow() {
		return
	}
	w.used++
	insertWord(w.slots, uint64(h)<<32|uint64(off))
}

// grow doubles the table; false when it is as large as it may be.
func (w *words) grow() bool {
	if len(w.slots) >= maxWordSlots {
		return false
	}
	slots := make([]uint64, 2*len(w.slots))
	for _, v := range w.slots {
		if v != 0 {
			insertWord(slots, v)
		}
	}
	w.slots = slots
	return true
}

// insertWord puts v into the first free slot from where its hash, the upper half,
// points.
func insertWord(slots []uint64, v uint64) {
	mask := uint64(len(slots) - 1)
	i := v >> 32 & mask
	for slots[i] != 0 {
		i = (i + 1) & mask
	}
	slots[i] = v
}
