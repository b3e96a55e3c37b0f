package lists_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// goodLog is a log with every operation.
func goodLog(t testing.TB) []lists.Change {
	w := &world{now: noon, store: new(logStore)}
	w.T, _ = t.(*testing.T)
	book, err := lists.Open(t.Context(), w.store, lists.Config{})
	require.NoError(t, err)
	must := func(_ any, err error) { require.NoError(t, err) }
	must(book.Add(t.Context(), noon, w.entry(lists.Deny, "192.0.2.0/24", time.Hour, bola)))
	must(book.Add(t.Context(), noon, w.entry(lists.Deny, "192.0.2.0/24", 2*time.Hour, bola)))
	must(book.SetExpiry(t.Context(), noon, 1, time.Time{}, anna))
	must(book.RemoveObject(t.Context(), noon, lists.Deny, obj("192.0.2.0/24"), 1, anna))
	must(book.ClearSuppression(t.Context(), noon, lists.Deny, obj("192.0.2.0/24"), anna))
	must(book.Add(t.Context(), noon, w.entry(lists.Gray, "s1", time.Hour, anna, 1, 2)))
	must(book.Remove(t.Context(), noon, 1, anna))
	require.Equal(t, []lists.Op{"add", "extend", "reschedule", "narrow", "clear", "add", "remove"}, ops(w.store.log))
	return w.store.log
}

// A log that cannot be understood is refused by the number of the change, and
// never half understood.
func TestOpenRefusesABrokenLog(t *testing.T) {
	for _, c := range []struct {
		name, want string
		spoil      func(log []lists.Change) []lists.Change
	}{
		{"unknown operation", `change 2: has the unknown operation "frobnicate"`, func(l []lists.Change) []lists.Change { l[1].Op = "frobnicate"; return l }},
		{"no operation", `change 2: has the unknown operation ""`, func(l []lists.Change) []lists.Change { l[1].Op = ""; return l }},
		{"repeated", "change 2: is out of order: the last one was 2", func(l []lists.Change) []lists.Change { return slices.Insert(l, 2, l[1]) }},
		{"swapped", "change 2: is out of order: the last one was 3", func(l []lists.Change) []lists.Change { l[1], l[2] = l[2], l[1]; return l }},
		{"add missing", "change 2: extend: entry 1 was never added", func(l []lists.Change) []lists.Change { return l[1:] }},
		{"no time", "change 6: has no time", func(l []lists.Change) []lists.Change { l[5].Time = time.Time{}; return l }},
		{"other id", "change 6: add: the entry has number 5", func(l []lists.Change) []lists.Change { l[5].ID = 5; return l }},
		{"no list", "change 6: add: list none", func(l []lists.Change) []lists.Change { l[5].List = 0; return l }},
		{"no object", "change 6: kind none", func(l []lists.Change) []lists.Change { l[5].Object = lists.Object{}; return l }},
		{"object not normal", "change 1: add: prefix 192.0.2.1/32 is not in its normal form", func(l []lists.Change) []lists.Change {
			l[0].Object = lists.Object{Kind: lists.Prefix, Prefix: obj("192.0.2.1").Prefix}
			return l
		}},
		{"another object", "change 2: extend: entry 1 is 192.0.2.0/24 on the deny list, not 192.0.2.1 on the deny list", func(l []lists.Change) []lists.Change {
			l[1].Object = obj("192.0.2.1")
			return l
		}},
		{"another list", "change 7: remove: entry 1 is 192.0.2.0/24 on the deny list, not 192.0.2.0/24 on the gray list", func(l []lists.Change) []lists.Change {
			l[6].List = lists.Gray
			return l
		}},
		{"narrowed to the same", "change 4: narrow: entry 1 is not narrowed by it", func(l []lists.Change) []lists.Change { l[3].Except = nil; return l }},
		{"removed twice", "change 8: remove: entry 1 was taken off before", func(l []lists.Change) []lists.Change {
			again := l[6]
			again.Seq = 8
			return append(l, again)
		}},
		{"widened", "change 8: narrow: entry 6 is not narrowed by it", func(l []lists.Change) []lists.Change {
			c := l[5]
			c.Seq, c.Op, c.Apps = 8, lists.OpNarrow, []traffic.App{2, 3}
			return append(l, c)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &logStore{log: c.spoil(goodLog(t))}
			_, err := lists.Open(t.Context(), s, lists.Config{})
			require.ErrorContains(t, err, "open lists: "+c.want)
		})
	}
	s := &logStore{log: goodLog(t), failRead: errDisk, failAfter: 3}
	_, err := lists.Open(t.Context(), s, lists.Config{})
	require.EqualError(t, err, "open lists: read the log after change 3: no space left on device")
	require.ErrorIs(t, err, errDisk)
}

