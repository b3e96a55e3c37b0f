package lists_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
)

// Acceptance check 10: a manual session deny for all applications is in force
// for the very next request and in the Now list; taking it off works from the
// session and from the entry; history names the remover.
func TestAcceptance10ManualSessionDeny(t *testing.T) {
	for name, unblock := range map[string]func(*world, uint64){
		"from the entry": func(w *world, id uint64) { w.remove(id, anna) },
		"from the session": func(w *world, id uint64) {
			got, err := w.book.RemoveObject(w.Context(), w.now, lists.Deny, obj("s1"), 0, anna)
			require.NoError(w, err)
			require.Equal(w, []uint64{id}, idsOf(got))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, lists.Config{})
			require.False(t, w.book.HasSessions())
			e := w.add(lists.Deny, "s1", time.Hour, anna)
			require.True(t, w.book.HasSessions())
			require.Equal(t, lists.Match{Deny: e.ID}, w.check("s1", 1))
			require.Equal(t, []uint64{e.ID}, w.ids())

			w.pass(time.Minute)
			unblock(w, e.ID)
			require.True(t, w.check("s1", 1).IsZero())
			require.Empty(t, w.ids())
			old := w.get(e.ID)
			require.Equal(t, anna, old.RemovedBy)
			require.Equal(t, w.now, old.Removed)
			require.Equal(t, lists.Removed, old.Ending)
			require.Equal(t, []uint64{e.ID}, idsOf(slices.Collect(w.book.Between(noon, w.now))))
		})
	}
}

// Acceptance check 11: denied for application X only, the session passes in Y.
func TestAcceptance11SessionDenyForOneApplication(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "s1", time.Hour, anna, 1)
	require.Equal(t, e.ID, w.check("s1", 1).Deny)
	require.True(t, w.check("s1", 2).IsZero())
	require.True(t, w.check("s2", 1).IsZero())
}

// Acceptance check 12: an automatic session deny ends by itself, stays in
// history, and names the control that added it.
func TestAcceptance12AutomaticSessionDenyExpires(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "s1", 10*time.Minute, bola)
	w.pass(10*time.Minute - 1)
	require.Equal(t, e.ID, w.check("s1", 1).Deny)
	w.pass(1)
	require.True(t, w.check("s1", 1).IsZero())
	require.Empty(t, w.ids())
	old := slices.Collect(w.book.Between(noon, w.now))
	require.Len(t, old, 1)
	require.Equal(t, bola, old[0].By)
	at, how := old[0].End(w.now)
	require.Equal(t, w.now, at)
	require.Equal(t, lists.Expired, how)
}

// Acceptance check 13: a date range shows what was in force then and is not
// now.
func TestAcceptance13DateRange(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "s1", time.Hour, bola)
	w.pass(48 * time.Hour)
	now := w.add(lists.Deny, "s2", time.Hour, bola)
	require.Equal(t, []uint64{now.ID}, w.ids())
	between := func(from, to time.Time) []uint64 { return idsOf(slices.Collect(w.book.Between(from, to))) }
	require.Equal(t, []uint64{e.ID}, between(noon.Add(-time.Hour), noon.Add(time.Minute)))
	require.Equal(t, []uint64{e.ID}, between(noon.Add(59*time.Minute), noon.Add(2*time.Hour)))
	require.Empty(t, between(noon.Add(time.Hour), noon.Add(2*time.Hour)), "it ended when the range began")
	require.Empty(t, between(noon.Add(-time.Hour), noon), "it began when the range ended")
	require.Equal(t, []uint64{e.ID, now.ID}, between(noon, time.Time{}))
}

// Acceptance check 20, the lists' half: a denied address that is also allowed
// is found on both lists, so that allow can win; without the allow entry the
// deny entry is found again.
func TestAcceptance20DenyAndAllow(t *testing.T) {
	w := newWorld(t, lists.Config{})
	deny := w.add(lists.Deny, "1.2.3.4", time.Hour, anna)
	require.Equal(t, lists.Match{Deny: deny.ID}, w.check("1.2.3.4", 1))
	allow := w.add(lists.Allow, "1.2.3.4", time.Hour, anna)
	require.Equal(t, lists.Match{Allow: allow.ID, Deny: deny.ID}, w.check("1.2.3.4", 1))
	w.remove(allow.ID, anna)
	require.Equal(t, lists.Match{Deny: deny.ID}, w.check("1.2.3.4", 1))
}

// Acceptance check 22: the bounds of blocks and periods.
func TestAcceptance22Bounds(t *testing.T) {
	w := newWorld(t, lists.Config{})
	for _, c := range []struct {
		object string
		period time.Duration
		ok     bool
	}{
		{"10.0.0.0/11", time.Hour, false},
		{"10.0.0.0/12", time.Hour, true},
		{"2000::/31", time.Hour, false},
		{"2000::/32", time.Hour, true},
		{"192.0.2.1", 4 * time.Minute, false},
		{"192.0.2.1", 5 * time.Minute, true},
		{"192.0.2.1", 0, true}, // forever
	} {
		_, err := w.book.Add(t.Context(), w.now, w.entry(lists.Deny, c.object, c.period, anna))
		require.Equal(t, c.ok, err == nil, "%s for %s: %v", c.object, c.period, err)
	}
}

// Acceptance check 26: after a manual delete of a 4 h automatic entry nothing
// automatic adds it again within 2 h, but API Abuse Prevention may at once.
func TestAcceptance26ReAddRule(t *testing.T) {
	for _, object := range []string{"192.0.2.1", "s1"} {
		t.Run(object, func(t *testing.T) {
			w := newWorld(t, lists.Config{})
			e := w.add(lists.Deny, object, 4*time.Hour, trigger)
			w.pass(time.Minute)
			old := w.remove(e.ID, anna)
			require.Equal(t, w.now.Add(2*time.Hour), old.SuppressUntil)
			w.refuse(lists.ErrSuppressed, lists.Deny, object, 4*time.Hour, trigger)
			w.pass(2*time.Hour - 1)
			w.refuse(lists.ErrSuppressed, lists.Deny, object, 4*time.Hour, bola)
			w.pass(1)
			again := w.add(lists.Deny, object, 4*time.Hour, bola)
			require.Equal(t, again.ID, w.check(object, 1).Deny)

			w.remove(again.ID, anna)
			bot := w.add(lists.Deny, object, 4*time.Hour, bots)
			require.Equal(t, bot.ID, w.check(object, 1).Deny)
			w.remove(bot.ID, anna)
			bot = w.add(lists.Deny, object, 4*time.Hour, bots)
			require.Equal(t, bot.ID, w.check(object, 1).Deny)
		})
	}
}
