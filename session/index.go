package session

import "encoding/binary"

// index finds entries by the hash of their id: open addressing with linear
// probing, each slot holding half of the hash and the number of the entry in
// 8 bytes, so that a lookup reads one cache line of it. Removing shifts the
// followers back instead of leaving graves, so it stays as fast after any
// number of changes.
type index struct {
	slots []uint64 // tag<<32 | entry; 0 is empty
	used  int
}

const firstSlots = 16

func (x *index) init() { x.slots = make([]uint64, firstSlots) }

// tagOf returns the hash of an id: four of its bytes, as it is a hash already.
func tagOf(id *[16]byte) uint32 { return binary.LittleEndian.Uint32(id[:]) }

// first returns where to begin to look for a tag, next where to go on, at
// what stands there; entry 0 ends the search.
func (x *index) first(tag uint32) uint32        { return tag & x.mask() }
func (x *index) next(at uint32) uint32          { return (at + 1) & x.mask() }
func (x *index) at(at uint32) (tag, ent uint32) { s := x.slots[at]; return uint32(s >> 32), uint32(s) }
func (x *index) mask() uint32                   { return uint32(len(x.slots) - 1) }

// add puts an entry in. At most three quarters of the slots are used.
func (x *index) add(tag, ent uint32) {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.grow()
	}
	x.used++
	x.place(tag, ent)
}

func (x *index) place(tag, ent uint32) {
	at := x.first(tag)
	for x.slots[at] != 0 {
		at = x.next(at)
	}
	x.slots[at] = uint64(tag)<<32 | uint64(ent)
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]uint64, 2*len(old))
	for _, s := range old {
		if s != 0 {
			x.place(uint32(s>>32), uint32(s))
		}
	}
}

// remove takes an entry out, which must be in.
func (x *index) remove(tag, ent uint32) {
	want := uint64(tag)<<32 | uint64(ent)
	at := x.first(tag)
	for x.slots[at] != want {
		at = x.next(at)
	}
	x.used--
	hole := at
	for at = x.next(at); x.slots[at] != 0; at = x.next(at) {
		home := x.first(uint32(x.slots[at] >> 32))
		// The follower may fill the hole unless its home lies after the hole,
		// counted around the circle.
		if (at-home)&x.mask() >= (at-hole)&x.mask() {
			x.slots[hole] = x.slots[at]
			hole = at
		}
	}
	x.slots[hole] = 0
}
