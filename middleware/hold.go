package middleware

import "net/http"

// release sends what was held back and ends holding. It is called with the
// lock held, and lets go of it while the original works; whoever comes in
// meanwhile finds the writer passing. When nothing was written yet there is
// nothing to send: the original is left untouched.
func (w *writer) release() error {
	w.holding = false
	if w.status == 0 {
		return nil
	}
	w.lending = true
	code, body, frozen := w.status, w.kept(), &w.snaps.frozen
	w.mu.Unlock()
	defer func() { // also when the original panics
		w.mu.Lock()
		w.lending = false
	}()
	return send(w.under, code, frozen, body)
}

// send writes an answer as it would have been written at once: with the
// header as it was when its status was. What the handler changed since then
// is there again afterwards, for it may be trailers.
func send(to http.ResponseWriter, code int, frozen *snapshot, body []byte) (err error) {
	if h := to.Header(); frozen.same(h) {
		to.WriteHeader(code)
	} else {
		var now snapshot
		now.take(h)
		frozen.restore(h)
		to.WriteHeader(code)
		now.restore(h)
	}
	if len(body) > 0 {
		_, err = to.Write(body)
	}
	return err
}

// drop forgets an answer of which nothing was sent and puts the header back to
// what it was before the handler, so that another answer can be given. Without
// holding nobody kept what it was: then it starts empty, for a cookie of the
// handler's must not stay in it. The other answer is written by the writer
// that drop returns; w is over, so that a handler that goes on cannot write
// into it.
func (w *writer) drop() *writer {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over.Store(true)
	w.holding, w.copying = false, false
	h := w.under.Header()
	if clear(h); w.snaps != nil {
		w.snaps.before.restore(h)
	}
	return &writer{under: w.under, ctx: w.ctx, head: w.head}
}
