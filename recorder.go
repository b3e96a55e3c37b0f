package chaperone

import (
	"context"
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// recorder is the slow side: one goroutine that takes batches off the queue,
// stores them, then hands their events to the sinks, and deletes old parts
// when a day begins.
type recorder struct {
	guard  *Guard
	pruner session.Pruner // nil when the store cannot prune
	day    traffic.Day    // the day parts were last pruned for
	pruned bool
}

// storeAttempts is how often a batch is offered to a failing store before it
// is given up; the pauses between double from storePause, so that a store has
// about half a minute to come back.
const (
	storeAttempts = 10
	storePause    = 50 * time.Millisecond
)

// linger is how long the recorder lets records gather before it takes them:
// waking a goroutine costs more than storing a record, and should not be paid
// for each. Whoever waits for the records ends it at once.
const linger = 2 * time.Millisecond

// run works until the queue is closed and empty.
func (r *recorder) run() {
	g := r.guard
	tick, stopTick := r.ticker()
	defer stopTick()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		if batch := g.queue.take(); batch != nil {
			r.store(batch)
			r.tell(batch)
			r.prune(batch[len(batch)-1].Time)
			g.queue.finish(batch)
			continue
		}
		select {
		case <-g.queue.ready:
			pause.Reset(linger)
			select {
			case <-pause.C:
			case <-g.queue.hurry:
			case <-g.queue.stop:
			}
		case now := <-tick:
			r.prune(now)
			g.sweep(now)
		case <-g.queue.stop:
			if g.queue.depth() == 0 {
				return
			}
		}
	}
}

// ticker returns the clock that prunes a service without traffic; a replay
// has none.
func (r *recorder) ticker() (<-chan time.Time, func()) {
	if r.guard.cfg.Replay {
		return nil, func() {}
	}
	t := time.NewTicker(time.Minute)
	return t.C, t.Stop
}

// store offers the batch until the store takes it. A batch that is given up
// is counted as lost.
func (r *recorder) store(batch []traffic.Record) {
	g := r.guard
	pause := storePause
	for attempt := 1; ; attempt++ {
		err := r.append(batch)
		if err == nil {
			g.count.stored.Add(uint64(len(batch)))
			return
		}
		g.count.storeErrors.Add(1)
		g.trouble.report("store", fmt.Errorf("store %d records: %w", len(batch), err))
		if attempt == storeAttempts || !r.pause(pause) {
			g.count.lost.Add(uint64(len(batch)))
			g.trouble.report("lost", fmt.Errorf("store %d records: given up after %d attempts: %w", len(batch), attempt, err))
			return
		}
		pause *= 2
	}
}

// append calls the store and turns its panic into an error.
func (r *recorder) append(batch []traffic.Record) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.guard.cfg.SessionStore.Append(r.guard.ctx, batch)
}

// pause waits; false when Close's patience ended meanwhile.
func (r *recorder) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.guard.ctx.Done():
		return false
	}
}

// prune deletes the parts older than the kept days, once a day. Time never
// goes back: a late record does not undo a day.
func (r *recorder) prune(now time.Time) {
	g := r.guard
	day := traffic.DayOf(now.In(g.zone()))
	if r.pruner == nil || g.cfg.KeepDays < 0 || (r.pruned && day <= r.day) {
		return
	}
	r.day, r.pruned = day, true
	defer func() {
		if p := recover(); p != nil {
			g.trouble.report("prune", fmt.Errorf("prune session parts: panic: %v", p))
		}
	}()
	n, err := r.pruner.Prune(context.WithoutCancel(g.ctx), day-traffic.Day(g.cfg.KeepDays)+1)
	if err != nil {
		g.count.storeErrors.Add(1)
		g.trouble.report("prune", fmt.Errorf("prune session parts: %w", err))
		r.pruned = false
		return
	}
	g.count.partsPruned.Add(uint64(n))
}
