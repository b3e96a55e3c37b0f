package session

import (
	"encoding/binary"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Live is the table of live sessions: what must be known of a session while
// its next request is looked at. It is bounded; see [NewLive] for what is lost
// at the bound. All methods are safe for concurrent use, and on a nil *Live
// they know nothing and keep nothing.
//
// How it is built: 64 shards, each with a mutex, an index and entries of one
// cache line without pointers, so that a lookup costs about two cache misses
// and the garbage collector has nothing to walk. Users and roles, which only
// some sessions have, stand aside.
type Live struct {
	shards []shard
	mask   uint32
}

// State is what is known of a live session.
type State struct {
	// First and Last are the times of the first and the latest request; zero
	// when the session was issued and no request came with it yet.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Requests counts the requests since the session is in the table; it stops
	// at 4,294,967,295.
	Requests uint32 `json:"requests"`
	// Issued: its value was seen in one of our responses.
	Issued bool `json:"issued,omitempty"`
	// Ended: the application ended it.
	Ended bool `json:"ended,omitempty"`
	// User and Role are the latest that were stated, at most 256 bytes each.
	User string `json:"user,omitempty"`
	Role string `json:"role,omitempty"`
}

const (
	// DefaultMaxLive is how many live sessions are kept when nothing else is
	// said: about 90 MB when full.
	DefaultMaxLive = 1 << 20

	mostShards   = 64
	shardAtLeast = 256 // sessions, before another shard is worth having
)

// NewLive returns a table of at most max sessions, [DefaultMaxLive] when max
// is 0 or less, at least 16. Memory is taken as sessions come.
//
// When the table is full a new session takes the place of another one. A
// session that was only claimed, once, goes first; sessions that returned or
// that we issued keep their places before any number of such newcomers. Among
// those that returned, the ones whose value we issued go last, and of equals
// the one longest not seen, roughly. What is lost with a session is what
// [State] holds: it is no longer known as issued or ended, and user and role
// are unknown until stated again.
func NewLive(max int) *Live {
	if max <= 0 {
		max = DefaultMaxLive
	}
	if max < minShard {
		max = minShard
	}
	n := 1
	for n < mostShards && max/(2*n) >= shardAtLeast {
		n *= 2
	}
	l := &Live{shards: make([]shard, n), mask: uint32(n - 1)}
	for i := range l.shards {
		l.shards[i].init(max / n)
	}
	return l
}

// at returns the shard of id. Ids are keyed hashes, so any bytes of them are
// spread evenly and nobody outside can aim at a shard or a slot.
func (l *Live) at(id *traffic.SessionID) *shard {
	return &l.shards[binary.LittleEndian.Uint32(id[16:])&l.mask]
}

// Get returns what is known of a session; false when it is not in the table.
// Looking does not count as a sign of life.
func (l *Live) Get(id traffic.SessionID) (State, bool) {
	if l == nil {
		return State{}, false
	}
	s := l.at(&id)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(&id)
	if i == 0 {
		return State{}, false
	}
	return s.state(i), true
}

// sign is one sign of life of a session.
type sign struct {
	at      time.Time
	brought bool   // a request belongs to it because of what the client sent
	issued  bool   // its value was seen in a response and not in the request
	revived bool   // somebody logged in: it is no longer ended
	user    string // "" leaves the user as it is
	role    string // likewise
}

// glance is [Live.Get] for the request path.
func (l *Live) glance(id *traffic.SessionID) glance {
	if l == nil {
		return glance{}
	}
	s := l.at(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(id); i != 0 {
		return s.glance(i)
	}
	return glance{}
}

// touch takes one request's sign of life and returns what is known after it.
func (l *Live) touch(id *traffic.SessionID, g *sign) glance {
	if l == nil {
		return glance{who: who{clipText(g.user, maxWho), clipText(g.role, maxWho)}, issued: g.issued}
	}
	s := l.at(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(id)
	if i == 0 {
		i = s.insert(id, g.issued)
	}
	s.sign(i, g)
	return s.glance(i)
}

// issue notes that the value of a session was seen in a response that belongs
// to another session. Issuing anew an ended session revives it.
func (l *Live) issue(id traffic.SessionID) {
	if l == nil {
		return
	}
	s := l.at(&id)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(&id)
	if i == 0 {
		i = s.insert(&id, true)
	}
	s.markIssued(i)
}

// end marks a session as ended by the application; it is issued no longer. One
// that is not in the table is put there, so that its next request is known to
// come too late.
func (l *Live) end(id traffic.SessionID) {
	if l == nil {
		return
	}
	s := l.at(&id)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(&id)
	if i == 0 {
		i = s.insert(&id, true)
	}
	e := s.entry(i)
	e.flags = e.flags&^flagIssued | flagEnded
}

// Len returns how many sessions are in the table.
func (l *Live) Len() int { return l.Stats().Sessions }

// LiveStats is a snapshot of the table.
type LiveStats struct {
	// Sessions is how many are in the table, Max how many may be.
	Sessions int `json:"sessions"`
	Max      int `json:"max"`
	// The sessions by kind: seen once, issued and not yet seen, seen again,
	// seen again and issued.
	New      int `json:"new"`
	Issued   int `json:"issued"`
	Returned int `json:"returned"`
	Trusted  int `json:"trusted"`
	// The sessions that had to go, by the kind they were of.
	EvictedNew      uint64 `json:"evicted_new"`
	EvictedIssued   uint64 `json:"evicted_issued"`
	EvictedReturned uint64 `json:"evicted_returned"`
	EvictedTrusted  uint64 `json:"evicted_trusted"`
}

// Stats adds the shards up, one after the other.
func (l *Live) Stats() LiveStats {
	var t LiveStats
	if l == nil {
		return t
	}
	for i := range l.shards {
		l.shards[i].addStats(&t)
	}
	return t
}
