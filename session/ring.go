package session

// kind is how far a live session has come. Sessions of one kind stand in one
// ring.
type kind uint8

const (
	newcomer   kind = iota // seen once, not issued
	issuedOnly             // issued, and the client has not brought it yet
	returned               // brought more than once, not issued
	trusted                // issued and brought

	kinds
)

// Who goes when a shard is full:
//
//   - A sixteenth of the places is kept for newcomers: all others together
//     never take them. So a newcomer only ever replaces the oldest newcomer.
//   - Among the others, issuedOnly and returned may use what is free, but have
//     a right to an eighth of the places each at most: whichever has more than
//     that gives way first, in this order, then trusted. So two thirds of the
//     places are safe for trusted ones.
//
// A client that invents keys churns the newcomers; one that throws away what
// we issue churns issuedOnly; one that invents keys and comes twice with each
// churns returned. None of them reaches a session we issued and the client
// came back with.

// reserved is how many places are the newcomers' own.
func (s *shard) reserved() int { return max(s.most/16, 1) }

// above returns how many entries are not newcomers.
func (s *shard) above() int {
	return s.rings[issuedOnly].n + s.rings[returned].n + s.rings[trusted].n
}

// makeRoom makes sure there is a place for a new entry of kind k.
func (s *shard) makeRoom(k kind) {
	if k != newcomer && s.above() >= s.most-s.reserved() {
		s.evict(s.victim())
		return
	}
	if s.n >= s.most {
		// Others take at most most-reserved places, so when all places are
		// taken there is a newcomer.
		s.evict(newcomer)
	}
}

// makeRoomAbove makes room among the others for an entry that was a newcomer.
func (s *shard) makeRoomAbove() {
	if s.above() >= s.most-s.reserved() {
		s.evict(s.victim())
	}
}

// victim returns the kind, other than newcomer, that has to give way when these
// have taken all places they may: if neither of the first two has more than its
// eighth, there are trusted ones.
func (s *shard) victim() kind {
	right := s.most / 8
	switch {
	case s.rings[issuedOnly].n > right:
		return issuedOnly
	case s.rings[returned].n > right:
		return returned
	}
	return trusted
}

// maxChances bounds how many sessions the hand of a ring may pass by for
// having been seen since its last round, so that no request pays for a whole
// round. With more live ones in a row than this, a live one goes.
const maxChances = 256

// evict removes one entry of kind k, which must have one: the first that was
// not seen since the hand last came by.
func (s *shard) evict(k kind) {
	r := &s.rings[k]
	for range maxChances {
		e := s.entry(r.hand)
		if k == newcomer || e.flags&flagSeen == 0 {
			break
		}
		e.flags &^= flagSeen
		r.hand = e.next
	}
	s.remove(r.hand)
}

// ring is a circle of entries linked both ways. The hand points at the one to
// be looked at next; new ones come right behind it, so they are looked at
// last.
type ring struct {
	hand uint32
	n    int
}

func (r *ring) push(s *shard, i uint32) {
	e := s.entry(i)
	if r.n == 0 {
		e.prev, e.next = i, i
		r.hand = i
	} else {
		at := s.entry(r.hand)
		e.prev, e.next = at.prev, r.hand
		s.entry(at.prev).next = i
		at.prev = i
	}
	r.n++
}

// take unlinks entry i.
func (r *ring) take(s *shard, i uint32) {
	e := s.entry(i)
	s.entry(e.prev).next = e.next
	s.entry(e.next).prev = e.prev
	if r.hand == i {
		r.hand = e.next
	}
	if r.n--; r.n == 0 {
		r.hand = 0
	}
}
