package lists_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
)

// What the package comment says of a clock that is set back.

func TestClockSetBackKeepsEntriesInForce(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	w.pass(-24 * time.Hour)
	require.Equal(t, e.ID, w.check("192.0.2.1", 1).Deny)
	require.Equal(t, []uint64{e.ID}, w.ids(), "Now agrees with Check")
	require.Empty(t, slices.Collect(w.book.At(w.now)), "history says when it was added")
	e2 := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	require.Equal(t, e.ID, e2.ID)
	require.Equal(t, e.Expires, e2.Expires)
}

func TestClockSetBackNeverEndsAnEntryBeforeItBegan(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "192.0.2.1", time.Hour, bola)
	w.pass(-24 * time.Hour)
	old := w.remove(e.ID, anna)
	require.Equal(t, noon, old.Removed)
	require.Equal(t, w.now.Add(30*time.Minute), old.SuppressUntil, "suppression counts from the clock as it is")
	require.Equal(t, noon, w.log()[1].Time)
	require.Equal(t, []uint64{e.ID}, idsOf(slices.Collect(w.book.Between(noon.Add(-time.Hour), noon.Add(time.Hour)))))
	require.True(t, w.check("192.0.2.1", 1).IsZero())
	next := w.add(lists.Deny, "192.0.2.2", time.Hour, anna)
	require.Equal(t, w.now, next.Added, "one entry's time does not bind another's")
}

func TestClockSetBackDoesNotBringBackWhatWasSwept(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	w.pass(24 * time.Hour)
	require.Equal(t, 1, w.book.Sweep(w.now))
	w.now = noon
	require.True(t, w.check("192.0.2.1", 1).IsZero())
	require.Empty(t, w.ids(), "Now agrees with Check")
	_, err := w.book.Remove(t.Context(), w.now, e.ID, anna)
	require.ErrorIs(t, err, lists.ErrEnded)
	again := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	require.NotEqual(t, e.ID, again.ID)
	require.Equal(t, again.ID, w.check("192.0.2.1", 1).Deny)
}

func TestClockFarOut(t *testing.T) {
	for _, year := range []int{1, 1600, 1969, 2262, 9999} {
		w := newWorld(t, lists.Config{})
		w.now = time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		e := w.add(lists.Deny, "192.0.2.1", 0, anna)
		require.Equal(t, e.ID, w.check("192.0.2.1", 1).Deny, "%d", year)
		w.remove(e.ID, anna)
		require.True(t, w.check("192.0.2.1", 1).IsZero(), "%d", year)
		w.book.Sweep(w.now)
		_, err := w.book.Prune(t.Context(), w.now)
		require.NoError(t, err)
	}
}
