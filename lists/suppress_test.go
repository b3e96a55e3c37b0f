package lists_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

func (w *world) suppressed(list lists.List, object string, app traffic.App) time.Duration {
	until, ok := w.book.Suppressed(w.now, list, obj(object), app)
	if !ok {
		return 0
	}
	return until.Sub(w.now)
}

// TestSuppression walks the state machine of SEMANTICS 3.11.
func TestSuppression(t *testing.T) {
	const ip = "192.0.2.1"
	for _, c := range []struct {
		name string
		cfg  lists.Config
		play func(w *world)
		want time.Duration // that a control is suppressed afterwards
	}{
		{"half of the period", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 4*time.Hour, bola).ID, anna)
		}, 2 * time.Hour},
		{"counted from the removal", lists.Config{}, func(w *world) {
			id := w.add(lists.Deny, ip, 4*time.Hour, bola).ID
			w.pass(3 * time.Hour)
			w.remove(id, anna)
		}, 2 * time.Hour},
		{"the last period counts", lists.Config{}, func(w *world) {
			w.add(lists.Deny, ip, 4*time.Hour, bola)
			w.pass(3 * time.Hour)
			w.remove(w.add(lists.Deny, ip, 2*time.Hour, bola).ID, anna)
		}, time.Hour},
		{"an extension that changes nothing starts no period", lists.Config{}, func(w *world) {
			w.add(lists.Deny, ip, 4*time.Hour, bola)
			w.pass(3 * time.Hour)
			w.remove(w.add(lists.Deny, ip, time.Hour, bola).ID, anna)
		}, 2 * time.Hour},
		{"forever is capped", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 0, bola).ID, anna)
		}, 24 * time.Hour},
		{"the cap is configurable", lists.Config{MaxSuppress: time.Hour}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 0, bola).ID, anna)
		}, time.Hour},
		{"the cap is for forever only", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 100*time.Hour, bola).ID, anna)
		}, 50 * time.Hour},
		{"switched off for forever", lists.Config{MaxSuppress: -1}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 0, bola).ID, anna)
		}, 0},
		{"an entry of Abuse Prevention suppresses controls", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 4*time.Hour, bots).ID, anna)
		}, 2 * time.Hour},
		{"expiry suppresses nothing", lists.Config{}, func(w *world) {
			w.add(lists.Deny, ip, 4*time.Hour, bola)
			w.pass(4 * time.Hour)
			w.book.Sweep(w.now)
		}, 0},
		{"what a person added suppresses nothing", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 4*time.Hour, anna).ID, anna)
		}, 0},
		{"what a control takes off suppresses nothing", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 4*time.Hour, bola).ID, bola)
		}, 0},
		{"what an exception takes off suppresses nothing", lists.Config{}, func(w *world) {
			w.add(lists.Deny, ip, 4*time.Hour, bots)
			w.add(lists.Exception, ip, 0, anna)
		}, 0},
		{"the end as set by a person counts", lists.Config{}, func(w *world) {
			id := w.add(lists.Deny, ip, 4*time.Hour, bola).ID
			_, err := w.book.SetExpiry(w.Context(), w.now, id, w.now.Add(10*time.Hour), anna)
			require.NoError(w, err)
			w.remove(id, anna)
		}, 5 * time.Hour},
		{"another list", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Gray, ip, 4*time.Hour, bola).ID, anna)
		}, 0},
		{"another object", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Deny, "192.0.2.0/31", 4*time.Hour, bola).ID, anna)
		}, 0},
		{"a person who adds it again ends it", lists.Config{}, func(w *world) {
			w.remove(w.add(lists.Deny, ip, 4*time.Hour, bola).ID, anna)
			w.remove(w.add(lists.Deny, ip, time.Hour, anna).ID, anna)
		}, 0},
		{"clearing ends it", lists.Config{}, func(w *world) {
			id := w.add(lists.Deny, ip, 0, bola).ID
			require.NotZero(w, w.remove(id, anna).SuppressUntil)
			n, err := w.book.ClearSuppression(w.Context(), w.now, lists.Deny, obj(ip), anna)
			require.NoError(w, err)
			require.Equal(w, 1, n)
			require.Zero(w, w.get(id).SuppressUntil)
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.cfg)
			c.play(w)
			check := func() {
				require.Equal(t, c.want, w.suppressed(lists.Deny, ip, 1))
				require.Equal(t, c.want, w.suppressed(lists.Deny, ip, traffic.AllApps))
			}
			check()
			w.book = w.reopen(c.cfg)
			check()
			if c.want == 0 {
				w.add(lists.Deny, ip, time.Hour, bola)
				return
			}
			w.refuse(lists.ErrSuppressed, lists.Deny, ip, time.Hour, bola)
			w.add(lists.Deny, ip, time.Hour, bots)
			w.pass(c.want)
			w.add(lists.Deny, ip, time.Hour, bola)
		})
	}
}

