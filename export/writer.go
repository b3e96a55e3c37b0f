package export

import (
	"fmt"
	"io"
	"iter"

	"github.com/chaperone-go/chaperone/traffic"
)

// RecordWriter writes records one at a time, in the form it was made for. It
// gathers about 32 KiB per write; call Flush in the end. It belongs to one
// goroutine.
type RecordWriter struct {
	what string
	add  func([]byte, *traffic.Record) []byte
	out  gather
	n    int // records taken
}

// Write takes one record, borrowed for the call. After an error of the
// underlying writer it takes no more and returns that error.
func (w *RecordWriter) Write(r *traffic.Record) error {
	w.out.buf = w.add(w.out.buf, r)
	if err := w.out.due(); err != nil {
		return w.failed(err)
	}
	w.n++
	return nil
}

// Flush writes what was gathered.
func (w *RecordWriter) Flush() error {
	if err := w.out.flush(); err != nil {
		return w.failed(err)
	}
	return nil
}

func (w *RecordWriter) failed(err error) error {
	return fmt.Errorf("export %s after %d records: write: %w", w.what, w.n, err)
}

// all streams records to the end.
func (w *RecordWriter) all(records iter.Seq2[*traffic.Record, error]) error {
	for r, err := range records {
		if err != nil {
			_ = w.Flush() // the error of the records comes first
			return fmt.Errorf("export %s after %d records: %w", w.what, w.n, err)
		}
		if err := w.Write(r); err != nil {
			return err
		}
	}
	return w.Flush()
}

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
