package lists

import (
	"context"
	"fmt"
	"time"
)

// sweepBatch is how many entries are dropped before another writer may have
// its turn.
const sweepBatch = 4096

// Sweep drops what has expired from the lists that Check goes by, and returns
// how many entries that were. They stay in history. Check never counts an
// expired entry, so Sweep only frees memory and room under MaxEntries; call
// it about every minute. It costs next to nothing while nothing has expired.
func (b *Book) Sweep(now time.Time) int {
	n := nanos(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	total := 0
	if b.state.Load().next > n {
		return 0
	}
	for {
		t := b.begin(n)
		dropped, more := t.sweepSome(n, sweepBatch)
		b.publish(&t.state)
		total += dropped
		if !more {
			return total
		}
		// Let writers that wait have their turn.
		b.mu.Unlock()
		b.mu.Lock()
	}
}

// sweep drops everything that has expired.
func (s *state) sweep(now int64) { s.sweepSome(now, s.live.n+s.quiet.n) }

// sweepSome drops up to limit expired items and reports whether there are
// more. When there are none, next is exact again.
func (s *state) sweepSome(now int64, limit int) (dropped int, more bool) {
	next := int64(forever)
	var live, quiet []*item
	due := func(it *item, to *[]*item) bool {
		if now < it.expires {
			next = min(next, it.expires)
			return true
		}
		if len(live)+len(quiet) == limit {
			more = true
			return false
		}
		*to = append(*to, it)
		return true
	}
	s.live.all(func(it *item) bool { return due(it, &live) })
	s.quiet.all(func(it *item) bool { return due(it, &quiet) })
	for _, it := range live {
		s.live.drop(it.object(), it.id, s.inPlace)
	}
	for _, it := range quiet {
		s.quiet.drop(it.object(), it.id, s.inPlace)
	}
	if !more {
		s.next = next
	}
	return len(live), more
}

// Prune forgets entries that ended longer ago than [Config].KeepHistory, and
// the oldest ended ones beyond [Config].MaxHistory, here and in the store if
// it is a [Forgetter]. It returns how many. What is in force, and what still
// suppresses, is never forgotten. Call it about every hour.
func (b *Book) Prune(ctx context.Context, now time.Time) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.prune(ctx, nanos(now))
}

func (b *Book) prune(ctx context.Context, now int64) (int, error) {
	t := b.begin(now)
	t.sweep(now)
	ids := t.outdated()
	if len(ids) == 0 {
		b.publish(&t.state)
		return 0, nil
	}
	if f, ok := b.store.(Forgetter); ok {
		if err := f.Forget(ctx, ids); err != nil {
			return 0, fmt.Errorf("forget %d entries: %w", len(ids), err)
		}
	}
	for _, id := range ids {
		t.entries.drop(id, t.own)
	}
	b.publish(&t.state)
	return len(ids), nil
}

// outdated returns the ids of the entries to forget.
func (t *tx) outdated() []uint64 {
	before := int64(forever)
	if t.cfg.KeepHistory >= 0 {
		before = t.now - int64(t.cfg.KeepHistory)
	}
	surplus := t.ended() - t.cfg.MaxHistory
	var ids []uint64
	for it := range t.entries.all {
		old := t.cfg.KeepHistory >= 0 && it.end() < before
		if (old || surplus > 0) && t.isOver(it) {
			ids = append(ids, it.id)
			surplus--
		}
	}
	return ids
}

// isOver reports whether nothing depends on the entry any more.
func (t *tx) isOver(it *item) bool {
	return it.end() <= t.now && it.suppress() <= t.now && !t.isLive(it)
}
