package point

import (
	"math/bits"
	"slices"
	"strings"
)

// nameTable finds a node by name. Nearly every name that comes with traffic
// is one that nobody asked for, so the table is built to say no fast: first
// by length, then by a hash of the name's ends. Only the configuration puts
// names in, so nobody outside can make chains long; when the configuration's
// own names do, a map takes over.
type nameTable struct {
	lengths uint64 // bit i: a name of length i; bit 63: of 63 and more
	shift   uint8
	seats   []uint16 // by hash: 1 + place in entries, 0 is empty
	entries []nameEntry
	large   map[string]*node // instead of seats, for unlucky or many names
}

type nameEntry struct {
	name string
	node *node
}

const (
	maxChain = 8       // seats looked at before a map is the better choice
	maxSeats = 1 << 12 // names beyond a quarter of it go to a map
)

// newNameTable builds the table of entries, whose names differ. It keeps
// entries.
func newNameTable(entries []nameEntry) nameTable {
	slices.SortFunc(entries, func(a, b nameEntry) int { return strings.Compare(a.name, b.name) })
	t := nameTable{entries: entries}
	for _, e := range entries {
		t.lengths |= 1 << min(len(e.name), 63)
	}
	size := 4
	for size < 4*len(entries) {
		size *= 2
	}
	if size <= maxSeats && t.seat(size) {
		return t
	}
	t.seats, t.large = nil, make(map[string]*node, len(entries))
	for _, e := range entries {
		t.large[e.name] = e.node
	}
	return t
}

// seat gives every entry a seat; false when a chain becomes too long.
func (t *nameTable) seat(size int) bool {
	t.seats = make([]uint16, size)
	t.shift = uint8(64 - bits.TrailingZeros(uint(size)))
	for i, e := range t.entries {
		at := nameHash(e.name) >> t.shift
		for chain := 0; t.seats[at] != 0; chain++ {
			if chain == maxChain {
				return false
			}
			at = (at + 1) & uint64(size-1)
		}
		t.seats[at] = uint16(i + 1)
	}
	return true
}

// lookup returns the node of name, or nil.
func lookup[T string | []byte](t *nameTable, name T) *node {
	if t.lengths&(1<<min(len(name), 63)) == 0 {
		return nil
	}
	if t.large != nil {
		return t.large[string(name)]
	}
	mask := uint64(len(t.seats) - 1)
	for at := nameHash(name) >> t.shift; ; at++ {
		seat := t.seats[at&mask]
		if seat == 0 {
			return nil
		}
		if e := &t.entries[seat-1]; e.name == string(name) {
			return e.node
		}
	}
}

// nameHash mixes the length and the first and last eight bytes, which tell
// the names of parameters apart well enough.
func nameHash[T string | []byte](name T) uint64 {
	h := uint64(len(name)) * 0x9e3779b97f4a7c15
	switch n := len(name); {
	case n >= 8:
		h ^= load64(name[:8]) ^ bits.RotateLeft64(load64(name[n-8:]), 32)
	case n >= 4:
		h ^= load32(name[:4]) | load32(name[n-4:])<<32
	case n > 0:
		h ^= uint64(name[0]) | uint64(name[n/2])<<8 | uint64(name[n-1])<<16
	}
	h ^= h >> 29
	return h * 0xbf58476d1ce4e5b9
}

// load64 and load32 read eight and four bytes; the compiler makes one load of
// each.
func load64[T string | []byte](b T) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

func load32[T string | []byte](b T) uint64 {
	_ = b[3]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
}
