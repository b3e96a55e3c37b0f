package memory

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/store/storetest"
	"github.com/chaperone-go/chaperone/traffic"
)

// Segments of a few records each: every chain and every scan crosses many.
func TestSessionsInTinySegments(t *testing.T) {
	storetest.Sessions(t, func(*testing.T) session.Store {
		s := NewSessions(Options{})
		s.largest = 700
		return s
	})
}

// check compares what the store counts with what it holds.
func (s *Sessions) check(t *testing.T) {
	t.Helper()
	s.mu.RLock()
	defer s.mu.RUnlock()
	kept := map[uint32]uint32{}
	records := 0
	var segBytes, wordBytes int64
	for _, d := range s.days {
		require.NotEmpty(t, d.segs, "a day without segments is gone")
		var dayBytes int64
		for i, g := range d.segs {
			require.Equal(t, d.segs[0].seq+uint32(i), g.seq)
			dayBytes += g.bytes()
			n := 0
			for at := 1; at < len(g.data); n++ {
				h, ok := readHead(g.data, at, g.seq, g.base)
				require.True(t, ok)
				p := s.parts.get(h.slot)
				require.NotNil(t, p, "a record's part is there")
				require.Equal(t, d.day, p.day)
				kept[h.slot]++
				at = h.end
			}
			require.Equal(t, n, g.records)
			records += n
		}
		require.Equal(t, dayBytes, d.bytes)
		segBytes += dayBytes
	}
	require.Equal(t, segBytes, s.segBytes)
	for _, g := range s.open {
		wordBytes += g.words.bytes()
	}
	for _, w := range s.spare {
		wordBytes += w.bytes()
	}
	require.Equal(t, wordBytes, s.wordBytes)
	require.LessOrEqual(t, len(s.open), maxOpen)
	require.LessOrEqual(t, len(s.open)+len(s.spare), maxOpen+1)
	require.Equal(t, records, s.stats.Records)
	s.checkParts(t, kept)
}

func (s *Sessions) checkParts(t *testing.T, kept map[uint32]uint32) {
	t.Helper()
	require.Equal(t, len(kept), s.parts.parts)
	cut, chunks := 0, 0
	for slot, n := range kept {
		p := s.parts.at(slot)
		require.Equal(t, n, p.kept)
		found, ok := s.index.find(&s.parts, &p.id, p.day)
		require.True(t, ok, "a part is found by its name")
		require.Equal(t, slot, found)
		if p.cut() {
			cut++
		}
	}
	require.Equal(t, cut, s.stats.Cut)
	for n, c := range s.parts.chunks {
		if c == nil {
			require.Contains(t, s.parts.vacant, uint32(n))
			continue
		}
		chunks++
		require.NotZero(t, c.live)
		if c.free != 0 {
			require.Equal(t, uint32(n), s.parts.room[c.place])
		}
	}
	require.EqualValues(t, int64(chunks)*chunkBytes, s.parts.bytes)
	entries := 0
	for i := range s.index.shards {
		entries += s.index.shards[i].used
	}
	require.Equal(t, len(kept), entries)
}

// numbered makes a small record whose request id is its number.
func numbered(n uint64, of uint64, at time.Time) traffic.Record {
	var r traffic.Record
	binary.BigEndian.PutUint64(r.ID[8:], n)
	put64(r.Session.ID[:], of)
	r.Time, r.Host, r.Path, r.Method, r.Status, r.BytesOut = at, "example.com", "/a", "GET", 200, 10
	return r
}

var start = time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)

func TestEndlessNewSessionsStayInTheBound(t *testing.T) {
	const bound, batch = 2 << 20, 500
	total := uint64(unlessRace(200_000))
	s := NewSessions(Options{MaxBytes: bound})
	rnd := seeded(t)
	var recs []traffic.Record
	for n := uint64(0); n < total; {
		recs = recs[:0]
		for range batch {
			r := typicalRecord(rnd, n)
			r.Time = start.Add(time.Duration(n) * time.Millisecond)
			recs = append(recs, r)
			n++
		}
		require.NoError(t, s.Append(t.Context(), recs))
		require.LessOrEqual(t, s.Stats().Bytes, int64(bound))
	}
	s.check(t)
	st := s.Stats()
	require.EqualValues(t, total, st.Appended)
	require.EqualValues(t, total, st.Records+int(st.Evicted.Records), "each record is held or counted as lost")
	require.EqualValues(t, total, st.Parts+int(st.Evicted.Parts))
	require.Greater(t, st.Bytes, int64(bound*3/4), "the bound is used")
	first := firstOf(t, s)
	require.Equal(t, st.EvictedUntil.Add(time.Millisecond), first.Time, "the oldest went, no other")
	t.Logf("%+v", st)
}

func firstOf(t *testing.T, s *Sessions) *traffic.Record {
	t.Helper()
	for r, err := range s.Records(t.Context(), session.Query{}) {
		require.NoError(t, err)
		return r
	}
	t.Fatal("no records")
	return nil
}

func TestHeapStaysInTheBound(t *testing.T) {
	if testkit.Race {
		t.Skip("memory differs under race")
	}
	const bound = 4 << 20
	s := NewSessions(Options{MaxBytes: bound})
	rnd := seeded(t)
	before := liveHeap()
	for n := range uint64(100_000) {
		r := typicalRecord(rnd, n)
		r.Time = start.Add(time.Duration(n) * time.Millisecond)
		require.NoError(t, s.Append(t.Context(), []traffic.Record{r}))
	}
	used := liveHeap() - before
	t.Logf("heap %d KiB, counted %d KiB, bound %d KiB", used>>10, s.Stats().Bytes>>10, bound>>10)
	require.Less(t, used, int64(bound*11/10), "what is counted is what is used")
	runtime.KeepAlive(s)
}

