// Package echov4 puts Chaperone into the chain of an echo v4 server:
//
//	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
//	…
//	e := echo.New()
//	e.Use(echov4.New(guard.Middleware()))
//
// Register it first: what runs before it is not seen. Recover goes after it,
// so that the status it writes is on the record.
package echov4

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/chaperone-go/chaperone/middleware"
)

// New returns the echo middleware. The client's address is found by the
// strategy of m, not by echo's IPExtractor. A nil m is a programmer's mistake
// and panics here, not in a request.
//
// echo answers a returned error, that of an unrouted path among them, after
// the chain has run; the middleware has it answered by the server's error
// handler a moment earlier, so that the final status is on the record, and
// returns the error to those before it. Error handlers must therefore look at
// Response().Committed, as echo's documentation asks them to.
func New(m *middleware.Middleware) echo.MiddlewareFunc {
	if m == nil {
		panic("echov4: New(nil)")
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ch := &chain{c: c, next: next}
			outer, r := c.Response(), c.Request()
			if r.Pattern == "" {
				r.Pattern = c.Path()
			}
			defer func() { // also when the chain panics
				c.SetRequest(r)
				c.SetResponse(outer)
			}()
			m.Serve(outer, r, ch)
			return ch.err
		}
	}
}

// chain is the rest of a request's chain as an [http.Handler].
type chain struct {
	c    echo.Context
	next echo.HandlerFunc
	err  error
}

// ServeHTTP runs the chain with the writer and the request it is given. The
// chain gets a response of its own on top of the writer; the outer one lies
// below it and learns what is really sent, which for a blocked request, or an
// answer that is withheld, is not what the chain wrote.
func (ch *chain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ch.c.SetRequest(r)
	inner := echo.NewResponse(w, ch.c.Echo())
	inner.Status = http.StatusOK // as in a response of echo's own making
	ch.c.SetResponse(inner)
	if ch.err = ch.next(ch.c); ch.err != nil {
		ch.c.Error(ch.err)
	}
	if r.Pattern == "" { // registered by Pre: the router has run only now
		r.Pattern = ch.c.Path()
	}
}
