package session

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/traffic"
)

// idOf returns a session id: what looks as random as a keyed hash.
func idOf(n uint64) traffic.SessionID {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	return sha256.Sum256(b[:])
}

var morning = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// come is one request that a client brought the session's value with.
func (l *Live) come(n uint64) glance {
	id := idOf(n)
	return l.touch(&id, &sign{at: morning, brought: true})
}

func (l *Live) knows(n uint64) bool {
	_, ok := l.Get(idOf(n))
	return ok
}

func TestLiveState(t *testing.T) {
	l := NewLive(100)
	id := idOf(1)
	_, ok := l.Get(id)
	require.False(t, ok)

	l.issue(id)
	st, ok := l.Get(id)
	require.True(t, ok)
	require.Equal(t, State{Issued: true}, st, "issued, and not seen yet")

	l.touch(&id, &sign{at: morning, brought: true, user: "joe"})
	l.touch(&id, &sign{at: morning.Add(time.Minute), brought: true, role: "buyer"})
	st, _ = l.Get(id)
	require.Equal(t, State{First: morning, Last: morning.Add(time.Minute), Requests: 2, Issued: true, User: "joe", Role: "buyer"}, st)

	l.touch(&id, &sign{at: morning, user: "ann"})
	st, _ = l.Get(id)
	require.Equal(t, "ann", st.User, "the latest user")
	require.Equal(t, "buyer", st.Role, "stays")
	require.Equal(t, morning.Add(time.Minute), st.Last, "late news do not turn time back")

	l.end(id)
	st, _ = l.Get(id)
	require.True(t, st.Ended)
	require.False(t, st.Issued, "an ended session is no longer trusted as issued")
	l.touch(&id, &sign{at: morning, brought: true, revived: true})
	st, _ = l.Get(id)
	require.False(t, st.Ended)
	require.False(t, st.Issued)
	l.end(id)
	l.issue(id)
	st, _ = l.Get(id)
	require.True(t, st.Issued && !st.Ended, "issued anew")

	other := idOf(2)
	l.end(other)
	st, ok = l.Get(other)
	require.True(t, ok && st.Ended, "an unknown session can be ended too")
	require.Equal(t, 2, l.Len())
}

func TestLiveKeepsUsersShortAndOwned(t *testing.T) {
	l := NewLive(100)
	id := idOf(1)
	g := l.touch(&id, &sign{user: strings.Repeat("é", 200), role: strings.Repeat("r", 300)})
	require.Equal(t, strings.Repeat("é", 128), g.user)
	require.Equal(t, strings.Repeat("r", 256), g.role)
	again := l.touch(&id, &sign{user: strings.Repeat("é", 200)})
	require.Equal(t, g.user, again.user)
	require.Equal(t, strings.Repeat("\x80", 256), clipText(strings.Repeat("\x80", 300), 256), "what is no UTF-8 is cut anywhere")
}

func TestNilLive(t *testing.T) {
	var l *Live
	id := idOf(1)
	l.issue(id)
	l.end(id)
	_, ok := l.Get(id)
	require.False(t, ok)
	require.Zero(t, l.Len())
	require.Equal(t, glance{}, l.glance(&id))
	require.Equal(t, glance{who: who{"joe", ""}, issued: true}, l.touch(&id, &sign{user: "joe", issued: true}))
}

func TestLiveSizes(t *testing.T) {
	f := func(max, shards, room int) {
		t.Helper()
		l := NewLive(max)
		require.Len(t, l.shards, shards)
		require.Equal(t, room, l.Stats().Max)
	}
	f(0, 64, DefaultMaxLive)
	f(-1, 64, DefaultMaxLive)
	f(1, 1, 16)
	f(100, 1, 100)
	f(1000, 2, 1000)
	f(10_001, 32, 9984)
}

// check verifies what must hold of a shard after any operation.
func (s *shard) check(t *testing.T) {
	t.Helper()
	total := 0
	for k := range kinds {
		r := s.rings[k]
		at := r.hand
		for range r.n {
			e := s.entry(at)
			require.Equal(t, k, e.kind)
			require.Equal(t, at, s.entry(e.next).prev)
			id := traffic.SessionID(append(e.id[:], make([]byte, 16)...))
			require.Equal(t, at, s.find(&id), "the index finds it")
			at = e.next
		}
		require.Equal(t, r.hand, at, "the ring closes")
		total += r.n
	}
	require.Equal(t, s.n, total)
	require.Equal(t, s.n, s.index.used)
	require.LessOrEqual(t, s.n, s.most)
	require.LessOrEqual(t, s.above(), s.most-s.reserved(), "newcomers keep their places")
	require.LessOrEqual(t, len(s.whos.list)-len(s.whos.free), s.n)
}

