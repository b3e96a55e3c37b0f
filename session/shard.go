package session

import (
	"math"
	"strings"
	"sync"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// shard is one part of the table. Everything but init needs mu.
//
// Entries are numbered from 1; 0 is none. Each entry stands in the index and
// in the ring of its kind.
type shard struct {
	mu      sync.Mutex
	index   index
	chunks  []*[chunkLen]entry
	free    uint32 // first of the unused entries, chained by next
	rings   [kinds]ring
	evicted [kinds]uint64
	n       int // entries in use
	most    int
	whos    whos
	_       [64]byte // neighbours do not share a cache line
}

// entry is one session: exactly one cache line, no pointers.
type entry struct {
	id          [16]byte // half of the id: as good as all of it, it is a keyed hash
	first, last int64    // nanoseconds since 1970; 0 before the first request
	requests    uint32
	prev, next  uint32 // in the ring; next also chains unused entries
	who         uint32 // place in whos, 0 for none
	kind        kind
	flags       flags
	_           [14]byte
}

type flags uint8

const (
	flagIssued flags = 1 << iota
	flagEnded
	flagSeen // touched since the hand of the ring last came by
)

const (
	chunkLen = 128 // entries, 8 KiB
	minShard = 16
	maxWho   = 256 // bytes of a user or role
)

func (s *shard) init(most int) {
	s.most = most
	s.index.init()
}

func (s *shard) entry(i uint32) *entry {
	i--
	return &s.chunks[i/chunkLen][i%chunkLen]
}

// find returns the entry of id, 0 when there is none.
func (s *shard) find(id *traffic.SessionID) uint32 {
	half := [16]byte(id[:16])
	tag := tagOf(&half)
	for at := s.index.first(tag); ; at = s.index.next(at) {
		found, i := s.index.at(at)
		if i == 0 {
			return 0
		}
		if found == tag && s.entry(i).id == half {
			return i
		}
	}
}

// insert makes an entry for id, which must not have one.
func (s *shard) insert(id *traffic.SessionID, issued bool) uint32 {
	k := newcomer
	if issued {
		k = issuedOnly
	}
	s.makeRoom(k)
	i := s.unused()
	e := s.entry(i)
	*e = entry{id: [16]byte(id[:16]), kind: k}
	s.index.add(tagOf(&e.id), i)
	s.rings[k].push(s, i)
	s.n++
	return i
}

// unused returns an entry that is not in use.
func (s *shard) unused() uint32 {
	if i := s.free; i != 0 {
		s.free = s.entry(i).next
		return i
	}
	// All entries in use have been handed out in order, so the next one is
	// the one after them.
	if s.n == len(s.chunks)*chunkLen {
		s.chunks = append(s.chunks, new([chunkLen]entry))
	}
	return uint32(s.n + 1)
}

// remove forgets entry i.
func (s *shard) remove(i uint32) {
	e := s.entry(i)
	s.evicted[e.kind]++
	s.rings[e.kind].take(s, i)
	s.index.remove(tagOf(&e.id), i)
	s.whos.drop(e.who)
	*e = entry{next: s.free}
	s.free = i
	s.n--
}

// sign applies one sign of life.
func (s *shard) sign(i uint32, g *sign) {
	e := s.entry(i)
	now := g.at.UnixNano()
	if e.first == 0 {
		e.first = now
	}
	e.last = max(e.last, now)
	if e.requests < math.MaxUint32 {
		e.requests++
	}
	e.flags |= flagSeen
	if g.revived {
		e.flags &^= flagEnded
	}
	if g.issued {
		e.flags = e.flags&^flagEnded | flagIssued
	}
	if g.brought {
		s.promote(i, e)
	}
	if g.user != "" || g.role != "" {
		s.setWho(e, g.user, g.role)
	}
}

func (s *shard) markIssued(i uint32) {
	e := s.entry(i)
	e.flags = e.flags&^flagEnded | flagIssued
	if e.requests > 0 {
		s.promote(i, e)
	}
}

// promote moves an entry up after the client brought its value (again).
func (s *shard) promote(i uint32, e *entry) {
	to := e.kind
	switch {
	case e.flags&flagIssued != 0:
		to = trusted
	case e.requests > 1 && e.kind == newcomer, e.kind == issuedOnly:
		to = returned
	}
	if to == e.kind {
		return
	}
	s.rings[e.kind].take(s, i)
	if e.kind == newcomer {
		s.makeRoomAbove()
	}
	e.kind = to
	e.flags &^= flagSeen // it stands last in its ring; what counts is from here on
	s.rings[to].push(s, i)
}

// setWho keeps user and role, cloned: they are cut from larger strings.
func (s *shard) setWho(e *entry, user, role string) {
	w := s.whos.get(e.who)
	w.user = keep(w.user, user)
	w.role = keep(w.role, role)
	e.who = s.whos.set(e.who, w)
}

// keep returns what to keep of a user or role: the old text unless there is a
// new one.
func keep(old, text string) string {
	text = clipText(text, maxWho)
	if text == "" || text == old {
		return old
	}
	return strings.Clone(text)
}

// glance is what the request path wants to know of a session.
type glance struct {
	who
	issued, ended bool
}

func (s *shard) glance(i uint32) glance {
	e := s.entry(i)
	return glance{s.whos.get(e.who), e.flags&flagIssued != 0, e.flags&flagEnded != 0}
}

func (s *shard) state(i uint32) State {
	e, g := s.entry(i), s.glance(i)
	st := State{Requests: e.requests, Issued: g.issued, Ended: g.ended, User: g.user, Role: g.role}
	if e.first != 0 {
		st.First, st.Last = time.Unix(0, e.first).UTC(), time.Unix(0, e.last).UTC()
	}
	return st
}

func (s *shard) addStats(t *LiveStats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Sessions += s.n
	t.Max += s.most
	t.New += s.rings[newcomer].n
	t.Issued += s.rings[issuedOnly].n
	t.Returned += s.rings[returned].n
	t.Trusted += s.rings[trusted].n
	t.EvictedNew += s.evicted[newcomer]
	t.EvictedIssued += s.evicted[issuedOnly]
	t.EvictedReturned += s.evicted[returned]
	t.EvictedTrusted += s.evicted[trusted]
}
