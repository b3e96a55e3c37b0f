package lists_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// The oracle keeps entries in a slice and walks it for every question. Sets
// of applications are bits: the default one, 1, 2, 3, and all others.

var (
	oracleApps    = []traffic.App{traffic.DefaultApp, 1, 2, 3, 99}
	oracleObjects = []string{
		"10.0.0.0/12", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.0/25", "10.1.2.2/31", "10.1.2.3", "10.1.2.4", "10.9.9.9",
		"2001:db8::/32", "2001:db8::/64", "2001:db8::1", "s1", "s2",
	}
	oracleAuthors = []traffic.Author{anna, bola, trigger, bots}
	oracleLists   = []lists.List{lists.Allow, lists.Deny, lists.Deny, lists.Gray, lists.Exception}
	oraclePeriods = []time.Duration{0, 10 * time.Minute, time.Hour, 4 * time.Hour, 30 * time.Hour}
)

type appSet uint8

const everyApp appSet = 1<<5 - 1

func appsOf(e *lists.Entry) (b appSet) {
	for i, app := range oracleApps {
		if e.Applies(app) {
			b |= 1 << i
		}
	}
	return b
}

type oracleEntry struct {
	id       uint64
	list     lists.List
	object   lists.Object
	apps     appSet
	standing int
	expires  time.Time
	set      time.Time
	extended int
	gone     bool
}

type oracleQuiet struct {
	id     uint64
	list   lists.List
	object lists.Object
	apps   appSet
	until  time.Time
}

type oracle struct {
	now     time.Time
	entries []*oracleEntry
	quiet   []oracleQuiet
}

func standing(by traffic.Author) int {
	switch by.Kind {
	case traffic.Control, traffic.Trigger:
		return 1
	case traffic.Abuse:
		return 2
	}
	return 0
}

func later(a, b time.Time) bool { return !b.IsZero() && (a.IsZero() || a.After(b)) }

func (o *oracle) inForce(e *oracleEntry) bool { return !e.gone && later(e.expires, o.now) }

func holds(outer, inner lists.Object) bool {
	if outer.Kind == lists.Session || inner.Kind == lists.Session {
		return outer == inner
	}
	return outer.Prefix.Bits() <= inner.Prefix.Bits() && outer.Prefix.Contains(inner.Prefix.Addr())
}

// add returns what to expect: an error, or the entry; nil means a new one.
func (o *oracle) add(e *lists.Entry) (got *oracleEntry, apps appSet, err error) {
	apps = appsOf(e)
	switch standing(e.By) {
	case 1:
		for _, q := range o.quiet {
			if q.list == e.List && q.object == e.Object && q.until.After(o.now) {
				apps &^= q.apps
			}
		}
		err = lists.ErrSuppressed
	case 2:
		for _, x := range o.entries {
			if x.list == lists.Exception && o.inForce(x) && holds(x.object, e.Object) && (e.List == lists.Deny || e.List == lists.Gray) {
				apps &^= x.apps
			}
		}
		err = lists.ErrExcepted
	}
	if apps == 0 {
		return nil, 0, err
	}
	for _, x := range o.entries {
		if o.inForce(x) && x.list == e.List && x.object == e.Object && x.apps == apps && x.standing == standing(e.By) {
			o.extend(x, e)
			return x, apps, nil
		}
	}
	return nil, apps, nil
}

func (o *oracle) extend(x *oracleEntry, e *lists.Entry) {
	if e.By.Kind != traffic.Manual && x.extended >= 20 {
		if !later(e.Expires, x.expires) || !e.Expires.IsZero() && e.Expires.Sub(x.expires) < e.Expires.Sub(o.now)/10 {
			return
		}
	}
	x.extended++
	if later(e.Expires, x.expires) {
		x.expires, x.set = e.Expires, o.now
	}
}

// added does what follows once an entry is there.
func (o *oracle) added(x *oracleEntry, by traffic.Author) {
	if standing(by) == 0 {
		o.quiet = slices.DeleteFunc(o.quiet, func(q oracleQuiet) bool {
			return q.list == x.list && q.object == x.object && q.apps&x.apps != 0
		})
	}
	if x.list != lists.Exception {
		return
	}
	for _, y := range o.entries {
		if o.inForce(y) && y.standing == 2 && (y.list == lists.Deny || y.list == lists.Gray) && holds(x.object, y.object) {
			y.apps &^= x.apps
			y.gone = y.apps == 0
		}
	}
}

