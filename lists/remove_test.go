package lists_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestRemoveAll(t *testing.T) {
	w := newWorld(t, lists.Config{MaxBatch: 3})
	for _, o := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"} {
		w.add(lists.Deny, o, time.Hour, anna)
	}
	_, err := w.book.RemoveAll(t.Context(), w.now, []uint64{1, 99, 1}, anna)
	require.ErrorIs(t, err, lists.ErrNotFound)
	require.ErrorIs(t, err, lists.ErrEnded)
	require.ErrorContains(t, err, "remove entry 99: no such entry")
	require.Len(t, w.ids(), 3, "all or nothing")
	got, err := w.book.RemoveAll(t.Context(), w.now, []uint64{3, 1}, anna)
	require.NoError(t, err)
	require.Equal(t, []uint64{3, 1}, idsOf(got))
	require.Equal(t, []uint64{2}, w.ids())
	_, err = w.book.RemoveAll(t.Context(), w.now, make([]uint64, 4), anna)
	require.EqualError(t, err, "remove 4 entries: want at most 3 at once")
}

func TestRemoveRefuses(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	_, err := w.book.Remove(t.Context(), w.now, e.ID, traffic.Author{})
	require.EqualError(t, err, "remove: By: the kind of author is required")
	w.pass(time.Hour)
	_, err = w.book.Remove(t.Context(), w.now, e.ID, anna)
	require.ErrorIs(t, err, lists.ErrEnded, "it has expired")
	_, err = w.book.Remove(t.Context(), w.now, 0, anna)
	require.ErrorIs(t, err, lists.ErrNotFound)
	require.Len(t, w.log(), 1)
}

func TestRemoveObject(t *testing.T) {
	const ip = "192.0.2.1"
	setup := func(t *testing.T) *world {
		w := newWorld(t, lists.Config{})
		w.add(lists.Deny, ip, time.Hour, anna)             // 1
		w.add(lists.Deny, ip, time.Hour, anna, 1)          // 2
		w.add(lists.Deny, ip, time.Hour, anna, 2, 3)       // 3
		w.add(lists.Gray, ip, time.Hour, anna)             // 4
		w.add(lists.Deny, "192.0.2.0/24", time.Hour, anna) // 5
		w.add(lists.Deny, ip, 10*time.Minute, anna, 1, 2)  // 6, soon expired
		w.pass(10 * time.Minute)
		return w
	}
	for _, c := range []struct {
		name    string
		app     traffic.App
		changed []uint64
		left    []uint64
	}{
		{"all applications", traffic.AllApps, []uint64{1, 2, 3}, []uint64{4, 5}},
		{"one application", 1, []uint64{1, 2}, []uint64{1, 3, 4, 5}},
		{"one of two", 3, []uint64{1, 3}, []uint64{1, 2, 3, 4, 5}},
		{"the default application", traffic.DefaultApp, []uint64{1}, []uint64{1, 2, 3, 4, 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := setup(t)
			got, err := w.book.RemoveObject(t.Context(), w.now, lists.Deny, obj("::ffff:192.0.2.1"), c.app, anna)
			require.NoError(t, err)
			require.Equal(t, c.changed, idsOf(got))
			require.Equal(t, c.left, w.ids())
			require.Equal(t, uint64(5), w.check(ip, c.app).Deny, "the block around it stays")
			for _, e := range got {
				require.False(t, e.Ending == "" && e.Applies(c.app))
			}
		})
	}
	w := setup(t)
	n := len(w.log())
	got, err := w.book.RemoveObject(t.Context(), w.now, lists.Allow, obj(ip), traffic.AllApps, anna)
	require.NoError(t, err, "what is not listed is no error")
	require.Empty(t, got)
	require.Len(t, w.log(), n, "and no change")
	_, err = w.book.RemoveObject(t.Context(), w.now, lists.Deny, lists.Object{}, traffic.AllApps, anna)
	require.ErrorContains(t, err, "remove from the deny list: kind none")
	w.store.failAppend = errDisk
	_, err = w.book.RemoveObject(t.Context(), w.now, lists.Deny, obj(ip), traffic.AllApps, anna)
	require.EqualError(t, err, "remove 192.0.2.1 from the deny list: append change 7: no space left on device")
}

func TestSetExpiry(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "192.0.2.1", time.Hour, bola)
	set := func(id uint64, until time.Time, by traffic.Author) error {
		got, err := w.book.SetExpiry(t.Context(), w.now, id, until, by)
		if err == nil {
			require.Equal(t, id, got.ID)
			require.True(t, got.Expires.Equal(until))
		}
		return err
	}
	w.pass(30 * time.Minute)
	require.NoError(t, set(e.ID, w.now.Add(5*time.Minute), anna), "earlier")
	require.NoError(t, set(e.ID, w.now.Add(5*time.Minute), anna))
	require.Len(t, w.log(), 2, "the same again is no change")
	w.pass(5*time.Minute - 1)
	require.Equal(t, e.ID, w.check("192.0.2.1", 1).Deny)
	require.NoError(t, set(e.ID, time.Time{}, anna), "forever")
	w.pass(time.Hour)
	require.Equal(t, e.ID, w.check("192.0.2.1", 1).Deny)
	require.ErrorContains(t, set(e.ID, w.now.Add(4*time.Minute), anna), "set the expiry of entry 1: Expires: 4m0s from now")
	require.ErrorContains(t, set(e.ID, w.now.Add(9*time.Minute), bola), "at least 10m0s")
	require.ErrorContains(t, set(e.ID, w.now, anna), "is over")
	require.ErrorContains(t, set(e.ID, time.Time{}, traffic.Author{}), "By: the kind")
	require.ErrorIs(t, set(2, time.Time{}, anna), lists.ErrNotFound)
	require.NoError(t, set(e.ID, w.now.Add(time.Hour), anna))
	w.pass(time.Hour)
	require.ErrorIs(t, set(e.ID, time.Time{}, anna), lists.ErrEnded)
	require.Equal(t, []lists.Op{"add", "reschedule", "reschedule", "reschedule"}, ops(w.log()))
}

func ops(log []lists.Change) (ops []lists.Op) {
	for _, c := range log {
		ops = append(ops, c.Op)
	}
	return ops
}