func TestSuppressionIsPerApplication(t *testing.T) {
	const ip = "192.0.2.1"
	w := newWorld(t, lists.Config{})
	w.remove(w.add(lists.Deny, ip, 4*time.Hour, bola, 1, 2).ID, anna)
	require.NotZero(t, w.suppressed(lists.Deny, ip, 1))
	require.Zero(t, w.suppressed(lists.Deny, ip, 3))
	w.refuse(lists.ErrSuppressed, lists.Deny, ip, time.Hour, bola, 1)
	e := w.add(lists.Deny, ip, time.Hour, bola, 2, 3)
	require.Equal(t, []traffic.App{3}, e.Apps, "the rest is listed")
	e = w.add(lists.Deny, ip, time.Hour, bola)
	require.Equal(t, []traffic.App{1, 2}, e.Except, "all but the suppressed are listed")
	require.True(t, w.check(ip, 1).IsZero())
	require.NotZero(t, w.check(ip, 4).Deny)
}

// Freeing one application of an automatic entry suppresses that one.
func TestSuppressionAfterNarrowing(t *testing.T) {
	const ip = "192.0.2.1"
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, ip, 4*time.Hour, bola)
	free := func(app traffic.App) lists.Entry {
		got, err := w.book.RemoveObject(w.Context(), w.now, lists.Deny, obj(ip), app, anna)
		require.NoError(t, err)
		require.Len(t, got, 1)
		return got[0]
	}
	require.Equal(t, []traffic.App{1}, free(1).Except)
	require.Equal(t, 2*time.Hour, w.suppressed(lists.Deny, ip, 1))
	require.Zero(t, w.suppressed(lists.Deny, ip, 2))
	w.pass(time.Hour)
	require.Equal(t, []traffic.App{1, 2}, free(2).Except)
	require.Equal(t, 2*time.Hour, w.suppressed(lists.Deny, ip, 1), "freed together, suppressed together")
	require.Equal(t, 2*time.Hour, w.suppressed(lists.Deny, ip, 2))
	require.Equal(t, 1, w.book.Stats().Suppressed)
	require.NotZero(t, w.check(ip, 3).Deny)

	n, err := w.book.ClearSuppression(t.Context(), w.now, lists.Deny, obj(ip), anna)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.NotZero(t, w.check(ip, 3).Deny, "clearing leaves the entry in force")
	require.Zero(t, w.get(1).SuppressUntil)
	require.Zero(t, w.book.Stats().Suppressed)
}

func TestSuppressionIsSwept(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.remove(w.add(lists.Deny, "192.0.2.1", 4*time.Hour, bola).ID, anna)
	w.remove(w.add(lists.Deny, "s1", 8*time.Hour, bola).ID, anna)
	require.Equal(t, 2, w.book.Stats().Suppressed)
	w.pass(2 * time.Hour)
	require.Zero(t, w.book.Sweep(w.now), "suppressions are not entries")
	require.Equal(t, 1, w.book.Stats().Suppressed)
	w.pass(2 * time.Hour)
	w.book.Sweep(w.now)
	require.Zero(t, w.book.Stats().Suppressed)
}

func TestClearSuppressionRefuses(t *testing.T) {
	w := newWorld(t, lists.Config{})
	_, err := w.book.ClearSuppression(t.Context(), w.now, lists.Deny, obj("s1"), bola)
	require.EqualError(t, err, `clear suppression: author of kind "control": want a person`)
	_, err = w.book.ClearSuppression(t.Context(), w.now, lists.Deny, lists.Object{}, anna)
	require.ErrorContains(t, err, "kind none")
	n, err := w.book.ClearSuppression(t.Context(), w.now, lists.Deny, obj("s1"), anna)
	require.NoError(t, err, "nothing to clear is no error")
	require.Zero(t, n)
	_, ok := w.book.Suppressed(w.now, lists.Deny, lists.Object{}, 1)
	require.False(t, ok)
}
