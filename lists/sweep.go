package lists

import (
	"context"
	"fmt"
	"math"
	"time"
)

// maxSweep is how many dates are worked off before another writer may have
// its turn.
const maxSweep = 4096

// Sweep drops what has expired from the lists that Check goes by, and returns
// how many entries that were. They stay in history. Check never counts an
// expired entry, so Sweep only frees memory and room under MaxEntries; call
// it about every minute. It costs by what has expired, not by what is listed.
func (b *Book) Sweep(now time.Time) (dropped int) {
	for more := true; more; {
		n := 0
		n, more = b.sweepBatch(nanos(now))
		dropped += n
	}
	return dropped
}

// sweepBatch takes the lock for one batch, so that writers have their turn
// between two.
func (b *Book) sweepBatch(now int64) (dropped int, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	dropped = b.sweep(now, maxSweep)
	return dropped, b.agenda.has(now)
}

// sweep works off up to limit dates of the agenda, publishes the lists without
// what has expired, and returns how many entries that were. The caller holds
// mu.
func (b *Book) sweep(now int64, limit int) (dropped int) {
	if !b.agenda.has(now) {
		return 0
	}
	t := b.begin(now)
	for ; limit > 0 && b.agenda.has(now); limit-- {
		it := t.entries.get(b.agenda.next().id)
		if it == nil {
			continue // pruned meanwhile
		}
		dropped += count(b.dropDue(&t.live, it, now))
		b.dropDue(&t.quiet, it, now)
	}
	b.publish(&t.state)
	return dropped
}

// dropDue drops the item from the table if it has expired; if it has not, it
// goes back on the agenda.
func (b *Book) dropDue(from *table, it *item, now int64) bool {
	o := it.object()
	switch it = from.get(o, it.id); {
	case it == nil:
		return false
	case now < it.expires:
		b.agenda.add(it.expires, it.id)
		return false
	}
	from.drop(o, it.id, false)
	return true
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
	b.sweep(now, math.MaxInt)
	t := b.begin(now)
	ids := t.outdated()
	if len(ids) == 0 {
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
