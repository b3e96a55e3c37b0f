package lists_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestAddRefuses(t *testing.T) {
	good := func() lists.Entry {
		return lists.Entry{List: lists.Deny, Object: obj("192.0.2.1"), By: anna, Expires: noon.Add(time.Hour)}
	}
	for _, c := range []struct {
		name, want string
		spoil      func(*lists.Entry)
	}{
		{"no list", "List: none: want one of", func(e *lists.Entry) { e.List = 0 }},
		{"unknown list", "List: invalid(9)", func(e *lists.Entry) { e.List = 9 }},
		{"no object", "Object: kind none", func(e *lists.Entry) { e.Object = lists.Object{} }},
		{"host bits", "Object: prefix 192.0.2.1/24: bits are set", func(e *lists.Entry) { e.Object = obj("192.0.2.1/24") }},
		{"large IPv4 block", "Object: prefix 10.0.0.0/11: the largest IPv4 block is /12", func(e *lists.Entry) { e.Object = obj("10.0.0.0/11") }},
		{"large IPv6 block", "Object: prefix 2000::/31: the largest IPv6 block is /32", func(e *lists.Entry) { e.Object = obj("2000::/31") }},
		{"mapped large block", "the largest IPv4 block", func(e *lists.Entry) { e.Object = obj("::ffff:10.0.0.0/107") }},
		{"no author", "By: the kind of author is required", func(e *lists.Entry) { e.By = traffic.Author{ID: "x"} }},
		{"long author", "By: 201 bytes: want at most 200", func(e *lists.Entry) { e.By.Name = strings.Repeat("x", 201) }},
		{"long reason", "Reason: 1001 bytes: want at most 1000", func(e *lists.Entry) { e.Reason = strings.Repeat("x", 1001) }},
		{"long attack", "Cause.Attack: 201 bytes", func(e *lists.Entry) { e.Cause.Attack = traffic.AttackType(strings.Repeat("x", 201)) }},
		{"bad application", "Apps: application -2", func(e *lists.Entry) { e.Apps = []traffic.App{1, -2} }},
		{"bad exception", "Except: application -9", func(e *lists.Entry) { e.Except = []traffic.App{-9} }},
		{"many applications", "Apps: 1001 applications: want at most 1000", func(e *lists.Entry) { e.Apps = make([]traffic.App, 1001) }},
		{"both", "Except: want it only with Apps empty", func(e *lists.Entry) { e.Apps, e.Except = []traffic.App{1}, []traffic.App{2} }},
		{"past", "Expires: 2026-08-21T12:00:00Z is over", func(e *lists.Entry) { e.Expires = noon }},
		{"4 minutes", "Expires: 4m0s from now: want at least 5m0s, or forever", func(e *lists.Entry) { e.Expires = noon.Add(4 * time.Minute) }},
		{"short of 5 minutes", "Expires: 4m59.999999999s", func(e *lists.Entry) { e.Expires = noon.Add(5*time.Minute - 1) }},
		{"automatic, 9 minutes", "Expires: 9m0s from now: want at least 10m0s", func(e *lists.Entry) { e.By, e.Expires = bola, noon.Add(9*time.Minute) }},
		{"abuse, 9 minutes", "want at least 10m0s", func(e *lists.Entry) { e.By, e.Expires = bots, noon.Add(9*time.Minute) }},
		{"automatic, 11 years", "want at most 87658h12m0s, or forever", func(e *lists.Entry) { e.By, e.Expires = bola, noon.AddDate(11, 0, 0) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, lists.Config{})
			e := good()
			c.spoil(&e)
			_, err := w.book.Add(t.Context(), noon, e)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "add ")
			require.Empty(t, w.log())
		})
	}
	w := newWorld(t, lists.Config{})
	_, err := w.book.Add(t.Context(), time.Time{}, good())
	require.EqualError(t, err, "change lists: the time is zero")
	_, err = w.book.Add(t.Context(), noon, lists.Entry{})
	for _, field := range []string{"List:", "Object:", "By:"} {
		require.ErrorContains(t, err, field, "all problems are named at once")
	}
}

func TestAddAccepts(t *testing.T) {
	for _, c := range []struct {
		name, object string
		period       time.Duration
		by           traffic.Author
	}{
		{"/12", "10.0.0.0/12", time.Hour, anna},
		{"/32 of IPv6", "2000::/32", time.Hour, anna},
		{"5 minutes", "192.0.2.1", 5 * time.Minute, anna},
		{"forever", "192.0.2.1", 0, anna},
		{"100 years", "192.0.2.1", 100 * 365 * 24 * time.Hour, anna},
		{"automatic, 10 minutes", "s1", 10 * time.Minute, bola},
		{"automatic, ten years", "s1", 315_569_520 * time.Second, bola},
		{"automatic, forever", "s1", 0, bots},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, lists.Config{})
			e := w.add(lists.Deny, c.object, c.period, c.by)
			require.Equal(t, c.period == 0, e.Expires.IsZero())
			require.Equal(t, e.ID, w.check(c.object, 1).Deny)
		})
	}
}

