package lists_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// IPL-23: the lists as they were at a moment, with what was known then.
func TestAt(t *testing.T) {
	w := newWorld(t, lists.Config{})
	const ip = "192.0.2.1"
	w.add(lists.Deny, ip, 4*time.Hour, bola) // 12:00, until 16:00
	w.pass(time.Hour)
	w.add(lists.Deny, ip, 4*time.Hour, bola) // 13:00, until 17:00
	w.pass(time.Hour)
	_, err := w.book.RemoveObject(t.Context(), w.now, lists.Deny, obj(ip), 1, anna) // 14:00
	require.NoError(t, err)
	w.pass(time.Hour)
	_, err = w.book.SetExpiry(t.Context(), w.now, 1, time.Time{}, anna) // 15:00, forever
	require.NoError(t, err)
	w.pass(3 * time.Hour)
	w.remove(1, anna) // 18:00
	w.pass(time.Hour)

	one := func(when string) lists.Entry {
		t.Helper()
		got := slices.Collect(w.book.At(at("2026-08-21T" + when + "Z")))
		require.Len(t, got, 1)
		require.Equal(t, uint64(1), got[0].ID)
		require.Empty(t, got[0].Ending)
		require.Zero(t, got[0].Removed)
		return got[0]
	}
	none := func(when string) {
		t.Helper()
		require.Empty(t, slices.Collect(w.book.At(at("2026-08-21T"+when+"Z"))))
	}
	none("11:59:59")
	for _, when := range []string{"12:00:00", "12:59:59"} {
		e := one(when)
		require.Equal(t, noon.Add(4*time.Hour), e.Expires)
		require.Empty(t, e.Extended)
	}
	for _, when := range []string{"13:00:00", "13:59:59"} {
		e := one(when)
		require.Equal(t, noon.Add(5*time.Hour), e.Expires)
		require.Len(t, e.Extended, 1)
		require.Empty(t, e.Except)
	}
	e := one("14:30:00")
	require.Equal(t, []traffic.App{1}, e.Except)
	require.Equal(t, at("2026-08-21T16:00:00Z"), e.SuppressUntil)
	require.Zero(t, one("15:00:00").Expires)
	require.Zero(t, one("17:59:59").Expires)
	none("18:00:00")

	late := slices.Collect(w.book.Between(noon, w.now))[0]
	require.Equal(t, lists.Removed, late.Ending)
	require.Equal(t, noon.Add(6*time.Hour), late.Removed)
	require.Len(t, late.Extended, 1)
}

// The steps of one entry that are remembered are bounded.
func TestAtWithManySteps(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	for i := range 200 {
		w.pass(time.Minute)
		_, err := w.book.SetExpiry(t.Context(), w.now, e.ID, w.now.Add(time.Hour+time.Duration(i)), anna)
		require.NoError(t, err)
		w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	}
	expires := func(when time.Time) time.Time {
		for e := range w.book.At(when) {
			return e.Expires
		}
		return time.Time{}
	}
	require.Equal(t, noon.Add(time.Hour), expires(noon), "the first step stays")
	require.Equal(t, noon.Add(time.Hour), expires(noon.Add(100*time.Minute)), "older ones are gone")
	require.Equal(t, noon.Add(250*time.Minute+189), expires(noon.Add(190*time.Minute)), "the last ones are exact")
	require.Equal(t, 180, w.get(e.ID).ExtendedMore)
}

func TestIteratorsStopAndSeeOneMoment(t *testing.T) {
	w := newWorld(t, lists.Config{})
	for _, o := range []string{"192.0.2.1", "192.0.2.2", "s1", "s2"} {
		w.add(lists.Deny, o, time.Hour, anna)
	}
	n := 0
	for e := range w.book.Now(w.now) {
		w.remove(e.ID, anna) // writing while reading is fine
		w.pass(time.Second)
		n++
	}
	require.Equal(t, 4, n)
	require.Empty(t, w.ids())
	for range w.book.At(noon) {
		break
	}
	for range w.book.Between(noon, w.now) {
		break
	}
	for range w.book.Changes(t.Context(), 0) {
		break
	}
	require.Empty(t, slices.Collect(w.book.Between(w.now, noon)), "a range that ends before it begins")
	require.Empty(t, slices.Collect(w.book.Between(noon, noon)))
	_, ok := w.book.Entry(99)
	require.False(t, ok)
}

func TestChangesReportsTheStore(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, "s1", time.Hour, anna)
	w.add(lists.Deny, "s2", time.Hour, anna)
	w.store.failRead, w.store.failAfter = errDisk, 1
	var got []uint64
	var last error
	for c, err := range w.book.Changes(context.Background(), 0) {
		if last = err; err == nil {
			got = append(got, c.Seq)
		}
	}
	require.Equal(t, []uint64{1}, got)
	require.EqualError(t, last, "read the log of changes: no space left on device")
}
