package memory

import (
	"encoding/binary"

	"github.com/chaperone-go/chaperone/traffic"
)

// index finds the slot of a part: open addressing with linear probing, in
// shards that grow one by one, so that no append waits for a large copy.
//
// An entry is half of the hash over the slot plus one; 0 is free. The half
// hash tells the entry's place, so growing and deleting do not touch the
// parts.
type index struct {
	shards [indexShards]shard
	bytes  int64
}

type shard struct {
	slots []uint64
	used  int
}

const (
	indexShards   = 64
	minShardSlots = 16
)

// hashPart mixes all bytes of a part's name. Session ids are keyed hashes, so
// a client cannot choose them to collide.
func hashPart(id *traffic.SessionID, day traffic.Day) uint64 {
	const k = 0x9e3779b97f4a7c15
	h := uint64(uint32(day)) * k
	for i := 0; i < len(id); i += 8 {
		h = (h ^ binary.LittleEndian.Uint64(id[i:])) * k
		h ^= h >> 29
	}
	return h * k
}

// shard returns the shard of a hash and its half for the entry.
func (x *index) shard(h uint64) (*shard, uint64) {
	return &x.shards[h%indexShards], h >> 32
}

// find returns the slot of a part.
func (x *index) find(t *table, id *traffic.SessionID, day traffic.Day) (slot uint32, ok bool) {
	s, half := x.shard(hashPart(id, day))
	if len(s.slots) == 0 {
		return 0, false
	}
	mask := uint64(len(s.slots) - 1)
	for i := half & mask; s.slots[i] != 0; i = (i + 1) & mask {
		if s.slots[i]>>32 != half {
			continue
		}
		slot := uint32(s.slots[i]) - 1
		if p := t.at(slot); p.day == day && p.id == *id {
			return slot, true
		}
	}
	return 0, false
}

// guess returns the slot in the first entry a search for the hash looks at,
// which is the right one most of the time.
func (x *index) guess(h uint64) uint32 {
	s, half := x.shard(h)
	if len(s.slots) == 0 {
		return 0
	}
	return uint32(s.slots[half&uint64(len(s.slots)-1)]) - 1
}

// insert adds a part that is not there.
func (x *index) insert(id *traffic.SessionID, day traffic.Day, slot uint32) {
	s, half := x.shard(hashPart(id, day))
	if 4*(s.used+1) > 3*len(s.slots) {
		x.bytes += s.grow()
	}
	insertWord(s.slots, half<<32|uint64(slot+1))
	s.used++
}

// grow doubles the shard and returns by how many bytes it grew.
func (s *shard) grow() int64 {
	old := s.slots
	s.slots = make([]uint64, max(2*len(old), minShardSlots))
	for _, v := range old {
		if v != 0 {
			insertWord(s.slots, v)
		}
	}
	return int64(len(s.slots)-len(old)) * 8
}

// remove deletes a part that is there, and moves up what stood behind it, so
// that no search ends too early.
func (x *index) remove(id *traffic.SessionID, day traffic.Day, slot uint32) {
	s, half := x.shard(hashPart(id, day))
	mask := uint64(len(s.slots) - 1)
	i := half & mask
	for uint32(s.slots[i]) != slot+1 {
		i = (i + 1) & mask
	}
	s.used--
	for j := i; ; {
		j = (j + 1) & mask
		v := s.slots[j]
		if v == 0 {
			break
		}
		// v may move to i unless its home lies between the two.
		if home := v >> 32 & mask; (j-home)&mask >= (j-i)&mask {
			s.slots[i] = v
			i = j
		}
	}
	s.slots[i] = 0
}
