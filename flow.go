package chaperone

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// flow is what the guard keeps between Begin and End of one exchange. Pooled.
type flow struct {
	plan *plan
	scan point.Scan
	in   inspection
	off  bool // nothing is recorded
}

// Begin implements [middleware.Inspector]: it looks at the request, says
// which session it belongs to as far as that is known, and leaves the verdict
// in x.Verdict. It never panics. x.Time, x.App, x.Client and x.Request must
// be set. Every Begin must be followed by one End with the same exchange.
func (g *Guard) Begin(ctx context.Context, x *traffic.Exchange) {
	f := g.flows.Get().(*flow)
	f.plan, f.off = g.plan.Load(), false
	x.Inspection = f
	x.Verdict.Mode = f.plan.modeOf(x.App)
	g.count.requests.Add(1)
	if g.cfg.Replay {
		g.passed(x.Time)
	}
	defer g.rescueBegin(x)
	if x.Verdict.Mode == traffic.ModeOff && !g.beginOff(f, x) {
		return
	}
	g.walkIn(f, x, g.live)
}

// beginOff handles mode off: inert, or only the lists when the policy says
// so. The result is whether to go on.
func (g *Guard) beginOff(f *flow, x *traffic.Exchange) bool {
	if f.plan.policy.ListsInOff {
		m := g.book.Check(x.Time, x.Client.Addr, x.App)
		if m.Deny != 0 && m.Allow == 0 {
			return true
		}
	}
	f.off = true
	return false
}

// walkIn is steps 2 to 5 of the walk in ARCHITECTURE.md.
func (g *Guard) walkIn(f *flow, x *traffic.Exchange, live *session.Live) {
	p := f.plan
	s := standing{addr: g.book.Check(x.Time, x.Client.Addr, x.App)}
	denied := s.addr.Deny != 0 && s.addr.Allow == 0 && !p.policy.AnalyseDenied
	f.scan.Reset(p.points, g.visitor(f, x, s.addr.Allow != 0 || denied))
	if denied {
		g.scanHead(f, x)
	} else {
		f.scan.Request(x)
	}
	p.resolver.Open(x, &f.scan, live)
	x.Handle.Open(x.ID, x.Session.ID)
	s.session = g.book.CheckSession(x.Time, x.Session.ID, x.App)
	if p.decideLists(&x.Verdict, s) {
		decideHits(&x.Verdict, x.Hits, s)
	} else {
		x.Hits = x.Hits[:0]
	}
	if f.in.over {
		g.overBudget(p, x)
	}
	if !x.Verdict.Blocked() {
		x.Response.Want = p.want
		x.Response.Want.Hold = p.want.Limit > 0 && g.book.HasSessions()
	}
}

// visitor returns who wants to see every value: the detectors, if there are
// any and the address has not decided the matter already.
func (g *Guard) visitor(f *flow, x *traffic.Exchange, decided bool) point.Visitor {
	f.in = inspection{guard: g, x: x}
	if len(g.cfg.Detectors) == 0 || decided {
		return nil
	}
	if g.cfg.Budget > 0 {
		f.in.start = time.Now()
	}
	return &f.in
}

// scanHead looks at a request whose body shall not be read.
func (g *Guard) scanHead(f *flow, x *traffic.Exchange) {
	body := x.Request.Body
	x.Request.Body = nil
	f.scan.Request(x)
	x.Request.Body = body
}

// overBudget applies the fail mode to a request whose inspection was cut off.
func (g *Guard) overBudget(p *plan, x *traffic.Exchange) {
	x.Marks |= traffic.OverBudget
	g.count.overBudget.Add(1)
	g.trouble.report("budget", errors.New("inspect request: took longer than the budget"))
	if p.policy.FailClosed && !x.Verdict.Allowed {
		x.Verdict.Action, x.Verdict.Reason = traffic.Block, traffic.Failure
	}
}

// rescueBegin catches a panic of ours on the way in. What the lists decided
// stands; otherwise the fail mode decides.
func (g *Guard) rescueBegin(x *traffic.Exchange) {
	r := recover()
	if r == nil {
		return
	}
	g.failed(x, "look at request", r)
	f, _ := x.Inspection.(*flow)
	if f != nil && f.plan.policy.FailClosed && !x.Verdict.Blocked() {
		x.Verdict.Action, x.Verdict.Reason = traffic.Block, traffic.Failure
	}
}

// End implements [middleware.Inspector]: it looks at the response, settles
// which session the exchange belongs to and hands the record over to be
// stored. It never panics and, but for a replay, never waits. x.Response and
// x.Duration must be set.
func (g *Guard) End(ctx context.Context, x *traffic.Exchange) {
	f, ok := x.Inspection.(*flow)
	if !ok || f == nil {
		return
	}
	x.Inspection = nil
	if !f.off {
		g.walkOut(f, x)
		g.record(x)
	}
	f.plan = nil
	g.flows.Put(f)
}

// walkOut is steps 7 and 8 of the walk in ARCHITECTURE.md.
func (g *Guard) walkOut(f *flow, x *traffic.Exchange) {
	defer func() {
		if r := recover(); r != nil {
			g.failed(x, "look at response", r)
		}
	}()
	p := f.plan
	provisional := x.Session.ID
	said := x.Handle.Close()
	f.scan.Watch(nil) // detectors look at the input
	f.scan.Response(x)
	p.resolver.Settle(x, &f.scan, g.live, said)
	x.Marks |= f.scan.Marks()
	if said.Route != "" {
		x.Request.Route = said.Route
	}
	x.Tags = said.Tags
	x.Login = said.Login
	if x.Session.ID != provisional && x.Response.Held && !x.Verdict.Blocked() {
		g.withhold(p, x)
	}
}

// withhold replaces an answer that is still held back when the session that
// only the response told is denied.
func (g *Guard) withhold(p *plan, x *traffic.Exchange) {
	m := g.book.CheckSession(x.Time, x.Session.ID, x.App)
	if m.Deny == 0 || m.Allow != 0 || (x.Verdict.Allowed && !p.policy.SessionDenyOverAllow) {
		return
	}
	v := &x.Verdict
	v.Action, v.Reason, v.Entry, v.Allowed, v.Withheld = traffic.Block, traffic.SessionDenied, m.Deny, false, true
	g.count.withheld.Add(1)
}

// failed counts and reports a panic of ours.
func (g *Guard) failed(x *traffic.Exchange, doing string, r any) {
	x.Marks |= traffic.EngineFailed
	g.count.panics.Add(1)
	g.trouble.report("panic", fmt.Errorf("%s %s: panic: %v", doing, x.ID, r))
}