// TestLiveOracle does random things to a small table and to a map that
// forgets nothing: what the table knows must be what the map knows.
func TestLiveOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 5))
	l := NewLive(64)
	type truth struct {
		issued, ended bool
		user          string
		requests      uint32
	}
	all := map[uint64]*truth{}
	for step := range 30_000 {
		n := rnd.Uint64N(200)
		id := idOf(n)
		if all[n] == nil || !l.knows(n) {
			all[n] = &truth{} // forgotten, or never known
		}
		tr := all[n]
		switch rnd.IntN(6) {
		case 0:
			l.issue(id)
			tr.issued, tr.ended = true, false
		case 1:
			l.end(id)
			tr.issued, tr.ended = false, true
		default:
			g := sign{at: morning, brought: rnd.IntN(2) == 0, revived: rnd.IntN(9) == 0}
			g.issued = !g.brought
			if rnd.IntN(3) == 0 {
				g.user = fmt.Sprint("user ", rnd.IntN(5))
				tr.user = g.user
			}
			tr.requests++
			tr.ended = tr.ended && !g.revived && !g.issued
			tr.issued = tr.issued || g.issued
			got := l.touch(&id, &g)
			require.Equal(t, glance{who{tr.user, ""}, tr.issued, tr.ended}, got)
		}
		st, ok := l.Get(id)
		require.True(t, ok, "what was just touched is there")
		require.Equal(t, *tr, truth{st.Issued, st.Ended, st.User, st.Requests})
		if step%100 == 0 {
			l.shards[0].check(t)
		}
	}
}

// TestLiveNewcomersReplaceNewcomers sends an endless stream of sessions that
// are only claimed: whoever came twice, or was issued, stays.
func TestLiveNewcomersReplaceNewcomers(t *testing.T) {
	l := NewLive(4096)
	const regulars, issued = 1000, 200
	for n := range uint64(regulars) {
		l.come(n)
		l.come(n)
	}
	for n := range uint64(issued) {
		l.issue(idOf(10_000 + n))
	}
	for n := range uint64(200_000) {
		l.come(1_000_000 + n)
	}
	for n := range uint64(regulars) {
		require.True(t, l.knows(n), "regular %d", n)
	}
	for n := range uint64(issued) {
		require.True(t, l.knows(10_000+n), "issued %d", n)
	}
	st := l.Stats()
	require.LessOrEqual(t, st.Sessions, 4096)
	require.Zero(t, st.EvictedIssued+st.EvictedReturned+st.EvictedTrusted)
	require.NotZero(t, st.EvictedNew)
}

// TestLiveTrustedOutlastAll adds the costlier streams: what we issue and
// nobody returns with, and invented keys used twice.
func TestLiveTrustedOutlastAll(t *testing.T) {
	l := NewLive(4096)
	const n = 1000
	for i := range uint64(n) {
		l.issue(idOf(i))
		l.come(i)
	}
	require.Equal(t, n, l.Stats().Trusted)
	for i := range uint64(50_000) {
		l.issue(idOf(1_000_000 + i))
		l.come(2_000_000 + i)
		l.come(2_000_000 + i)
		l.come(3_000_000 + i)
	}
	for i := range uint64(n) {
		require.True(t, l.knows(i), "trusted %d", i)
	}
	st := l.Stats()
	require.Zero(t, st.EvictedTrusted)
	require.LessOrEqual(t, st.Sessions, 4096)
	for i := range l.shards {
		l.shards[i].check(t)
	}
}

