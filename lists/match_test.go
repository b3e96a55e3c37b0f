package lists_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// Every block around an address counts: what hides nothing must hide nothing.
func TestCheckCountsEveryBlock(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, "10.0.0.0/12", 0, anna)          // 1
	w.add(lists.Gray, "10.1.0.0/16", 0, anna, 1)       // 2
	w.add(lists.Allow, "10.1.2.0/24", 0, anna, 2)      // 3
	w.add(lists.Deny, "10.1.2.3", 5*time.Minute, anna) // 4
	w.add(lists.Exception, "10.1.2.2/31", 0, anna, 1)  // 5
	w.add(lists.Deny, "10.1.2.3", 0, anna, 3)          // 6
	for _, c := range []struct {
		name, addr string
		app        traffic.App
		want       lists.Match
	}{
		{"the narrowest on each list", "10.1.2.3", 1, lists.Match{Deny: 4, Gray: 2, Exception: 5}},
		{"of the same object, the oldest", "10.1.2.3", 3, lists.Match{Deny: 4}},
		{"for another application", "10.1.2.3", 2, lists.Match{Deny: 4, Allow: 3}},
		{"a wider one behind one of another application", "10.1.2.2", 3, lists.Match{Deny: 1}},
		{"only the widest", "10.15.255.255", 1, lists.Match{Deny: 1}},
		{"beside the widest", "10.16.0.0", 1, lists.Match{}},
		{"another family", "2001:db8::1", 1, lists.Match{}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, w.check(c.addr, c.app)) })
	}
	w.pass(5 * time.Minute)
	require.Equal(t, lists.Match{Deny: 1, Gray: 2, Exception: 5}, w.check("10.1.2.3", 1), "a wider one behind an expired one")
	w.book.Sweep(w.now)
	require.Equal(t, lists.Match{Deny: 1, Gray: 2, Exception: 5}, w.check("10.1.2.3", 1))
	require.Equal(t, lists.Match{Deny: 6}, w.check("10.1.2.3", 3))
}

func TestCheckNormalises(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, "192.0.2.0/24", 0, anna)
	w.add(lists.Deny, "fe80::/64", 0, anna)
	check := func(s string) uint64 { return w.book.Check(w.now, netip.MustParseAddr(s), 1).Deny }
	require.Equal(t, uint64(1), check("192.0.2.7"))
	require.Equal(t, uint64(1), check("::ffff:192.0.2.7"), "a mapped address must not slip past")
	require.Equal(t, uint64(1), check("::ffff:192.0.2.7%eth0"))
	require.Equal(t, uint64(2), check("fe80::1%eth0"), "nor one with a zone")
	require.True(t, w.book.Check(w.now, netip.Addr{}, 1).IsZero(), "an unknown address is on no list")
	require.True(t, w.book.Check(time.Time{}, netip.MustParseAddr("192.0.2.7"), 1).Deny == 1, "forever is forever, even before time")
}

func TestCheckSession(t *testing.T) {
	w := newWorld(t, lists.Config{})
	twin := sid('1')
	twin[31] ^= 1 // the same first half: it must not be taken for the other
	a := w.add(lists.Deny, "s1", time.Hour, anna)
	require.True(t, w.book.CheckSession(w.now, twin, 1).IsZero())
	b, err := w.book.Add(t.Context(), w.now, lists.Entry{List: lists.Allow, Object: lists.OfSession(twin), By: anna})
	require.NoError(t, err)
	require.Equal(t, lists.Match{Deny: a.ID}, w.book.CheckSession(w.now, sid('1'), 1))
	require.Equal(t, lists.Match{Allow: b.ID}, w.book.CheckSession(w.now, twin, 1))
	require.True(t, w.book.CheckSession(w.now, traffic.SessionID{}, 1).IsZero())

	mapped := traffic.SessionID{10: 0xff, 11: 0xff, 12: 192, 15: 1} // looks like a mapped address
	c, err := w.book.Add(t.Context(), w.now, lists.Entry{List: lists.Deny, Object: lists.OfSession(mapped), By: anna})
	require.NoError(t, err)
	require.Equal(t, c.ID, w.book.CheckSession(w.now, mapped, 1).Deny)
	require.True(t, w.check("192.0.0.1", 1).IsZero(), "sessions and addresses do not meet")
	w.remove(c.ID, anna)
	w.remove(a.ID, anna)
	require.True(t, w.book.HasSessions())
	w.remove(b.ID, anna)
	require.False(t, w.book.HasSessions())
}

func TestOn(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, "10.0.0.0/12", 0, anna)
	w.add(lists.Deny, "10.1.2.3", time.Hour, anna, 7)
	w.add(lists.Gray, "10.1.0.0/16", 0, anna)
	w.add(lists.Deny, "s1", 0, anna)
	on := func(o lists.Object) []uint64 { return idsOf(slices.Collect(w.book.On(w.now, o))) }
	require.Equal(t, []uint64{2, 3, 1}, on(obj("10.1.2.3")))
	require.Equal(t, []uint64{3, 1}, on(obj("10.1.2.0/24")))
	require.Equal(t, []uint64{4}, on(obj("s1")))
	require.Empty(t, on(obj("s2")))
	require.Empty(t, on(lists.Object{}))
	w.pass(time.Hour)
	require.Equal(t, []uint64{3, 1}, on(obj("10.1.2.3")))
	for range w.book.On(w.now, obj("10.1.2.3")) {
		break
	}
}

func TestCheckDoesNotAllocate(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates")
	}
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, "10.0.0.0/12", time.Hour, anna)
	w.add(lists.Gray, "10.1.0.0/16", time.Hour, anna, 1, 2)
	w.add(lists.Allow, "10.1.2.3", time.Hour, anna)
	w.add(lists.Deny, "2001:db8::/32", time.Hour, anna)
	w.add(lists.Deny, "s1", time.Hour, anna)
	id, other := sid('1'), sid('2')
	addrs := []netip.Addr{
		netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"),
		netip.MustParseAddr("fe80::1%eth0"), netip.MustParseAddr("::ffff:10.1.2.3"), {},
	}
	var sum uint64
	allocs := testing.AllocsPerRun(100, func() {
		for _, a := range addrs {
			sum += w.book.Check(w.now, a, 1).Deny
		}
		sum += w.book.CheckSession(w.now, id, 1).Deny + w.book.CheckSession(w.now, other, 1).Deny
	})
	require.Zero(t, allocs)
	require.NotZero(t, sum)
}
