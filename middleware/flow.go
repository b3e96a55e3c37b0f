package middleware

import (
	"context"
	"net/http"

	"github.com/chaperone-go/chaperone/traffic"
)

// flow is everything one request needs that its handler may hold on to: the
// context, the request with that context, the body, the response writer and
// the handle. It is the one allocation of a request, and it is never used
// again for another: a handler that keeps any part of it after it returned
// gets errors, not somebody else's bytes. What is pooled (the exchange and the
// buffers) is reached from here only under the locks of body and writer, and
// is let go of before it returns to its pool.
type flow struct {
	context.Context

	handle traffic.Handle
	body   body
	writer writer
	req    http.Request
}

// handleKey is the key of the handle in the context.
type handleKey struct{}

// Value gives out the handle, and otherwise what the parent has.
func (f *flow) Value(key any) any {
	if key == (handleKey{}) {
		return &f.handle
	}
	return f.Context.Value(key)
}

// FromContext returns the handle of the request that ctx belongs to, through
// which the application learns its session and states what it knows. It is
// nil when the request did not come through a [Middleware], or ctx is nil; the
// methods of a nil handle that state something do nothing and return false.
// With one middleware inside another the inner one's handle is returned.
func FromContext(ctx context.Context) *traffic.Handle {
	if ctx == nil {
		return nil
	}
	h, _ := ctx.Value(handleKey{}).(*traffic.Handle)
	return h
}

// request makes the copy of r that the handler gets. WithContext is inlined
// and its copy stays on the stack, so that the request costs no allocation of
// its own; a test watches over it.
func (f *flow) request(r *http.Request) *http.Request {
	f.req = *r.WithContext(f)
	if f.body.src != nil {
		f.req.Body = &f.body
	}
	return &f.req
}

// giveBack hands what handlers leave on a request to the original: the server
// deletes the temporary files of the form it finds there, and a middleware
// around us may want the pattern.
func (f *flow) giveBack(r *http.Request) {
	if r.MultipartForm == nil {
		r.MultipartForm = f.req.MultipartForm
	}
	if r.Pattern == "" {
		r.Pattern = f.req.Pattern
	}
}
