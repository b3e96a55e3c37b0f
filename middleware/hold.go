package middleware

import (
	"maps"
	"net/http"
	"slices"
)

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
	code, body, frozen := w.status, w.kept(), w.frozen
	w.mu.Unlock()
	err := send(w.under, code, frozen, body)
	w.mu.Lock()
	w.lending = false
	return err
}

// send writes an answer as it would have been written at once: with the
// header as it was when its status was. What the handler changed since then
// is there again afterwards, for it may be trailers.
func send(to http.ResponseWriter, code int, frozen http.Header, body []byte) (err error) {
	h := to.Header()
	if sameHeader(h, frozen) {
		to.WriteHeader(code)
	} else {
		now := maps.Clone(h)
		replaceHeader(h, frozen)
		to.WriteHeader(code)
		replaceHeader(h, now)
	}
	if len(body) > 0 {
		_, err = to.Write(body)
	}
	return err
}

// drop forgets an answer of which nothing was sent and puts the header back to
// what it was before the handler, so that another answer can be given. Without
// holding nobody kept what it was: then it starts empty, for a cookie of the
// handler's must not stay in it.
func (w *writer) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holding, w.copying = false, false
	w.status, w.wrote, w.limit, w.fit = 0, 0, 0, 0
	replaceHeader(w.under.Header(), w.before)
}

func sameHeader(a, b http.Header) bool { return maps.EqualFunc(a, b, slices.Equal[[]string]) }

// replaceHeader makes h, which others hold, equal to with.
func replaceHeader(h, with http.Header) {
	clear(h)
	maps.Copy(h, with)
}
