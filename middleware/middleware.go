package middleware

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Middleware shows every request and response of the handlers it wraps to an
// [Inspector]. It is safe for concurrent use and has nothing to close: it
// starts no goroutine that outlives its request's body.
type Middleware struct {
	inspector Inspector
	client    ClientAddr
	proxies   peers
	apps      *appTable
	app       func(*http.Request) traffic.App
	duplex    func(*http.Request) bool
	answer    Answer
	onError   func(error)

	idHeader, schemeHeader string
	ja3Headers, ja4Headers []string

	bodyLimit, captureLimit int
	bodyWait                time.Duration

	exchanges sync.Pool
	counters  counters
}

// Wrap returns next behind the middleware. A nil next is
// [http.DefaultServeMux].
func (m *Middleware) Wrap(next http.Handler) http.Handler {
	if next == nil {
		next = http.DefaultServeMux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.Serve(w, r, next) })
}

// Serve serves one request by next, with everything that belongs to it. It is
// what [Middleware.Wrap] does, for frameworks whose handlers are not
// [http.Handler]s: next may be a value made for this one request.
//
// next gets a copy of r with a context of ours, the body behind what was read
// ahead, and a response writer that can do what w can. When the request is
// blocked next is not called. A panic of next goes on through Serve with its
// value and its stack once End has run, [http.ErrAbortHandler] included.
func (m *Middleware) Serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	m.counters.begun.Add(1)
	defer m.counters.ended.Add(1)

	x := m.exchanges.Get().(*traffic.Exchange)
	f := &flow{Context: r.Context()}
	returned := false
	defer func() { m.leave(f, x, r, returned) }()
	m.enter(f, x, w, r)
	if x.Verdict.Blocked() {
		m.counters.blocked.Add(1)
		m.refuse(&f.writer, f, x)
	} else {
		f.writer.want(x.Response.Want, m.captureLimit)
		f.body.hand()
		next.ServeHTTP(f.writer.kind(), &f.req)
	}
	returned = true
}

// enter makes the exchange and lets the inspector begin.
func (m *Middleware) enter(f *flow, x *traffic.Exchange, w http.ResponseWriter, r *http.Request) {
	m.describe(x, r)
	x.Handle = &f.handle
	f.writer.under, f.writer.ctx, f.writer.head = w, f.Context, r.Method == http.MethodHead
	if hasBody(r) {
		f.body.src, f.body.orig, f.body.req, f.body.m = r.Body, r, &f.req, m
		x.Request.Body = &f.body
	}
	if !m.begin(f, x) {
		x.Marks |= traffic.EngineFailed
	}
	f.request(r)
}

func (m *Middleware) begin(f *flow, x *traffic.Exchange) (ok bool) {
	defer m.caught("Begin", &ok)
	m.inspector.Begin(f, x)
	return true
}

func (m *Middleware) end(f *flow, x *traffic.Exchange) (ok bool) {
	defer m.caught("End", &ok)
	m.inspector.End(f, x)
	return true
}

// leave settles the exchange, lets the inspector end, and sends what is left
// to send. It is deferred and runs whatever became of the handler; when that
// panicked, the panic is under way, and goes on afterwards.
func (m *Middleware) leave(f *flow, x *traffic.Exchange, r *http.Request, returned bool) {
	f.writer.settle(x, r, returned)
	f.body.settle(x)
	if !returned {
		m.counters.handlers.Add(1)
		x.Marks |= traffic.Panicked
	}
	if err := f.Err(); err != nil && errors.Is(err, context.Canceled) {
		x.Marks |= traffic.ClientGone
	}
	if f.req.Pattern != "" { // of the innermost router that got our request
		x.Request.Route = f.req.Pattern
	}
	if x.Response.Held {
		m.counters.held.Add(1)
	}
	x.Duration = time.Since(x.Time)

	ok := m.end(f, x)
	if x.Verdict.Withheld && x.Response.Held {
		m.counters.withheld.Add(1)
		m.refuse(f.writer.drop(), f, x)
	}
	f.writer.finish()
	f.giveBack(r)
	m.retire(f, x, ok)
}

// retire ends the time of everything borrowed. An exchange that an inspector
// panicked over is not used again: nobody knows who still holds it.
func (m *Middleware) retire(f *flow, x *traffic.Exchange, ok bool) {
	f.handle.Close()
	f.body.release()
	if ok && !x.Marks.Has(traffic.EngineFailed) {
		x.Reset()
		m.exchanges.Put(x)
	}
}
