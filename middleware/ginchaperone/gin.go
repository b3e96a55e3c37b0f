// Package ginchaperone puts Chaperone into the chain of a gin engine:
//
//	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
//	…
//	r := gin.New()
//	r.Use(ginchaperone.New(guard.Middleware()))
//
// Register it first, and gin.Recovery after it: what runs before it is not
// seen, and what a recovery outside of it writes comes too late for the record,
// which then says that the handler panicked, and 500.
//
// gin redirects trailing slashes and corrected paths without running any
// handler: such answers pass unseen. Where that matters, wrap the engine as a
// whole, guard.Wrap(r), and register only [Route].
package ginchaperone

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/chaperone-go/chaperone/middleware"
)

// New returns the gin handler. The client's address is found by the strategy
// of m, not by gin's trusted proxies. A nil m is a programmer's mistake and
// panics here, not in a request.
//
// gin writes the answer to an unrouted path, and a status without a body,
// after the chain has run; the handler writes them itself, a moment earlier,
// so that the final status is on the record.
func New(m *middleware.Middleware) gin.HandlerFunc {
	if m == nil {
		panic("ginchaperone: New(nil)")
	}
	return func(c *gin.Context) {
		r := c.Request
		if r.Pattern == "" {
			r.Pattern = c.FullPath()
		}
		ch := &chain{c: c, outer: c.Writer}
		defer ch.restore(r)
		m.Serve(c.Writer, r, ch)
		if !ch.ran {
			c.Abort() // blocked: the answer is written
		}
	}
}

// Route returns a gin handler that states the route of a request, such as
// "/orders/:id", for engines that are wrapped as a whole. A route that the
// application states afterwards wins.
func Route() gin.HandlerFunc {
	return func(c *gin.Context) {
		if p := c.FullPath(); p != "" {
			middleware.FromContext(c.Request.Context()).SetRoute(p)
		}
	}
}

// chain is the rest of a request's chain as an [http.Handler].
type chain struct {
	c     *gin.Context
	outer gin.ResponseWriter
	ran   bool
}

// ServeHTTP runs the chain with the writer and the request it is given.
func (ch *chain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ch.ran = true
	inner := &writer{ResponseWriter: w, outer: ch.outer, status: ch.outer.Status(), size: unwritten}
	ch.c.Request, ch.c.Writer = r, inner
	ch.c.Next()
	inner.finish(ch.c.FullPath() == "")
}

// restore gives the context back what it had, also when the chain panics.
func (ch *chain) restore(r *http.Request) {
	ch.c.Request, ch.c.Writer = r, ch.outer
}
