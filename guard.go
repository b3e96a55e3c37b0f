package chaperone

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Guard is Chaperone for one service: its lists, its policy, its sessions.
// One Guard is one tenant; several may live in one process. All methods are
// safe for concurrent use.
type Guard struct {
	cfg  Config
	http *middleware.Middleware // nil when no client strategy was given (replay)
	book *lists.Book
	live *session.Live
	plan atomic.Pointer[plan]

	flows sync.Pool // *flow
	queue *queue
	sinks []*sinkWorker

	count   counters
	trouble trouble
	latest  atomic.Int64 // the latest exchange's time, for a replay's "now"
	pruned  time.Time    // when the lists' history was pruned last; the recorder's

	policyMu sync.Mutex         // one writer of the policy at a time
	ctx      context.Context    // ends when Close's patience does
	cancel   context.CancelFunc // of ctx
	closing  sync.Once
	closed   chan struct{} // closed when the slow side is done
}

// New makes a guard and starts its recorder. Everything that is wrong with
// the configuration is returned at once, each problem with the field's name.
// The caller must call [Guard.Close] in the end.
func New(cfg Config) (*Guard, error) {
	cfg = cfg.withDefaults()
	g := &Guard{cfg: cfg, closed: make(chan struct{})}
	g.trouble = trouble{tell: cfg.OnError, count: &g.count.errors, last: map[string]time.Time{}}
	pl, errPolicy := g.cfg.compile(cfg.Policy)
	if err := errors.Join(g.cfg.validate(), errPolicy); err != nil {
		return nil, fmt.Errorf("chaperone: configuration: %w", err)
	}
	g.plan.Store(pl)
	g.live = session.NewLive(cfg.Sessions.MaxLive)
	g.flows.New = func() any { return new(flow) }
	g.ctx, g.cancel = context.WithCancel(context.Background())
	if err := g.open(); err != nil {
		g.cancel()
		return nil, fmt.Errorf("chaperone: %w", err)
	}
	g.queue = newQueue(cfg.QueueSize, cfg.Replay)
	g.start()
	return g, nil
}

// open opens what can fail: the list log and the middleware.
func (g *Guard) open() (err error) {
	if g.book, err = lists.Open(g.ctx, g.cfg.ListStore, g.cfg.Lists); err != nil {
		return err
	}
	if g.cfg.HTTP.Client.IsZero() {
		return nil
	}
	g.http, err = middleware.New(g, g.cfg.HTTP)
	return err
}

// start starts the slow side.
func (g *Guard) start() {
	r := &recorder{guard: g}
	r.pruner, _ = g.cfg.SessionStore.(session.Pruner)
	for _, s := range g.cfg.Sinks {
		g.sinks = append(g.sinks, newSinkWorker(g, s))
	}
	go func() {
		defer close(g.closed)
		r.run()
		for _, s := range g.sinks {
			s.close()
		}
	}()
}

// Wrap returns a handler that looks at every request before next sees it and
// at every response on its way out.
//
// A guard made for a replay without a Client strategy cannot serve; its
// handler answers 500 to everything.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	if g.http == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "chaperone: this guard was made for a replay", http.StatusInternalServerError)
		})
	}
	return g.http.Wrap(next)
}

// Middleware returns what adapters for frameworks build on; nil for a guard
// made for a replay without a Client strategy.
func (g *Guard) Middleware() *middleware.Middleware { return g.http }

// Lists returns the book of allow, deny, gray and exception entries.
func (g *Guard) Lists() *lists.Book { return g.book }

// FromContext returns the application's side of the request that ctx belongs
// to; nil, whose methods change nothing, when there is none.
func FromContext(ctx context.Context) *traffic.Handle { return middleware.FromContext(ctx) }

// Policy returns a copy of the policy in force.
func (g *Guard) Policy() Policy {
	return g.plan.Load().policy.clone()
}

// SetPolicy checks p as a whole and puts it in force: requests that begin
// after SetPolicy returned see it, those under way keep the policy they began
// with. On an error nothing changes.
func (g *Guard) SetPolicy(p Policy) error {
	g.policyMu.Lock()
	defer g.policyMu.Unlock()
	pl, err := g.cfg.compile(p)
	if err != nil {
		return fmt.Errorf("chaperone: policy: %w", err)
	}
	g.plan.Store(pl)
	return nil
}

// clone returns a copy that shares no slice.
func (p Policy) clone() Policy {
	p.Applications = slices.Clone(p.Applications)
	p.Parameters = slices.Clone(p.Parameters)
	p.Masks = slices.Clone(p.Masks)
	return p
}

// Flush waits until every request that ended before the call is stored and
// its events are sent.
func (g *Guard) Flush(ctx context.Context) error {
	if err := g.queue.flush(ctx); err != nil {
		return fmt.Errorf("chaperone: flush: %w", err)
	}
	for _, s := range g.sinks {
		if err := s.flush(ctx); err != nil {
			return fmt.Errorf("chaperone: flush: %w", err)
		}
	}
	return nil
}

// closeGrace is how long Close still waits, after its context ended, for a
// store or sink to notice that its own did.
const closeGrace = time.Second

// Close stores what is queued and stops the guard's goroutines. It waits for
// them as long as ctx lasts: then the contexts of store and sinks end, what is
// still queued is given up and counted as lost, and Close returns an error at
// the latest a second afterwards. The stores are the caller's to close,
// afterwards. Requests may still come: they are looked at, but no longer
// recorded. Closing twice, or from many goroutines, is fine.
func (g *Guard) Close(ctx context.Context) error {
	g.closing.Do(g.queue.close)
	defer g.cancel()
	select {
	case <-g.closed:
		return nil
	case <-ctx.Done():
	}
	g.cancel()
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case <-g.closed:
	case <-grace.C:
	}
	return fmt.Errorf("chaperone: close: %w", ctx.Err())
}

// now is the present of the guard: the clock, or in a replay the latest
// exchange.
func (g *Guard) now() time.Time {
	if g.cfg.Replay {
		return time.Unix(0, g.latest.Load()).UTC()
	}
	return time.Now()
}

// passed moves a replay's present on to t; it never goes back.
func (g *Guard) passed(t time.Time) {
	now := t.UnixNano()
	for {
		old := g.latest.Load()
		if now <= old || g.latest.CompareAndSwap(old, now) {
			return
		}
	}
}

func (g *Guard) zone() *time.Location {
	if g.cfg.Sessions.Zone != nil {
		return g.cfg.Sessions.Zone
	}
	return time.UTC
}

// sweep drops expired entries from the lists' snapshot, to free memory, and
// once an hour the history that is too old to be kept.
func (g *Guard) sweep(now time.Time) {
	defer func() {
		if r := recover(); r != nil {
			g.trouble.report("sweep", fmt.Errorf("sweep lists: panic: %v", r))
		}
	}()
	g.book.Sweep(now)
	if now.Sub(g.pruned) < time.Hour {
		return
	}
	g.pruned = now
	if _, err := g.book.Prune(g.ctx, now); err != nil {
		g.count.storeErrors.Add(1)
		g.trouble.report("prune lists", fmt.Errorf("prune the history of lists: %w", err))
	}
}
