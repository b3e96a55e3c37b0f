package point

import (
	"hash/maphash"
	"math/bits"
)

// tally counts how often names come in containers: parameters that repeat,
// properties that are duplicates. It is a hash table with a secret seed, so
// that a client cannot make its chains long, and tells names apart by 64 bits
// of hash.
type tally struct {
	seats      []seat
	used       int
	containers uint64
}

// seat counts one name of one container.
type seat struct {
	hash  uint64 // 0 is a free seat
	count int32
	rank  int32 // of all names of the scan, in the order they came
}

// maxTally bounds the names counted in one exchange. Further ones are taken
// for new ones each time.
const maxTally = 1 << 15

var tallySeed = maphash.MakeSeed()

func (t *tally) reset() {
	t.containers = 0
	if t.used == 0 {
		return
	}
	t.used = 0
	if len(t.seats)*16 > keepMemory {
		t.seats = nil
		return
	}
	clear(t.seats)
}

// container returns a number for a new container.
func (t *tally) container() uint64 {
	t.containers++
	return t.containers
}

// add counts a name once more and returns its count and rank.
func (t *tally) add(container uint64, name []byte) seat {
	hash := maphash.Bytes(tallySeed, name) ^ bits.RotateLeft64(container*0x9e3779b97f4a7c15, 32)
	hash |= 1
	if t.seats == nil {
		t.grow()
	}
	at := t.find(hash)
	if at.hash == 0 {
		if t.used >= maxTally {
			return seat{hash, 1, maxTally}
		}
		if t.used++; 2*t.used > len(t.seats) {
			t.grow()
			at = t.find(hash)
		}
		*at = seat{hash: hash, rank: int32(t.used - 1)}
	}
	at.count++
	return *at
}

// find returns the seat of a hash, or the free one where it belongs.
func (t *tally) find(hash uint64) *seat {
	mask := uint64(len(t.seats) - 1)
	for at := hash >> 32; ; at++ {
		if s := &t.seats[at&mask]; s.hash == hash || s.hash == 0 {
			return s
		}
	}
}

func (t *tally) grow() {
	old := t.seats
	t.seats = make([]seat, max(64, 2*len(old)))
	for _, s := range old {
		if s.hash != 0 {
			*t.find(s.hash) = s
		}
	}
}
