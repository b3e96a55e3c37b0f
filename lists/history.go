package lists

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"
)

// Entry returns the entry with the id, in force or ended; ok is false when
// the book has none, or no longer.
func (b *Book) Entry(id uint64) (e Entry, ok bool) {
	st := b.state.Load()
	it := st.entries.get(id)
	if it == nil {
		return Entry{}, false
	}
	return it.entry(), true
}

// Now yields the entries in force, oldest first: those that Check and
// CheckSession go by. Like all iterators here it walks the lists as they were
// when it started, and no writer waits for it.
func (b *Book) Now(now time.Time) iter.Seq[Entry] {
	n := nanos(now)
	return func(yield func(Entry) bool) {
		st := b.state.Load()
		for it := range st.entries.all {
			if st.inForce(it, n) && !yield(it.entry()) {
				return
			}
		}
	}
}

// On yields the entries in force that an object meets, in the order of
// narrowness: those for exactly this object, then those for blocks around it.
func (b *Book) On(now time.Time, o Object) iter.Seq[Entry] {
	n := nanos(now)
	return func(yield func(Entry) bool) {
		o, err := o.normal()
		if err != nil {
			return
		}
		for it := range b.state.Load().live.around(o) {
			if n < it.expires && !yield(it.entry()) {
				return
			}
		}
	}
}

// At yields the entries that were in force at the moment t, oldest first, as
// they were then: later extensions, and who took them off later, are not
// shown. The last 40 changes of an entry are told apart, and the moments of
// its last 20 extensions; before those it is shown as it was added.
func (b *Book) At(t time.Time) iter.Seq[Entry] {
	n := nanos(t)
	return func(yield func(Entry) bool) {
		for it := range b.state.Load().entries.all {
			if it.added <= n && n < it.end() && !yield(it.entryAt(n)) {
				return
			}
		}
	}
}

// Between yields the entries that were in force at some time in [from, to),
// oldest first, as they are known today: with when they ended, and by whom.
// One that was taken off at the very moment it was added counts as of that
// moment. A zero to is the end of time.
func (b *Book) Between(from, to time.Time) iter.Seq[Entry] {
	first, last := nanos(from), int64(math.MaxInt64)
	if !to.IsZero() {
		last = nanos(to)
	}
	return func(yield func(Entry) bool) {
		if first >= last {
			return
		}
		for it := range b.state.Load().entries.all {
			began := it.added < last
			lasted := it.added >= first || it.end() > first
			if began && lasted && !yield(it.entry()) {
				return
			}
		}
	}
}

// Changes yields the log from the store: who did what when. Only changes with
// Seq > after are among them.
func (b *Book) Changes(ctx context.Context, after uint64) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		for c, err := range b.store.Changes(ctx, after) {
			if err != nil {
				err = fmt.Errorf("read the log of changes: %w", err)
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}
