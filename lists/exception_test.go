package lists_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// Acceptance check 28, the lists' half (EXC-04, EXC-05): an exception takes
// off what API Abuse Prevention added, and nothing else.
func TestExceptionTakesOffOnlyBots(t *testing.T) {
	const ip = "66.249.66.1"
	w := newWorld(t, lists.Config{})
	bot := w.add(lists.Deny, ip, 24*time.Hour, bots)
	gray := w.add(lists.Gray, ip, 24*time.Hour, bots)
	brute := w.add(lists.Deny, ip, time.Hour, trigger)
	person := w.add(lists.Deny, ip, time.Hour, anna)
	allow := w.add(lists.Allow, ip, time.Hour, bots)
	outside := w.add(lists.Deny, "66.249.66.2", time.Hour, bots)
	around := w.add(lists.Deny, "66.249.66.0/24", time.Hour, bots)
	session := w.add(lists.Deny, "s1", time.Hour, bots)
	w.pass(time.Minute)
	ex := w.add(lists.Exception, ip, 0, anna)

	require.Equal(t, []uint64{brute.ID, person.ID, allow.ID, outside.ID, around.ID, session.ID, ex.ID}, w.ids())
	for _, id := range []uint64{bot.ID, gray.ID} {
		old := w.get(id)
		require.Equal(t, lists.Excepted, old.Ending)
		require.Equal(t, anna, old.RemovedBy)
		require.Equal(t, w.now, old.Removed)
		require.Zero(t, old.SuppressUntil)
	}
	require.Equal(t, lists.Match{Allow: allow.ID, Deny: brute.ID, Exception: ex.ID}, w.check(ip, 1))

	w.refuse(lists.ErrExcepted, lists.Deny, ip, time.Hour, bots)
	w.refuse(lists.ErrExcepted, lists.Gray, ip, time.Hour, bots)
	w.add(lists.Deny, ip, time.Hour, bola)
	w.remove(ex.ID, anna)
	w.add(lists.Deny, ip, time.Hour, bots)
}

func TestExceptionHoldsForItsBlock(t *testing.T) {
	w := newWorld(t, lists.Config{})
	one := w.add(lists.Deny, "66.249.66.1", time.Hour, bots)
	block := w.add(lists.Deny, "66.249.66.0/28", time.Hour, bots)
	v6 := w.add(lists.Deny, "2001:db8::1", time.Hour, bots)
	w.add(lists.Exception, "66.249.64.0/19", 24*time.Hour, anna)
	require.Equal(t, lists.Excepted, w.get(one.ID).Ending)
	require.Equal(t, lists.Excepted, w.get(block.ID).Ending)
	require.Empty(t, w.get(v6.ID).Ending)
	w.refuse(lists.ErrExcepted, lists.Deny, "66.249.90.1", time.Hour, bots)
	w.refuse(lists.ErrExcepted, lists.Deny, "66.249.90.0/24", time.Hour, bots)
	w.add(lists.Deny, "66.249.0.0/16", time.Hour, bots) // reaches beyond the exception
	w.pass(24 * time.Hour)
	w.add(lists.Deny, "66.249.90.1", time.Hour, bots) // the exception is over
}

// what is listed for other applications too is narrowed to those.
func TestExceptionNarrows(t *testing.T) {
	const ip = "66.249.66.1"
	w := newWorld(t, lists.Config{})
	all := w.add(lists.Deny, ip, 24*time.Hour, bots)
	some := w.add(lists.Gray, ip, 24*time.Hour, bots, 1, 2)
	w.add(lists.Exception, ip, 0, anna, 1)
	require.Equal(t, []traffic.App{1}, w.get(all.ID).Except)
	require.Equal(t, []traffic.App{2}, w.get(some.ID).Apps)
	require.True(t, w.get(all.ID).Expires.Equal(all.Expires))
	require.Equal(t, lists.Match{Exception: 3}, w.check(ip, 1))
	require.Equal(t, lists.Match{Deny: all.ID, Gray: some.ID}, w.check(ip, 2))

	w.refuse(lists.ErrExcepted, lists.Deny, ip, time.Hour, bots, 1)
	e := w.add(lists.Deny, ip, 48*time.Hour, bots)
	require.Equal(t, all.ID, e.ID, "narrowed to the same applications it is the same entry")
	require.Len(t, e.Extended, 1)

	w.add(lists.Exception, ip, 0, anna)
	require.Equal(t, lists.Excepted, w.get(all.ID).Ending)
	require.Equal(t, lists.Excepted, w.get(some.ID).Ending)
	require.Len(t, w.ids(), 2, "the two exceptions are left")
}

// Exceptions extend like other entries, and hold for sessions too.
func TestExceptionAgain(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.add(lists.Exception, "s1", 0, anna)
	w.add(lists.Exception, "s1", 0, anna)
	require.Len(t, w.get(1).Extended, 1)
	w.refuse(lists.ErrExcepted, lists.Deny, "s1", time.Hour, bots)
	w.add(lists.Deny, "s2", time.Hour, bots)
}