func (o *oracle) free(x *oracleEntry, apps appSet, by traffic.Author) {
	gone := x.apps & apps
	x.apps &^= apps
	x.gone = x.apps == 0
	if standing(by) != 0 || x.standing == 0 {
		return
	}
	until := o.now.Add(24 * time.Hour)
	if !x.expires.IsZero() {
		until = o.now.Add(x.expires.Sub(x.set) / 2)
	}
	for i := range o.quiet {
		if q := &o.quiet[i]; q.id == x.id {
			q.apps |= gone
			if until.After(q.until) {
				q.until = until
			}
			return
		}
	}
	o.quiet = append(o.quiet, oracleQuiet{x.id, x.list, x.object, gone, until})
}

func (o *oracle) match(object lists.Object, app int) (m lists.Match) {
	hits := slices.Clone(o.entries)
	slices.SortStableFunc(hits, func(a, b *oracleEntry) int {
		if object.Kind == lists.Session {
			return 0
		}
		return max(b.object.Prefix.Bits(), 0) - max(a.object.Prefix.Bits(), 0)
	})
	note := func(id *uint64, x *oracleEntry) {
		if *id == 0 {
			*id = x.id
		}
	}
	for _, x := range hits {
		if !o.inForce(x) || x.apps&(1<<app) == 0 || !holds(x.object, object) {
			continue
		}
		switch x.list {
		case lists.Allow:
			note(&m.Allow, x)
		case lists.Deny:
			note(&m.Deny, x)
		case lists.Gray:
			note(&m.Gray, x)
		case lists.Exception:
			note(&m.Exception, x)
		}
	}
	return m
}

// play is one run: a book, its oracle, and what the book said at each moment.
type play struct {
	*world
	o     oracle
	rng   *rand.Rand
	saved map[time.Time][]lists.Entry
}

func pick[T any](p *play, from []T) T { return from[p.rng.IntN(len(from))] }

func (p *play) step() {
	p.pass(time.Duration(1+p.rng.IntN(900)) * time.Second)
	if p.rng.IntN(40) == 0 {
		p.pass(20 * time.Hour)
	}
	p.o.now = p.now
	switch n := p.rng.IntN(20); {
	case n < 12:
		p.add()
	case n < 14:
		p.remove()
	case n < 16:
		p.removeObject()
	case n < 17:
		p.setExpiry()
	case n < 18:
		p.clear()
	case n < 19:
		p.book.Sweep(p.now)
	default:
		p.book = p.reopen(lists.Config{})
	}
	p.compare()
}

func (p *play) add() {
	e := p.entry(pick(p, oracleLists), pick(p, oracleObjects), pick(p, oraclePeriods), pick(p, oracleAuthors))
	switch p.rng.IntN(3) {
	case 0:
		for range 1 + p.rng.IntN(2) {
			e.Apps = append(e.Apps, oracleApps[p.rng.IntN(4)])
		}
	case 1:
		if p.rng.IntN(3) == 0 {
			e.Except = []traffic.App{oracleApps[p.rng.IntN(4)]}
		}
	}
	x, apps, wantErr := p.o.add(&e)
	got, err := p.book.Add(p.Context(), p.now, e)
	if apps == 0 {
		require.ErrorIs(p, err, wantErr)
		return
	}
	require.NoError(p, err)
	if x == nil {
		x = &oracleEntry{
			id: got.ID, list: e.List, object: e.Object, apps: apps, standing: standing(e.By), expires: e.Expires, set: p.now,
		}
		p.o.entries = append(p.o.entries, x)
	}
	require.Equal(p, x.id, got.ID)
	p.o.added(x, e.By)
}

func (p *play) remove() {
	if len(p.o.entries) == 0 {
		return
	}
	x, by := pick(p, p.o.entries), pick(p, oracleAuthors)
	_, err := p.book.Remove(p.Context(), p.now, x.id, by)
	if !p.o.inForce(x) {
		require.ErrorIs(p, err, lists.ErrEnded)
		return
	}
	require.NoError(p, err)
	p.o.free(x, everyApp, by)
}

