package lists_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// Authors of every standing.
var (
	anna    = traffic.Author{Kind: traffic.Manual, ID: "anna"}
	bola    = traffic.Author{Kind: traffic.Control, ID: "bola-1", Name: "Orders"}
	trigger = traffic.Author{Kind: traffic.Trigger, ID: "t-7"}
	bots    = traffic.Author{Kind: traffic.Abuse, ID: "profile-1"}
)

var noon = time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)

// world is a book on a store of the test's own, and a clock that the test
// moves.
type world struct {
	*testing.T
	store *logStore
	book  *lists.Book
	now   time.Time
}

func newWorld(t *testing.T, cfg lists.Config) *world {
	w := &world{T: t, store: new(logStore), now: noon}
	w.book = w.reopen(cfg)
	return w
}

// reopen returns another book on the same store.
func (w *world) reopen(cfg lists.Config) *lists.Book {
	w.Helper()
	b, err := lists.Open(w.Context(), w.store, cfg)
	require.NoError(w, err)
	return b
}

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

// entry returns an entry to add; period 0 is forever.
func (w *world) entry(list lists.List, object string, period time.Duration, by traffic.Author, apps ...traffic.App) lists.Entry {
	e := lists.Entry{List: list, Object: obj(object), By: by, Apps: apps, Reason: "test"}
	if period != 0 {
		e.Expires = w.now.Add(period)
	}
	return e
}

// add must succeed.
func (w *world) add(list lists.List, object string, period time.Duration, by traffic.Author, apps ...traffic.App) lists.Entry {
	w.Helper()
	e, err := w.book.Add(w.Context(), w.now, w.entry(list, object, period, by, apps...))
	require.NoError(w, err)
	return e
}

// refuse must fail with the error.
func (w *world) refuse(want error, list lists.List, object string, period time.Duration, by traffic.Author, apps ...traffic.App) {
	w.Helper()
	_, err := w.book.Add(w.Context(), w.now, w.entry(list, object, period, by, apps...))
	require.ErrorIs(w, err, want)
}

func (w *world) remove(id uint64, by traffic.Author) lists.Entry {
	w.Helper()
	e, err := w.book.Remove(w.Context(), w.now, id, by)
	require.NoError(w, err)
	return e
}

// check asks for one object in one application.
func (w *world) check(object string, app traffic.App) lists.Match {
	o := obj(object)
	if o.Kind == lists.Session {
		return w.book.CheckSession(w.now, o.Session, app)
	}
	return w.book.Check(w.now, o.Prefix.Addr(), app)
}

func (w *world) get(id uint64) lists.Entry {
	w.Helper()
	e, ok := w.book.Entry(id)
	require.True(w, ok, "entry %d", id)
	return e
}

// ids of the entries in force now.
func (w *world) ids() []uint64 { return idsOf(slices.Collect(w.book.Now(w.now))) }

func idsOf(entries []lists.Entry) (ids []uint64) {
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

// log returns the operations in the store.
func (w *world) log() (log []lists.Change) {
	w.Helper()
	for c, err := range w.book.Changes(w.Context(), 0) {
		require.NoError(w, err)
		log = append(log, c)
	}
	return log
}

// obj reads an object; "s1" is short for a session. What ParseObject refuses
// is made as it is.
func obj(s string) lists.Object {
	if s[0] == 's' {
		return lists.OfSession(sid(s[1]))
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return lists.OfPrefix(p)
	}
	return lists.OfAddr(netip.MustParseAddr(s))
}

func sid(b byte) traffic.SessionID { return traffic.SessionID{b, 31: b} }

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}
