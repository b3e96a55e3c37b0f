package middleware

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// How a body is read twice. The inspector asks for the start of the body
// before the handler runs (ReadAhead); that much is read from the server into
// a pooled buffer. The handler then reads the buffer first and the server's
// body after it:
//
//	buf:  |<- pos: given to the handler ->|<- still owed to it ->|  then src
//
// An error met while reading ahead, io.EOF included, is kept with the buffer
// and owed to the handler behind the last byte of it. Nothing is read before
// the inspector asks, and nothing is read ahead once the handler runs.

// maxEmptyReads is how many reads without a byte or an error end reading
// ahead.
const maxEmptyReads = 100

// body is the request body as handler and inspector see it. Its methods may
// be called from several goroutines, and after the request is over, when they
// return [http.ErrBodyReadAfterClose].
type body struct {
	src  io.ReadCloser // the original; nil when the request has no body
	orig *http.Request // its Trailer is complete once src has ended
	req  *http.Request // the handler's copy of orig
	m    *Middleware

	mu     sync.Mutex
	buf    *buffer
	pos    int
	err    error         // met while reading ahead
	owed   bool          // err is still to be given to the handler
	whole  bool          // the end of the body is in sight: buf is all of it
	read   int64         // bytes given to the handler
	wanted bool          // the inspector asked for the body
	shown  bool          // the inspector got all of it
	asked  bool          // conversation was consulted
	shut   bool          // nothing more is read ahead
	late   bool          // reading ahead gave up waiting
	broken bool          // src ended before its time
	ended  bool          // the handler has got io.EOF
	closed bool          // by the handler
	over   bool          // the request is over
	pump   chan struct{} // closed when the goroutine reading ahead is done; nil without one
}

var _ traffic.Body = (*body)(nil)

// ReadAhead implements [traffic.Body]. It waits for the client as a handler
// would, see Config.BodyWait. Asking for the body makes a client that sent
// "Expect: 100-continue" send it.
func (b *body) ReadAhead(limit int) ([]byte, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	limit = min(max(limit, 0), b.m.bodyLimit)
	b.wanted = true
	if limit > 0 && !b.shut {
		b.fill(limit + 1)
	}
	have := b.ahead()
	switch {
	case len(have) > limit:
		return have[:limit:limit], false, nil
	case b.whole:
		b.shown = true
		return have, true, nil
	}
	return have, false, b.err
}

// ahead returns what was read ahead.
func (b *body) ahead() []byte {
	if b.buf == nil {
		return nil
	}
	return b.buf.b
}

// fill reads until n bytes are there: one more than the inspector wants, to
// see whether the body ends.
func (b *body) fill(n int) {
	if len(b.ahead()) >= n || b.err != nil {
		return
	}
	if !b.asked {
		b.asked = true
		if b.shut = b.m.conversation(b.orig); b.shut {
			return
		}
	}
	if b.buf == nil {
		b.buf = newBuffer()
	}
	if b.m.bodyWait > 0 {
		b.fillWithin(n, b.m.bodyWait)
		return
	}
	for empty := 0; len(b.buf.b) < n && b.err == nil && empty < maxEmptyReads; {
		k, err := b.src.Read(b.buf.free(n - len(b.buf.b)))
		if b.took(k, err); k == 0 {
			empty++
		}
	}
}

// took notes the result of a read into the buffer.
func (b *body) took(n int, err error) {
	b.buf.took(n)
	if err != nil {
		b.err, b.owed = err, true
		b.whole = err == io.EOF
		b.broken = errors.Is(err, io.ErrUnexpectedEOF)
	}
}

// fillWithin does the work of fill in a goroutine of its own and waits for it
// no longer than wait. What the goroutine reads after that still goes into the
// buffer, and the handler waits for it: the read that is under way cannot be
// called back. It ends with that read, at the latest when the server closes
// the body after the request.
func (b *body) fillWithin(n int, wait time.Duration) {
	done := make(chan struct{})
	b.pump = done
	go b.pumpUp(n, done)
	b.mu.Unlock()
	timer := time.NewTimer(wait)
	select {
	case <-done:
	case <-timer.C:
	}
	timer.Stop()
	b.mu.Lock()
	select {
	case <-done:
		b.pump = nil
	default:
		b.late, b.shut = true, true
		b.m.counters.bodyLate.Add(1)
	}
}

