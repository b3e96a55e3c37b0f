package lists_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
)

func TestSweep(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	w.add(lists.Deny, "192.0.2.1", 2*time.Hour, anna, 1)
	w.add(lists.Deny, "s1", time.Hour, anna)
	forever := w.add(lists.Allow, "192.0.2.0/24", 0, anna)
	require.Zero(t, w.book.Sweep(w.now))
	w.pass(time.Hour)
	require.Equal(t, 2, w.book.Sweep(w.now))
	require.Equal(t, lists.Stats{Seq: 4, Live: 2, Ended: 2, Prefixes: 2}, w.book.Stats())
	require.Zero(t, w.book.Sweep(w.now))
	w.pass(time.Hour)
	require.Equal(t, 1, w.book.Sweep(w.now))
	require.Equal(t, []uint64{forever.ID}, w.ids())
	require.Equal(t, []uint64{1, 2, 3, 4}, idsOf(slices.Collect(w.book.At(noon))), "history stays")
	require.Len(t, w.log(), 4, "nothing is logged")
}

// Many at once go in batches, between which other writers have their turn.
func TestSweepMany(t *testing.T) {
	w := newWorld(t, lists.Config{})
	const n = 10_000
	batch := make([]lists.Entry, 0, 1000)
	for i := range n {
		period := time.Hour
		if i%10 == 0 {
			period = 2 * time.Hour
		}
		batch = append(batch, w.entry(lists.Deny, fmt.Sprintf("10.0.%d.%d", i>>8, i&255), period, anna))
		if len(batch) == cap(batch) {
			_, err := w.book.AddAll(t.Context(), w.now, batch)
			require.NoError(t, err)
			batch = batch[:0]
		}
	}
	w.pass(time.Hour)
	require.Equal(t, n-n/10, w.book.Sweep(w.now))
	require.Equal(t, n/10, w.book.Stats().Live)
	require.NotZero(t, w.check("10.0.0.0", 1).Deny)
	w.pass(time.Hour)
	require.Equal(t, n/10, w.book.Sweep(w.now))
	require.Zero(t, w.book.Stats().Prefixes)
}

func TestPrune(t *testing.T) {
	const day = 24 * time.Hour
	w := newWorld(t, lists.Config{})
	prune := func() int {
		t.Helper()
		n, err := w.book.Prune(t.Context(), w.now)
		require.NoError(t, err)
		return n
	}
	expired := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	removed := w.add(lists.Deny, "192.0.2.2", 0, anna)
	forever := w.add(lists.Deny, "192.0.2.3", 0, anna)
	hushed := w.add(lists.Deny, "192.0.2.4", 400*day, bola)
	w.pass(time.Hour)
	w.remove(removed.ID, anna)
	w.remove(hushed.ID, anna) // suppresses for 200 days
	w.pass(92 * day)
	require.Zero(t, prune(), "three months are kept")
	w.pass(1)
	require.Equal(t, 2, prune())
	for _, id := range []uint64{expired.ID, removed.ID} {
		_, ok := w.book.Entry(id)
		require.False(t, ok)
	}
	require.Equal(t, []uint64{forever.ID}, w.ids(), "what is in force stays, however old")
	w.refuse(lists.ErrSuppressed, lists.Deny, "192.0.2.4", time.Hour, bola)

	w.book = w.reopen(lists.Config{})
	require.Equal(t, lists.Stats{Seq: 6, Live: 1, Ended: 1, Suppressed: 1, Prefixes: 1}, w.book.Stats())
	w.refuse(lists.ErrSuppressed, lists.Deny, "192.0.2.4", time.Hour, bola)
	w.pass(108 * day)
	last := w.add(lists.Deny, "192.0.2.5", time.Hour, anna)
	require.Equal(t, 1, prune())
	require.Equal(t, []uint64{forever.ID, last.ID}, w.ids())
	require.Zero(t, prune())
}

// The number of the last change survives even when its entry is outdated.
func TestPruneKeepsTheNumbers(t *testing.T) {
	w := newWorld(t, lists.Config{KeepHistory: time.Hour})
	w.add(lists.Deny, "192.0.2.1", 0, anna)
	w.remove(1, anna)
	w.pass(2 * time.Hour)
	n, err := w.book.Prune(t.Context(), w.now)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	w.book = w.reopen(lists.Config{KeepHistory: time.Hour})
	require.Equal(t, uint64(3), w.add(lists.Deny, "192.0.2.1", 0, anna).ID)
}