func (p *play) removeObject() {
	list, object, by := pick(p, oracleLists), obj(pick(p, oracleObjects)), pick(p, oracleAuthors)
	app, apps := traffic.AllApps, everyApp
	if i := p.rng.IntN(8); i < 4 {
		app, apps = oracleApps[i], 1<<i
	}
	got, err := p.book.RemoveObject(p.Context(), p.now, list, object, app, by)
	require.NoError(p, err)
	var want []uint64
	for _, x := range p.o.entries {
		if p.o.inForce(x) && x.list == list && x.object == object && x.apps&apps != 0 {
			p.o.free(x, apps, by)
			want = append(want, x.id)
		}
	}
	ids := idsOf(got)
	slices.Sort(ids)
	require.Equal(p, want, ids)
}

func (p *play) setExpiry() {
	if len(p.o.entries) == 0 {
		return
	}
	x, until := pick(p, p.o.entries), time.Time{}
	if d := pick(p, oraclePeriods); d != 0 {
		until = p.now.Add(d)
	}
	_, err := p.book.SetExpiry(p.Context(), p.now, x.id, until, anna)
	if !p.o.inForce(x) {
		require.ErrorIs(p, err, lists.ErrEnded)
		return
	}
	require.NoError(p, err)
	if !x.expires.Equal(until) {
		x.expires, x.set = until, p.now
	}
}

func (p *play) clear() {
	list, object := pick(p, oracleLists), obj(pick(p, oracleObjects))
	n, err := p.book.ClearSuppression(p.Context(), p.now, list, object, anna)
	require.NoError(p, err)
	want := 0
	p.o.quiet = slices.DeleteFunc(p.o.quiet, func(q oracleQuiet) bool {
		hit := q.list == list && q.object == object
		if hit && q.until.After(p.now) {
			want++
		}
		return hit
	})
	require.Equal(p, want, n)
}

// compare asks the book and the oracle everything.
func (p *play) compare() {
	for i, app := range oracleApps {
		for _, object := range oracleObjects {
			o := obj(object)
			want := p.o.match(lists.OfAddr(o.Prefix.Addr()), i)
			if o.Kind == lists.Session {
				want = p.o.match(o, i)
			}
			if got := p.check(object, app); got != want { // require would take most of the test's time
				p.Fatalf("%s in %s at %s: %+v, want %+v", object, app, p.now, got, want)
			}
		}
	}
	var want []uint64
	for _, x := range p.o.entries {
		if p.o.inForce(x) {
			want = append(want, x.id)
		}
	}
	now := slices.Collect(p.book.Now(p.now))
	require.Equal(p, want, idsOf(now))
	p.saved[p.now] = now
	object, app := pick(p, oracleObjects), p.rng.IntN(len(oracleApps))
	var until time.Time
	for _, q := range p.o.quiet {
		if q.list == lists.Deny && q.object == obj(object) && q.apps&(1<<app) != 0 && q.until.After(p.now) && q.until.After(until) {
			until = q.until
		}
	}
	got, ok := p.book.Suppressed(p.now, lists.Deny, obj(object), oracleApps[app])
	require.Equal(p, !until.IsZero(), ok)
	require.True(p, got.Equal(until))
}

// TestOracle plays at random against the oracle; afterwards every moment of
// the play must still be what it was, both by At and by the fold of the log
// up to then.
func TestOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for run := range 8 {
		p := &play{
			world: newWorld(t, lists.Config{KeepHistory: -1}),
			rng:   rand.New(rand.NewPCG(seed, uint64(run))), saved: map[time.Time][]lists.Entry{},
		}
		for range 120 {
			p.step()
		}
		for when, want := range p.saved {
			require.Equal(t, want, slices.Collect(p.book.At(when)), "at %s, seed %d, run %d", when, seed, run)
			if p.rng.IntN(4) > 0 {
				continue
			}
			prefix := &logStore{}
			for _, c := range p.store.log {
				if !c.Time.After(when) {
					prefix.log = append(prefix.log, c)
				}
			}
			then, err := lists.Open(t.Context(), prefix, lists.Config{})
			require.NoError(t, err)
			require.Equal(t, want, slices.Collect(then.Now(when)), "fold up to %s, seed %d, run %d", when, seed, run)
		}
	}
}
