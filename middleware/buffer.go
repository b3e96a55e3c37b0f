package middleware

import "sync"

const (
	// firstBytes is the size of a new buffer: most bodies fit.
	firstBytes = 4 << 10
	// keepBytes is the largest buffer the pool keeps.
	keepBytes = 64 << 10
)

// buffer is pooled memory for the start of a body. Whoever took it from the
// pool owns it until it is put back, which is done once, when nobody can reach
// it any more.
type buffer struct{ b []byte }

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, firstBytes)} }}

// poison makes recycled buffers unreadable, so that tests see who kept one.
var poison bool

func newBuffer() *buffer { return buffers.Get().(*buffer) }

// recycle clears b and returns it to the pool; a large one is left to the
// garbage collector. A nil b is fine.
func (b *buffer) recycle() {
	if b == nil {
		return
	}
	clear(b.b)
	if poison {
		for i := range b.b {
			b.b[i] = '#'
		}
	}
	if cap(b.b) <= keepBytes {
		b.b = b.b[:0]
		buffers.Put(b)
	}
}

// free returns the unused rest of b, of at most n bytes and at least one,
// making room when there is none: twice as much each time, so that memory
// grows with what has arrived and not with what was announced.
func (b *buffer) free(n int) []byte {
	if len(b.b) == cap(b.b) {
		grown := make([]byte, len(b.b), max(2*cap(b.b), firstBytes))
		copy(grown, b.b)
		b.b = grown
	}
	rest := b.b[len(b.b):cap(b.b)]
	return rest[:min(n, len(rest))]
}

// took adds the first n bytes of what free returned.
func (b *buffer) took(n int) { b.b = b.b[:len(b.b)+n] }

// all makes the whole memory of b usable as scratch space.
func (b *buffer) all() []byte {
	b.b = b.b[:cap(b.b)]
	return b.b
}
