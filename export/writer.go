package export

import "io"

// flushAt is how much text is gathered before it is written: large enough
// that a write is not felt, small enough that a slow reader sees progress.
const flushAt = 32 << 10

// keepAtMost is the largest buffer that is kept; one huge record must not
// hold its memory until the export is over.
const keepAtMost = 64 << 10

// gather collects text and writes it in large pieces.
type gather struct {
	w   io.Writer
	buf []byte
	err error // the first error; nothing is written after it
}

// due writes what was gathered if it is enough.
func (g *gather) due() error {
	if len(g.buf) < flushAt {
		return g.err
	}
	return g.flush()
}

// flush writes what was gathered.
func (g *gather) flush() error {
	if g.err == nil && len(g.buf) > 0 {
		_, g.err = g.w.Write(g.buf)
	}
	if cap(g.buf) > keepAtMost {
		g.buf = nil
	}
	g.buf = g.buf[:0]
	return g.err
}