// A session that goes on all day while others come and go loses its oldest
// records, and its numbers stay exact.
func TestCutPartKeepsExactNumbers(t *testing.T) {
	s := NewSessions(Options{MaxBytes: 1})
	const total = 60_000
	own := 0
	for n := range uint64(total) {
		of := n
		r := numbered(n, of, start.Add(time.Duration(n)*time.Millisecond))
		if n%3 == 0 {
			own++
			put64(r.Session.ID[:], 1<<40)
			r.App, r.BytesIn, r.Login = 4, 3, traffic.LoginFailed
			r.Session.Strength, r.Session.User = traffic.StrengthStrong, "joe"
			if n%2 == 0 {
				r.Hits = []traffic.Hit{{Type: "sqli"}, {Type: "xss"}}
				r.Verdict.Action = traffic.Block
			}
		}
		require.NoError(t, s.Append(t.Context(), []traffic.Record{r}))
	}
	s.check(t)
	require.Equal(t, 1, s.Stats().Cut)
	var id traffic.SessionID
	put64(id[:], 1<<40)
	parts := 0
	for p, err := range s.Parts(t.Context(), session.Query{Sessions: []traffic.SessionID{id}}) {
		require.NoError(t, err)
		parts++
		require.Equal(t, own, p.Requests)
		require.Equal(t, own/2, p.Blocked)
		require.Equal(t, own/2, p.Malicious)
		require.Equal(t, own, p.LoginsFailed)
		require.Equal(t, own, p.Attacks.Total())
		require.Equal(t, own, p.Apps.Total())
		require.Equal(t, own, p.Statuses.Total())
		require.Equal(t, own, p.Keys.Total())
		require.Less(t, p.Users.Total(), own, "lists tell of the records that are left")
		require.EqualValues(t, own*3, p.BytesIn)
		require.EqualValues(t, own*10, p.BytesOut)
		require.Equal(t, start, p.First)
		require.Equal(t, start.Add((total-3)*time.Millisecond), p.Last)
	}
	require.Equal(t, 1, parts)
	for p, err := range s.Parts(t.Context(), session.Query{Sessions: []traffic.SessionID{id}, From: start.Add(time.Second)}) {
		require.NoError(t, err)
		require.Less(t, p.Requests, own, "an interval that cuts through tells of what is left")
		require.True(t, p.First.After(s.Stats().EvictedUntil))
	}
}

func TestLateRecordsDoNotPushOutNewOnes(t *testing.T) {
	s := NewSessions(Options{MaxBytes: 1})
	n := uint64(0)
	for ; s.Stats().Evicted.Records == 0; n++ {
		require.NoError(t, s.Append(t.Context(), []traffic.Record{numbered(n, n, start.Add(time.Duration(n)*time.Millisecond))}))
	}
	before := s.Stats()
	for i := range uint64(100) {
		require.NoError(t, s.Append(t.Context(), []traffic.Record{numbered(n+i, n+i, start.Add(-time.Duration(i)*24*time.Hour))}))
	}
	after := s.Stats()
	require.GreaterOrEqual(t, after.Records, before.Records*9/10)
	require.EqualValues(t, after.Appended, after.Records+int(after.Evicted.Records))
	s.check(t)
}

func TestRefusedRecord(t *testing.T) {
	s := NewSessions(Options{MaxBytes: 1})
	r := numbered(1, 1, start)
	r.Path = "/" + string(make([]byte, minMaxBytes/boundRecords))
	require.NoError(t, s.Append(t.Context(), []traffic.Record{r, numbered(2, 2, start)}))
	st := s.Stats()
	require.EqualValues(t, 1, st.Refused)
	require.Equal(t, 1, st.Records)
	s.check(t)
}

// Random appends, prunes and bounds; what the store counts stays right.
func TestBooksBalance(t *testing.T) {
	rnd := seeded(t)
	for range unlessRace(20) {
		s := NewSessions(Options{MaxBytes: 1 << 20, Zone: time.FixedZone("east", 5*3600)})
		s.largest = int64(500 + rnd.IntN(40_000))
		for n := uint64(0); n < 20_000; {
			recs := make([]traffic.Record, rnd.IntN(800))
			for i := range recs {
				n++
				recs[i] = numbered(n, rnd.Uint64N(1+n/5), randomTime(rnd, n))
			}
			require.NoError(t, s.Append(t.Context(), recs))
			require.LessOrEqual(t, s.Stats().Bytes, int64(1<<20))
			if rnd.IntN(10) == 0 {
				_, err := s.Prune(t.Context(), traffic.DayOf(start.Add(time.Duration(n)*time.Minute))-traffic.Day(rnd.IntN(7)))
				require.NoError(t, err)
			}
		}
		s.check(t)
		st := s.Stats()
		require.EqualValues(t, st.Appended, uint64(st.Records)+st.Evicted.Records+st.Pruned.Records)
		_, err := s.Prune(t.Context(), 1<<20)
		require.NoError(t, err)
		s.check(t)
		st = s.Stats()
		require.Zero(t, st.Records+st.Parts+st.Segments+st.Days+st.Cut)
		require.EqualValues(t, st.Appended, st.Evicted.Records+st.Pruned.Records)
	}
}

// randomTime goes forward a minute each, now and then days back or ahead.
func randomTime(rnd *rand.Rand, n uint64) time.Time {
	at := start.Add(time.Duration(n) * time.Minute)
	if rnd.IntN(10) == 0 {
		at = at.Add(time.Duration(rnd.IntN(10)-8) * 24 * time.Hour)
	}
	return at
}

// liveHeap returns the bytes of live objects.
func liveHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
