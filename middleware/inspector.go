package middleware

import (
	"context"

	"github.com/chaperone-go/chaperone/traffic"
)

// Inspector looks at every exchange on its way in and on its way out.
//
// Begin runs before the handler: it may read what the request says, sets
// Response.Want and, to keep the handler from running, the Verdict. End runs
// when the answer is known, exactly once for each Begin and whatever became of
// the handler: it returned, it panicked, it took the connection over, its
// client went away. Both run in the goroutine of the request.
//
// The exchange and all that is reached through it is borrowed until End has
// returned; only its strings may be kept. The context is the one the handler
// gets: it may already be cancelled when End runs.
//
// A panic in either is recovered, counted and told to Config.OnError, and the
// request goes on; a verdict that was set before the panic holds.
type Inspector interface {
	Begin(ctx context.Context, x *traffic.Exchange)
	End(ctx context.Context, x *traffic.Exchange)
}
