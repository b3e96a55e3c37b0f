package middleware

import (
	"net/http"
	"slices"
	"sync"
)

// maxKeptFields is the largest header whose snapshot's memory is kept.
const maxKeptFields = 64

// snapshot is a header at a moment, flat, so that taking one costs no
// allocation: each field's name and number of values, then all values.
type snapshot struct {
	fields []field
	values []string
}

type field struct {
	name string
	n    int
}

// take makes s the header h as it is now.
func (s *snapshot) take(h http.Header) {
	for name, values := range h {
		s.fields = append(s.fields, field{name, len(values)})
		s.values = append(s.values, values...)
	}
}

// same reports whether h has not changed since.
func (s *snapshot) same(h http.Header) bool {
	if len(h) != len(s.fields) {
		return false
	}
	rest := s.values
	for _, f := range s.fields {
		values, ok := h[f.name]
		if !ok || !slices.Equal(values, rest[:f.n]) {
			return false
		}
		rest = rest[f.n:]
	}
	return true
}

// restore makes h, which others hold, what it was.
func (s *snapshot) restore(h http.Header) {
	clear(h)
	rest := slices.Clone(s.values)
	for _, f := range s.fields {
		h[f.name], rest = rest[:f.n:f.n], rest[f.n:]
	}
}

func (s *snapshot) forget() {
	if cap(s.fields) > maxKeptFields || cap(s.values) > 2*maxKeptFields {
		*s = snapshot{}
		return
	}
	clear(s.fields)
	clear(s.values)
	s.fields, s.values = s.fields[:0], s.values[:0]
}

// snapshots are the two a held answer needs: the header before the handler
// ran, and the header as of WriteHeader.
type snapshots struct{ before, frozen snapshot }

var snapshotPool = sync.Pool{New: func() any { return new(snapshots) }}

func newSnapshots() *snapshots { return snapshotPool.Get().(*snapshots) }

// recycle returns s to the pool. A nil s is fine.
func (s *snapshots) recycle() {
	if s == nil {
		return
	}
	s.before.forget()
	s.frozen.forget()
	snapshotPool.Put(s)
}
