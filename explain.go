package chaperone

import (
	"context"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Explanation tells how one exchange is grouped and decided, and why.
type Explanation struct {
	// Tried is every grouping key that was tried, in order, up to the one
	// that worked.
	Tried []session.Tried `json:"tried"`
	// Session is what came of it.
	Session traffic.Identity `json:"session"`
	// Params are the context parameters that were found.
	Params []traffic.Param `json:"params,omitempty"`
	// Hits are the attacks the detectors found.
	Hits []traffic.Hit `json:"hits,omitempty"`
	// Verdict is what would have happened to the request.
	Verdict traffic.Verdict `json:"verdict"`
	// Marks are what was unusual about it.
	Marks traffic.Mark `json:"marks"`
}

// Explain walks the exchange through the policy in force and tells what
// happened on the way. Nothing is recorded and no session is touched; whether
// a value counts as issued is answered as for a session never seen. A zero
// x.Response.Status leaves the response out: keys in it are "not yet known".
// x is left changed as Begin and End would have left it.
func (g *Guard) Explain(ctx context.Context, x *traffic.Exchange) (e Explanation) {
	f := &flow{plan: g.plan.Load()}
	x.Verdict.Mode = f.plan.modeOf(x.App)
	answered := x.Response.Status != 0
	func() {
		defer g.rescueBegin(x)
		g.walkIn(f, x, nil)
		if answered {
			f.scan.Watch(nil)
			f.scan.Response(x)
			f.plan.resolver.Settle(x, &f.scan, nil, traffic.Said{})
		}
		x.Marks |= f.scan.Marks()
		e.Tried = f.plan.resolver.Explain(x, &f.scan)
	}()
	e.Session, e.Verdict, e.Marks = x.Session, x.Verdict, x.Marks
	e.Params = append(e.Params, x.Params...)
	e.Hits = append(e.Hits, x.Hits...)
	return e
}