// An old log may lack what was recorded only later.
func TestOpenReadsSparseChanges(t *testing.T) {
	log := goodLog(t)
	for i := range log {
		log[i].By, log[i].Ending, log[i].Reason = traffic.Author{}, "", ""
	}
	b, err := lists.Open(t.Context(), &logStore{log: log}, lists.Config{})
	require.NoError(t, err)
	e, ok := b.Entry(1)
	require.True(t, ok)
	require.Equal(t, lists.Removed, e.Ending)
}

func TestOpenRefusesItsArguments(t *testing.T) {
	_, err := lists.Open(t.Context(), nil, lists.Config{})
	require.EqualError(t, err, "open lists: the store is nil")
	_, err = lists.Open(t.Context(), new(logStore), lists.Config{
		LargestIPv4: 33, LargestIPv6: 129, MinManual: 2 * time.Hour, MinAutomatic: 2 * time.Hour,
		MaxAutomatic: time.Hour, MaxEntries: -1, MaxHistory: -1, MaxBatch: -1,
	})
	for _, problem := range []string{
		"LargestIPv4: 33: want at most 32", "LargestIPv6: 129: want at most 128",
		"DefaultPeriod: 1h0m0s: is shorter than MinManual, 2h0m0s", "MaxAutomatic: 1h0m0s: is shorter than MinAutomatic, 2h0m0s",
		"MaxEntries: -1: want a bound", "MaxHistory: -1: want a bound", "MaxBatch: -1: want a bound",
	} {
		require.ErrorContains(t, err, problem)
	}
	require.NoError(t, lists.Config{}.Validate())
	require.NoError(t, lists.Config{DefaultPeriod: -1, MinManual: -1, MinAutomatic: -1, MaxAutomatic: -1}.Validate())
}

// Replaying is idempotent: opening changes nothing, a log read twice amounts
// to the same, and reading on where nothing is new changes nothing.
func TestReplayIsIdempotent(t *testing.T) {
	s := &logStore{log: goodLog(t)}
	contents := func(b *lists.Book) []lists.Entry { return slices.Collect(b.Between(time.Time{}, time.Time{})) }
	a, err := lists.Open(t.Context(), s, lists.Config{})
	require.NoError(t, err)
	b, err := lists.Open(t.Context(), s, lists.Config{})
	require.NoError(t, err)
	require.Equal(t, contents(a), contents(b))
	require.Equal(t, a.Stats(), b.Stats())
	want := contents(a)
	for range 3 {
		require.NoError(t, a.Sync(t.Context()))
	}
	require.Equal(t, want, contents(a))
	require.Zero(t, s.appends)
}

// FuzzLog feeds logs of foreign JSON to a book: it is opened or refused,
// never a panic, and what opens is the same after another round trip.
func FuzzLog(f *testing.F) {
	for n := range goodLog(f) {
		b, err := json.Marshal(goodLog(f)[:n+1])
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte(`[{"seq":1,"time":"2026-01-01T00:00:00Z","op":"add","id":1,"list":"deny","object":{"kind":"prefix","value":"::/0"}}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var log []lists.Change
		if json.Unmarshal(b, &log) != nil {
			return
		}
		book, err := lists.Open(t.Context(), &logStore{log: log}, lists.Config{})
		if err != nil {
			return
		}
		for e := range book.Between(time.Time{}, time.Time{}) {
			text, err := json.Marshal(e)
			if err != nil {
				continue // a year that JSON cannot say
			}
			var back lists.Entry
			require.NoError(t, json.Unmarshal(text, &back))
			o := e.Object
			book.Check(noon, o.Prefix.Addr(), 1)
			book.CheckSession(noon, o.Session, 1)
		}
		_, _ = book.Add(t.Context(), noon, lists.Entry{List: lists.Exception, Object: obj("192.0.2.0/24"), By: anna})
		book.Sweep(noon)
		_, _ = book.Prune(t.Context(), noon)
	})
}
