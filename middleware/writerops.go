package middleware

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
)

// Unwrap gives [http.ResponseController] the original, for deadlines and
// duplex mode. When the original cannot be hijacked itself but something
// below it can, a door is put in between that sees it happen.
func (w *writer) Unwrap() http.ResponseWriter {
	if _, ok := w.under.(http.Hijacker); !ok {
		if _, ok := w.under.(unwrapper); ok {
			return door{w}
		}
	}
	return w.under
}

type unwrapper interface{ Unwrap() http.ResponseWriter }

// door is what a ResponseController finds below a writer that has no Hijack:
// the writer again, with Hijack, and below it the original.
type door struct{ *writer }

func (d door) Hijack() (net.Conn, *bufio.ReadWriter, error) { return d.hijack() }

func (d door) Unwrap() http.ResponseWriter { return d.under }

// FlushError sends what was written so far. [http.ResponseController] finds
// it on every kind of writer, so that no flush goes by unseen; it fails with
// [http.ErrNotSupported] when the original cannot flush.
func (w *writer) FlushError() error {
	if !canFlush(w.under) {
		return fmt.Errorf("flush: %w", http.ErrNotSupported)
	}
	if err := w.flushing(); err != nil {
		return err
	}
	return http.NewResponseController(w.under).Flush()
}

func (w *writer) flush() {
	if w.flushing() == nil {
		w.under.(http.Flusher).Flush()
	}
}

// flushing gets the writer ready for a flush of the original: it makes the
// status final and ends holding.
func (w *writer) flushing() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over.Load() {
		return ErrOver
	}
	if w.status == 0 && !w.hijacked {
		w.commit(http.StatusOK)
	}
	if w.holding {
		return w.release()
	}
	return nil
}

// canFlush looks where a ResponseController would look.
func canFlush(w http.ResponseWriter) bool {
	for {
		switch t := w.(type) {
		case interface{ FlushError() error }, http.Flusher:
			return true
		case unwrapper:
			w = t.Unwrap()
		default:
			return false
		}
	}
}

// hijack hands the connection over. What was held back goes out first; the
// rest of the answer is the handler's own affair.
func (w *writer) hijack() (net.Conn, *bufio.ReadWriter, error) {
	if err := w.hijacking(); err != nil {
		return nil, nil, err
	}
	conn, rw, err := http.NewResponseController(w.under).Hijack()
	if err == nil {
		w.mu.Lock()
		w.hijacked, w.holding = true, false
		w.mu.Unlock()
	}
	return conn, rw, err
}

// hijacking gets the writer ready for a hijack, which may yet fail.
func (w *writer) hijacking() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over.Load() {
		return ErrOver
	}
	if w.holding && w.status != 0 {
		return w.release()
	}
	return nil
}

// CloseNotify implements the deprecated http.CloseNotifier, without which some
// frameworks cannot stream, by the request's context.
func (w *writer) CloseNotify() <-chan bool {
	ch := make(chan bool, 1)
	context.AfterFunc(w.ctx, func() { ch <- true })
	return ch
}

// ReadFrom implements [io.ReaderFrom]. As much as is to be copied or held back
// is read here; the rest is left to the original, which may send a file
// without reading it.
func (w *writer) ReadFrom(src io.Reader) (n int64, err error) {
	n, more, err := w.readStart(src)
	if !more || err != nil {
		return n, err
	}
	var k int64
	if rf, ok := w.under.(io.ReaderFrom); ok {
		k, err = rf.ReadFrom(src)
	} else {
		b := newBuffer()
		k, err = io.CopyBuffer(struct{ io.Writer }{w.under}, struct{ io.Reader }{src}, b.all())
		b.recycle()
	}
	w.mu.Lock()
	if k > 0 && w.status == 0 {
		w.commit(http.StatusOK)
	}
	w.mu.Unlock()
	w.wrote.Add(k)
	return n + k, err
}

// readStart moves bytes from src through Write until no more of them are
// wanted; more says whether src may have others.
func (w *writer) readStart(src io.Reader) (n int64, more bool, err error) {
	for b := (*buffer)(nil); ; {
		wanted, err := w.wanted()
		if !wanted || err != nil {
			b.recycle()
			return n, true, err
		}
		if b == nil {
			b = newBuffer()
		}
		k, err := src.Read(b.all())
		if k > 0 {
			m, werr := w.Write(b.b[:k])
			if n += int64(m); werr != nil {
				err = werr
			}
		}
		if err != nil {
			b.recycle()
			if err == io.EOF {
				err = nil
			}
			return n, false, err
		}
	}
}

// wanted reports whether the next bytes must go through Write.
func (w *writer) wanted() (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.over.Load():
		return false, ErrOver
	case w.hijacked:
		return false, nil
	case w.holding:
		return true, nil
	case w.status == 0:
		return !w.head && w.copies(w.under.Header()), nil
	}
	return w.room() > 0, nil
}
