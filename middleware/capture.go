package middleware

import (
	"net/http"

	"github.com/chaperone-go/chaperone/traffic"
)

// settle tells x what became of the answer to r.
func (w *writer) settle(x *traffic.Exchange, r *http.Request, returned bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &x.Response
	p.Status = w.finalStatus(r, returned)
	p.Header = traffic.Header(w.under.Header())
	p.Held = !w.hijacked && (w.holding || w.status == 0)
	if w.holding && w.status != 0 && !w.snaps.frozen.same(w.under.Header()) {
		frozen := http.Header{}
		w.snaps.frozen.restore(frozen)
		p.Header = traffic.Header(frozen)
	}
	if !w.head {
		p.Length = w.wrote.Load()
	}
	if w.copying {
		p.Body = w.kept()
	}
	p.Whole = !w.hijacked && int64(len(p.Body)) == p.Length
	if w.copying && !p.Whole {
		x.Marks |= traffic.ResponseTruncated
	}
	if w.hijacked {
		x.Marks |= traffic.Hijacked
	}
}

// finalStatus is the status as the client will see it. A handler that wrote
// nothing means 200; one that panicked before it wrote means 500, which is
// what a recovering middleware around us will make of it (without one the
// connection is cut). Of a connection that was taken over we only know what it
// was taken over for: 101 after an Upgrade, otherwise 0.
func (w *writer) finalStatus(r *http.Request, returned bool) int {
	switch {
	case w.status != 0:
		return w.status
	case w.hijacked && len(r.Header["Upgrade"]) > 0:
		return http.StatusSwitchingProtocols
	case w.hijacked:
		return 0
	case !returned:
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

// finish sends what is still held back, ends the writer's time, and gives back
// what is pooled, unless the original is being given it this moment.
func (w *writer) finish() {
	buf, snaps := w.letGo()
	buf.recycle()
	snaps.recycle()
}

func (w *writer) letGo() (buf *buffer, snaps *snapshots) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over.Store(true) // first: a handler that goes on must not write into the rest
	if w.holding {
		_ = w.release() // the client is gone; nobody is left to tell
	}
	if !w.lending {
		buf, snaps = w.buf, w.snaps
	}
	w.buf, w.snaps, w.copying = nil, nil, false
	return buf, snaps
}