// TestLiveKeepsTheLively fills the table with trusted sessions of which some
// are used: more of those must still be there than of the idle ones.
func TestLiveKeepsTheLively(t *testing.T) {
	l := NewLive(1024)
	trust := func(i uint64) { l.issue(idOf(i)); l.come(i) }
	for i := range uint64(900) {
		trust(i)
	}
	for i := range uint64(2000) {
		trust(10_000 + i)
		for lively := range uint64(100) {
			if l.knows(lively) {
				l.come(lively)
			}
		}
	}
	lively, idle := 0, 0
	for i := range uint64(900) {
		switch {
		case !l.knows(i):
		case i < 100:
			lively++
		default:
			idle++
		}
	}
	require.Equal(t, 100, lively)
	require.Zero(t, idle)
}

func TestLiveConcurrently(t *testing.T) {
	l := NewLive(500)
	var wg sync.WaitGroup
	for g := range uint64(8) {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(g, 6))
			for range 5000 {
				n := rnd.Uint64N(2000)
				id := idOf(n)
				switch rnd.IntN(5) {
				case 0:
					l.issue(id)
				case 1:
					l.end(id)
				case 2:
					l.Get(id)
				default:
					l.touch(&id, &sign{at: morning, brought: true, user: fmt.Sprint(n)})
				}
			}
		})
	}
	wg.Wait()
	for i := range l.shards {
		l.shards[i].check(t)
	}
}

func TestIndexOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 7))
	var x index
	x.init()
	want := map[uint32]uint32{} // entry to tag
	has := func(tag, ent uint32) bool {
		for at := x.first(tag); ; at = x.next(at) {
			found, e := x.at(at)
			if e == 0 {
				return false
			}
			if found == tag && e == ent {
				return true
			}
		}
	}
	for step := range 20_000 {
		ent := 1 + rnd.Uint32N(300)
		if tag, in := want[ent]; in {
			x.remove(tag, ent)
			delete(want, ent)
		} else {
			tag = rnd.Uint32N(40) // few tags: long runs of collisions
			x.add(tag, ent)
			want[ent] = tag
		}
		if step%50 == 0 {
			for e := uint32(1); e <= 300; e++ {
				tag, in := want[e]
				if in {
					require.True(t, has(tag, e))
				}
			}
			require.Equal(t, len(want), x.used)
		}
	}
}

// TestLiveMemory states the bytes per live session.
func TestLiveMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a table of a million")
	}
	const n = 1 << 20
	measure := func(user func(uint64) string) float64 {
		before := heap()
		l := NewLive(n)
		for i := range uint64(n) {
			id := idOf(i)
			l.touch(&id, &sign{at: morning, brought: true, user: user(i)})
		}
		per := float64(heap()-before) / float64(l.Len())
		require.Greater(t, l.Len(), n*95/100) // shards fill a little unevenly
		runtime.KeepAlive(l)
		return per
	}
	bare := measure(func(uint64) string { return "" })
	named := measure(func(i uint64) string { return fmt.Sprintf("user-%08d", i) })
	t.Logf("%.0f bytes per live session, %.0f with a user of 13 bytes", bare, named)
	require.Less(t, bare, 90.0)
	require.Less(t, named, 160.0)
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestLiveAllocatesNothing(t *testing.T) {
	if testkit.Race {
		t.Skip("allocations are not counted under race")
	}
	l := NewLive(1000)
	ids := make([]traffic.SessionID, 4000)
	for i := range ids {
		ids[i] = idOf(uint64(i))
		l.touch(&ids[i], &sign{at: morning, brought: true})
	}
	i := 0
	require.Zero(t, testing.AllocsPerRun(10_000, func() {
		i = (i + 1) % len(ids)
		l.touch(&ids[i], &sign{at: morning, brought: true}) // hits and evictions alike
		l.glance(&ids[i])
	}))
}

func BenchmarkTouch(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		ids := make([]traffic.SessionID, n)
		l := NewLive(1 << 21)
		for i := range ids {
			ids[i] = idOf(uint64(i))
			l.come(uint64(i))
			l.come(uint64(i))
		}
		rand.Shuffle(n, func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if i++; i == n {
					i = 0
				}
				l.touch(&ids[i], &sign{at: morning, brought: true})
			}
		})
	}
}

// BenchmarkTouchNew is a flood of sessions that come once, at a full table.
func BenchmarkTouchNew(b *testing.B) {
	l := NewLive(100_000)
	ids := make([]traffic.SessionID, 1<<20)
	for i := range ids {
		ids[i] = idOf(uint64(i))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		l.touch(&ids[i%len(ids)], &sign{at: morning, brought: true})
	}
}