func TestKeepHistoryForever(t *testing.T) {
	w := newWorld(t, lists.Config{KeepHistory: -1})
	w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	w.pass(1000 * 24 * time.Hour)
	n, err := w.book.Prune(t.Context(), w.now)
	require.NoError(t, err)
	require.Zero(t, n)
	require.Len(t, slices.Collect(w.book.At(noon)), 1)
	require.Zero(t, w.book.Stats().Live, "pruning sweeps")
}

func TestHistoryIsBounded(t *testing.T) {
	w := newWorld(t, lists.Config{MaxHistory: 80})
	forever := w.add(lists.Deny, "192.0.2.1", 0, anna)
	for range 500 {
		w.remove(w.add(lists.Deny, "s1", time.Hour, anna).ID, anna)
		w.pass(time.Second)
		require.LessOrEqual(t, w.book.Stats().Ended, 91)
	}
	require.LessOrEqual(t, len(w.log()), 2*91+1, "so is the log")
	n, err := w.book.Prune(t.Context(), w.now)
	require.NoError(t, err)
	require.NotZero(t, n)
	require.Equal(t, 80, w.book.Stats().Ended)
	require.Equal(t, []uint64{forever.ID}, w.ids())
	newest := slices.Collect(w.book.Between(noon, w.now))
	require.Equal(t, uint64(1000), newest[len(newest)-1].ID, "the oldest went first")
}

func TestPruneReportsTheStore(t *testing.T) {
	w := newWorld(t, lists.Config{KeepHistory: time.Hour, MaxHistory: 8})
	w.add(lists.Deny, "192.0.2.1", 0, anna)
	w.remove(1, anna)
	w.pass(2 * time.Hour)
	w.store.failForget = errDisk
	_, err := w.book.Prune(t.Context(), w.now)
	require.EqualError(t, err, "forget 1 entries: no space left on device")
	_, ok := w.book.Entry(1)
	require.True(t, ok, "what the store still has, the book still has")
	for range 9 {
		w.remove(w.add(lists.Deny, "s1", time.Hour, anna).ID, anna)
	}
	_, err = w.book.Add(t.Context(), w.now, w.entry(lists.Deny, "s1", time.Hour, anna))
	require.ErrorIs(t, err, errDisk, "history that cannot be forgotten does not grow without bound")
}

// What is put on the agenda and never due must not pile up.
func TestAgendaIsBounded(t *testing.T) {
	w := newWorld(t, lists.Config{MaxHistory: 10})
	keep := w.add(lists.Deny, "192.0.2.1", 0, anna)
	for range 1000 {
		_, err := w.book.SetExpiry(t.Context(), w.now, keep.ID, w.now.Add(1000*time.Hour), anna)
		require.NoError(t, err)
		w.remove(w.add(lists.Deny, "192.0.2.2", 100*time.Hour, bola).ID, anna)
		_, err = w.book.ClearSuppression(t.Context(), w.now, lists.Deny, obj("192.0.2.2"), anna)
		require.NoError(t, err)
		w.pass(time.Second)
		require.LessOrEqual(t, lists.AgendaLen(w.book), 1100)
	}
	w.pass(1000 * time.Hour)
	require.Equal(t, 1, w.book.Sweep(w.now), "and what is due is still found")
	require.Zero(t, lists.AgendaLen(w.book))
}

func TestSweepAfterEveryWayOfChangingTheEnd(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, "192.0.2.1", 0, anna)              // forever, then an hour
	w.add(lists.Deny, "192.0.2.2", 10*time.Hour, anna)   // ten hours, then one
	w.add(lists.Deny, "192.0.2.3", 30*time.Minute, anna) // half an hour, then one
	w.add(lists.Deny, "192.0.2.4", time.Hour, anna)      // an hour, then forever
	for id, until := range map[uint64]time.Time{1: noon.Add(time.Hour), 2: noon.Add(time.Hour), 4: {}} {
		_, err := w.book.SetExpiry(t.Context(), w.now, id, until, anna)
		require.NoError(t, err)
	}
	w.add(lists.Deny, "192.0.2.3", time.Hour, anna)
	other := w.reopen(lists.Config{})
	w.add(lists.Deny, "192.0.2.5", time.Hour, anna)
	require.NoError(t, other.Sync(t.Context()))
	for _, b := range []*lists.Book{w.book, other} {
		require.Zero(t, b.Sweep(noon.Add(time.Hour-1)))
		require.Equal(t, 4, b.Sweep(noon.Add(time.Hour)))
		require.Equal(t, 1, b.Stats().Live)
		require.Zero(t, b.Sweep(noon.Add(1e6*time.Hour)))
	}
}
