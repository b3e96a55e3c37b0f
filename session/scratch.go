package session

import (
	"strings"
	"sync"
)

// scratch is what one call of the request path works with. Pooled.
type scratch struct {
	hasher
	arena arena
	buf   []byte
}

var scratches = sync.Pool{New: func() any {
	return &scratch{hasher: *newHasher(), buf: make([]byte, 0, 128)}
}}

// hashed returns "keyid:hex".
func (s *scratch) hashed(keyID string, sum []byte) string {
	s.buf = appendHashed(s.buf[:0], keyID, sum)
	return s.arena.cut(s.buf)
}

// arena makes the small strings of many requests out of few blocks, so that a
// request costs no allocation of its own for them. A string kept alive keeps
// its block alive: whoever keeps one for long, and few of its neighbours,
// clones it.
type arena struct {
	b strings.Builder
}

const (
	arenaBlock = 4 << 10
	arenaMost  = arenaBlock / 8 // longer strings are allocated by themselves
)

// cut returns a copy of text.
func (a *arena) cut(text []byte) string {
	if len(text) > arenaMost {
		return string(text)
	}
	if a.b.Cap()-a.b.Len() < len(text) {
		a.b.Reset()
		a.b.Grow(arenaBlock)
	}
	at := a.b.Len()
	a.b.Write(text)
	return a.b.String()[at:]
}