func TestBoundsAreConfigurable(t *testing.T) {
	w := newWorld(t, lists.Config{MinManual: -1, MinAutomatic: -1, MaxAutomatic: -1, LargestIPv4: -1, LargestIPv6: -1})
	w.add(lists.Deny, "0.0.0.0/0", time.Second, anna)
	w.add(lists.Deny, "::/0", time.Nanosecond, bola)
	w.add(lists.Deny, "192.0.2.1", math.MaxInt64/4, bola)
	require.NotZero(t, w.check("203.0.113.9", 1).Deny)
	require.NotZero(t, w.check("2001:db8::1", 1).Deny)
	w = newWorld(t, lists.Config{MinManual: time.Hour, LargestIPv4: 24})
	_, err := w.book.Add(t.Context(), w.now, w.entry(lists.Deny, "10.0.0.0/23", 59*time.Minute, anna))
	require.ErrorContains(t, err, "is /24")
	require.ErrorContains(t, err, "at least 1h0m0s")
}

// The documented epoch of "forever" in the reference lies in the year 3022.
func TestFarExpiryIsForever(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e, err := w.book.Add(t.Context(), w.now, lists.Entry{
		List: lists.Deny, Object: obj("192.0.2.1"), By: anna, Expires: time.Unix(33223139044, 0),
	})
	require.NoError(t, err)
	require.True(t, e.Expires.IsZero())
	w.now = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, e.ID, w.check("192.0.2.1", 1).Deny)
	require.Equal(t, []uint64{e.ID}, w.ids())
}

func TestAddSetsItsFields(t *testing.T) {
	w := newWorld(t, lists.Config{})
	old := w.entry(lists.Deny, "192.0.2.1", time.Hour, anna)
	old.ID, old.Added, old.Removed, old.Ending = 77, noon.Add(-1), noon, lists.Removed
	old.Reason, old.By.Name = "bad \xff byte", "J\xc3rg"
	zone := time.FixedZone("there", 7200)
	e, err := w.book.Add(t.Context(), w.now.In(zone), old)
	require.NoError(t, err)
	require.Equal(t, lists.Entry{
		ID: 1, List: lists.Deny, Object: obj("192.0.2.1"), Reason: "bad \uFFFD byte",
		By: traffic.Author{Kind: traffic.Manual, ID: "anna", Name: "J\uFFFDrg"}, Added: noon, Expires: noon.Add(time.Hour),
	}, e)
}

func TestUntil(t *testing.T) {
	b := newWorld(t, lists.Config{}).book
	require.Equal(t, noon.Add(time.Hour), b.Until(noon, lists.Deny, 0))
	require.Equal(t, noon.Add(time.Minute), b.Until(noon, lists.Deny, time.Minute))
	require.Zero(t, b.Until(noon, lists.Deny, -1))
	require.Zero(t, b.Until(noon, lists.Exception, 0), "an exception lives forever by default")
	require.Equal(t, noon.Add(time.Minute), b.Until(noon, lists.Exception, time.Minute))
}

// what is listed already keeps the later expiry and gets the cause.
func TestAddExtends(t *testing.T) {
	w := newWorld(t, lists.Config{})
	first := w.add(lists.Deny, "192.0.2.1", 4*time.Hour, bola)
	w.pass(time.Hour)
	later := w.entry(lists.Deny, "192.0.2.1", 4*time.Hour, trigger)
	later.Reason, later.Cause = "payloads", traffic.Cause{Attack: "sqli", Confidence: 9}
	e, err := w.book.Add(t.Context(), w.now, later)
	require.NoError(t, err)
	require.Equal(t, first.ID, e.ID)
	require.Equal(t, bola, e.By)
	require.Equal(t, noon, e.Added)
	require.Equal(t, noon.Add(5*time.Hour), e.Expires)
	require.Equal(t, []lists.Extension{{
		Time: w.now, By: trigger, Reason: "payloads", Expires: noon.Add(5 * time.Hour), Cause: later.Cause,
	}}, e.Extended)

	w.pass(time.Hour)
	e = w.add(lists.Deny, "192.0.2.1", time.Hour, bola)
	require.Equal(t, noon.Add(5*time.Hour), e.Expires, "an earlier expiry does not shorten")
	require.Len(t, e.Extended, 2)
	e = w.add(lists.Deny, "192.0.2.1", 0, bola)
	require.Zero(t, e.Expires, "forever is later than any time")
	require.Len(t, w.ids(), 1)
}