func (b *body) pumpUp(n int, done chan<- struct{}) {
	defer close(done)
	scratch := newBuffer()
	defer scratch.recycle()
	for empty := 0; empty < maxEmptyReads; empty++ {
		room := scratch.all()
		k, err := b.readSrc(room[:min(n, len(room))])
		b.mu.Lock()
		if b.over {
			b.mu.Unlock()
			return
		}
		if k > 0 {
			empty = -1
			b.buf.b = append(b.buf.b, room[:k]...)
			n -= k
		}
		b.took(0, err)
		stop := b.late || b.err != nil || n <= 0
		b.mu.Unlock()
		if stop {
			return
		}
	}
}

// readSrc keeps a panic of the original body from ending the process, which
// it would in a goroutine that is not the server's.
func (b *body) readSrc(p []byte) (n int, err error) {
	ok := true
	defer func() {
		if !ok {
			n, err = 0, http.ErrBodyReadAfterClose
		}
	}()
	defer b.m.caught("the request's body", &ok)
	return b.src.Read(p)
}

// Read implements [io.Reader] for the handler.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	for b.pump != nil {
		done := b.pump
		b.mu.Unlock()
		<-done
		b.mu.Lock()
		b.pump = nil
	}
	b.shut = true
	if b.over || b.closed {
		b.mu.Unlock()
		return 0, http.ErrBodyReadAfterClose
	}
	if n, ok, err := b.readAhead(p); ok {
		b.mu.Unlock()
		return n, err
	}
	b.mu.Unlock()

	n, err := b.src.Read(p)

	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return n, err
	}
	b.read += int64(n)
	if err == io.EOF {
		b.end()
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		b.broken = true
	}
	return n, err
}

// readAhead serves a read from what was read ahead; ok is false when there is
// nothing left of it.
func (b *body) readAhead(p []byte) (n int, ok bool, err error) {
	if rest := b.ahead()[b.pos:]; len(rest) > 0 {
		n = copy(p, rest)
		b.pos += n
		b.read += int64(n)
		return n, true, nil
	}
	if b.owed {
		b.owed = false
		if b.err == io.EOF {
			b.end()
		}
		return 0, true, b.err
	}
	return 0, false, nil
}

// end is called when the handler gets io.EOF. Trailers that were not announced
// are only on the original request.
func (b *body) end() {
	b.ended = true
	if b.req.Trailer == nil {
		b.req.Trailer = b.orig.Trailer
	}
}

// Close implements [io.Closer] for the handler.
func (b *body) Close() error {
	b.mu.Lock()
	over := b.over
	b.closed, b.shut = true, true
	b.mu.Unlock()
	if over {
		return nil
	}
	return b.src.Close()
}

// hand ends the inspector's time: from now on the body is the handler's.
func (b *body) hand() {
	if b.src == nil {
		return
	}
	b.mu.Lock()
	b.shut = true
	b.mu.Unlock()
}

// settle tells x what became of the body.
func (b *body) settle(x *traffic.Exchange) {
	if b.src == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	x.Request.Length = b.read
	if b.wanted && !b.shown {
		x.Marks |= traffic.BodyTruncated
	}
	if b.late {
		x.Marks |= traffic.OverBudget
	}
	if b.broken {
		x.Marks |= traffic.ClientGone
	}
}

// unread reports whether the client may still be sending: nobody has seen the
// end of the body.
func (b *body) unread() bool {
	if b.src == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.whole && !b.ended
}

// release ends the body's time and gives its buffer back. A goroutine that is
// still reading ahead keeps none of it: it finds over and leaves.
func (b *body) release() {
	if b.src == nil {
		return
	}
	b.mu.Lock()
	buf := b.buf
	b.buf, b.over = nil, true
	b.mu.Unlock()
	buf.recycle()
}
