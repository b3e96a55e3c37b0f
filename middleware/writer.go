package middleware

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/chaperone-go/chaperone/traffic"
)

// ErrOver is what a write returns once the handler has returned: the answer is
// complete, and what it was captured in belongs to another request by now.
var ErrOver = errors.New("middleware: write after the handler returned")

// writer stands between the handler and the original response writer. It
// counts what goes by, copies the start of the body when the inspector wants
// it, and holds the answer back when told to. In the state
//
//	passing: everything goes to the original at once. status is what it was
//	         told, or 200 once a byte was written.
//	holding: nothing went to the original. status, the header as it was at
//	         WriteHeader (snaps) and the body (buf) wait here. It ends with
//	         passing (release), or with the answer being dropped (drop).
//	over:    the request is done; nothing goes anywhere.
//
// The lock guards our own state and is not held while the original works: a
// slow client must not keep End waiting, and a handler may flush while another
// goroutine of its own writes.
//
// The handler gets one of the kinds in kinds.go, which add Flush, Hijack and
// Push where the original has them.
type writer struct {
	under http.ResponseWriter
	ctx   context.Context
	head  bool // a HEAD request: bytes of a body are not sent

	mu     sync.Mutex
	limit  int           // bytes to copy, and to hold
	fit    traffic.Kinds // body types to copy
	buf    *buffer       // the start of the body
	status int           // 0 until WriteHeader or the first byte
	wrote  atomic.Int64  // bytes of the body taken from the handler
	length int64         // the declared Content-Length; only kept when holding

	snaps *snapshots // of the header; nil unless told to hold

	holding  bool
	copying  bool // the body's type fits: buf is a copy of its start
	lending  bool // the original is being given buf: it may not be recycled
	hijacked bool
	over     atomic.Bool // set under the lock
}

// want arms the writer with what the inspector wants of the answer.
func (w *writer) want(want traffic.Want, limit int) {
	w.limit = min(max(want.Limit, 0), limit)
	w.fit = want.Kinds
	if w.holding = want.Hold; w.holding {
		w.snaps = newSnapshots()
		w.snaps.before.take(w.under.Header())
	}
}

// Header implements [http.ResponseWriter]. Once the request is over it
// returns a header that nobody reads.
func (w *writer) Header() http.Header {
	if w.over.Load() {
		return http.Header{}
	}
	return w.under.Header()
}

// WriteHeader implements [http.ResponseWriter]. Informational answers pass at
// once, even when holding: they promise nothing about the final one. Whatever
// the original objects to (a second call, a code that is none) is passed on,
// so that it can object.
func (w *writer) WriteHeader(code int) {
	if w.settleStatus(code) {
		w.under.WriteHeader(code)
	}
}

// settleStatus takes a status, and says whether it is to be passed on.
func (w *writer) settleStatus(code int) (pass bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over.Load() || w.holding && w.status != 0 {
		return false
	}
	if w.hijacked || w.status != 0 || !isFinal(code) {
		return true
	}
	w.commit(code)
	if !w.holding {
		return true
	}
	if code == http.StatusSwitchingProtocols {
		_ = w.release() // its error comes up again with the next write
	}
	return false
}

// isFinal reports whether code is the last one of an answer. Switching
// protocols is, for HTTP ends there.
func isFinal(code int) bool {
	return code >= 200 && code <= 999 || code == http.StatusSwitchingProtocols
}

// commit settles the status, and with it what is done with the body.
func (w *writer) commit(code int) {
	w.status = code
	if w.limit == 0 && !w.holding {
		return
	}
	h := w.under.Header()
	w.copying = !w.head && w.copies(h) && bodyAllowed(code)
	if w.holding {
		w.snaps.frozen.take(h)
		w.length = declared(h)
	}
}

// declared returns the Content-Length, -1 when there is none.
func declared(h http.Header) int64 {
	if v := h["Content-Length"]; len(v) > 0 {
		if n, err := strconv.ParseInt(v[0], 10, 64); err == nil && n >= 0 {
			return n
		}
	}
	return -1
}

// copies reports whether a body with this header is to be copied.
func (w *writer) copies(h http.Header) bool {
	if w.limit == 0 || w.fit == 0 {
		return false
	}
	kind := traffic.KindNone
	if ct := h["Content-Type"]; len(ct) > 0 {
		kind = traffic.KindOf(ct[0])
	}
	return w.fit&kind != 0
}

func bodyAllowed(code int) bool {
	return code >= 200 && code != http.StatusNoContent && code != http.StatusNotModified
}

// Write implements [http.ResponseWriter].
func (w *writer) Write(p []byte) (int, error) {
	pass, err := take(w, p)
	if err != nil {
		return 0, err
	}
	if !pass {
		return len(p), nil
	}
	n, err := w.under.Write(p)
	w.count(n, len(p))
	return n, err
}

// WriteString implements [io.StringWriter].
func (w *writer) WriteString(s string) (int, error) {
	pass, err := take(w, s)
	if err != nil {
		return 0, err
	}
	if !pass {
		return len(s), nil
	}
	n, err := io.WriteString(w.under, s)
	w.count(n, len(s))
	return n, err
}

// take does all there is to do about a piece of the body but passing it on,
// and says whether that is left to do.
func take[T string | []byte](w *writer, p T) (pass bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over.Load() {
		return false, ErrOver
	}
	if w.hijacked {
		return true, nil // the original knows what to say
	}
	if w.status == 0 {
		w.commit(http.StatusOK)
	}
	if w.holding {
		if !bodyAllowed(w.status) {
			return false, http.ErrBodyNotAllowed
		}
		if w.holds(len(p)) {
			w.keep()
			w.buf.b = append(w.buf.b, p...)
			w.wrote.Add(int64(len(p)))
			return false, nil
		}
		if err := w.release(); err != nil {
			return false, err
		}
	}
	if n := w.room(); n > 0 {
		w.keep()
		w.buf.b = append(w.buf.b, p[:min(n, len(p))]...)
	}
	return true, nil
}

// keep makes sure that there is a buffer.
func (w *writer) keep() {
	if w.buf == nil {
		w.buf = newBuffer()
	}
}

// holds reports whether n more bytes can be held back. An answer that is
// longer than it declared is let go: the original refuses the excess, and the
// handler shall see that.
func (w *writer) holds(n int) bool {
	all := w.wrote.Load() + int64(n)
	return all <= int64(w.limit) && (w.length < 0 || all <= w.length)
}

// room is how many more bytes are to be copied. The copy has no gaps: it ends
// where it was first cut short.
func (w *writer) room() int {
	if !w.copying || w.limit <= len(w.kept()) {
		return 0
	}
	return w.limit - len(w.kept())
}

func (w *writer) kept() []byte {
	if w.buf == nil {
		return nil
	}
	return w.buf.b
}

// count adds n bytes that the original has taken of the size it was given.
// What it refused is no part of the copy, and what comes after a refusal would
// not fit to what was before it.
func (w *writer) count(n, size int) {
	all := w.wrote.Add(int64(n))
	if n == size {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if int64(len(w.kept())) > all {
		w.buf.b = w.buf.b[:all]
		w.limit = len(w.buf.b)
	}
}