func TestAddDoesNotExtend(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.add(lists.Deny, "192.0.2.1", time.Hour, bola)
	w.add(lists.Gray, "192.0.2.1", time.Hour, bola)
	w.add(lists.Deny, "192.0.2.1", time.Hour, bola, 1)
	w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	w.add(lists.Deny, "192.0.2.1", time.Hour, bots)
	w.add(lists.Deny, "192.0.2.0/31", time.Hour, bola)
	require.Equal(t, []uint64{1, 2, 3, 4, 5, 6}, w.ids())
	w.pass(time.Hour)
	e := w.add(lists.Deny, "192.0.2.1", time.Hour, bola)
	require.Equal(t, uint64(7), e.ID, "what has expired is not extended")
	e = w.add(lists.Deny, "192.0.2.1", 2*time.Hour, trigger, traffic.AllApps, 5)
	require.Equal(t, uint64(7), e.ID, "all applications are the same, however written")
}

// TestFloodOfExtensions: what an attacker can trigger with each request must
// not grow the log with each request.
func TestFloodOfExtensions(t *testing.T) {
	w := newWorld(t, lists.Config{})
	for i := range 5 * 60 * 60 { // five hours, one a second
		e := w.add(lists.Gray, "192.0.2.1", time.Hour, bola)
		if i <= 20 {
			require.Equal(t, w.now.Add(time.Hour), e.Expires, "the first ones are exact")
		}
		require.GreaterOrEqual(t, e.Expires.Sub(w.now), 54*time.Minute, "nine tenths of the period are always left")
		w.pass(time.Second)
	}
	require.Less(t, len(w.log()), 1+20+5*11)
	e := w.get(1)
	require.Len(t, e.Extended, 20)
	require.Equal(t, len(w.log()), 1+20+e.ExtendedMore)
	e = w.add(lists.Gray, "192.0.2.1", 0, bola)
	require.Zero(t, e.Expires, "forever always counts")
	n := len(w.log())
	w.add(lists.Gray, "192.0.2.1", 0, bola)
	require.Len(t, w.log(), n)
}

func TestFloodOfExtensionsByAuthor(t *testing.T) {
	for kind, exact := range map[traffic.AuthorKind]bool{traffic.Manual: true, traffic.API: false, traffic.Code: false, traffic.Abuse: false} {
		w := newWorld(t, lists.Config{})
		for range 100 {
			w.add(lists.Deny, "192.0.2.1", time.Hour, traffic.Author{Kind: kind})
			w.pass(time.Second)
		}
		require.Equal(t, exact, len(w.log()) == 100, "%s: %d changes", kind, len(w.log()))
		require.Equal(t, exact, w.get(1).Expires.Equal(w.now.Add(time.Hour-time.Second)))
	}
}

func TestAddAllIsAllOrNothing(t *testing.T) {
	w := newWorld(t, lists.Config{MaxBatch: 5})
	deny := func(o string) lists.Entry { return w.entry(lists.Deny, o, time.Hour, anna) }
	got, err := w.book.AddAll(t.Context(), w.now, []lists.Entry{deny("192.0.2.1"), deny("192.0.2.2"), deny("192.0.2.1")})
	require.NoError(t, err)
	require.Equal(t, []uint64{1, 2, 1}, idsOf(got), "the third extends the first")
	require.Equal(t, 1, w.store.appends, "one batch is one append")

	_, err = w.book.AddAll(t.Context(), w.now, []lists.Entry{deny("192.0.2.3"), deny("10.0.0.0/8"), deny("192.0.2.4"), deny("11.0.0.0/8")})
	require.ErrorContains(t, err, "entry 1: add 10.0.0.0/8 to the deny list")
	require.ErrorContains(t, err, "entry 3: add 11.0.0.0/8")
	require.Equal(t, []uint64{1, 2}, w.ids())
	require.True(t, w.check("192.0.2.3", 1).IsZero())

	_, err = w.book.AddAll(t.Context(), w.now, make([]lists.Entry, 6))
	require.EqualError(t, err, "add 6 entries: want at most 5 at once")
	got, err = w.book.AddAll(t.Context(), w.now, nil)
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestFull(t *testing.T) {
	w := newWorld(t, lists.Config{MaxEntries: 20})
	for i := range 18 {
		w.add(lists.Deny, fmt.Sprintf("192.0.2.%d", i), time.Hour, bola)
	}
	w.refuse(lists.ErrFull, lists.Deny, "192.0.2.100", time.Hour, bola)
	w.refuse(lists.ErrFull, lists.Deny, "192.0.2.100", time.Hour, bots)
	w.add(lists.Deny, "192.0.2.1", 2*time.Hour, bola) // extending needs no room
	w.add(lists.Allow, "192.0.2.101", 0, anna)
	w.add(lists.Deny, "192.0.2.102", time.Hour, anna)
	w.refuse(lists.ErrFull, lists.Deny, "192.0.2.103", time.Hour, anna)
	require.Equal(t, 20, w.book.Stats().Live)

	w.pass(time.Hour) // everything but two has expired: room is made without Sweep
	w.add(lists.Deny, "192.0.2.103", time.Hour, bola)
	require.Equal(t, 3, w.book.Stats().Live)
}
