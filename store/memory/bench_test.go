package memory

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// crowd makes typical traffic of many sessions at no cost worth measuring.
type crowd struct {
	sessions []traffic.Record
	paths    []string
	rnd      *rand.Rand
	n        int64
	step     time.Duration
}

func newCrowd(sessions int, step time.Duration) *crowd {
	c := &crowd{rnd: rand.New(rand.NewPCG(5, 6)), step: step}
	for i := range sessions {
		c.sessions = append(c.sessions, typicalRecord(c.rnd, uint64(i)))
	}
	for i := range 20_000 {
		c.paths = append(c.paths, fmt.Sprintf("/api/v1/orders/%d", i))
	}
	return c
}

// fill makes the next records, of sessions chosen at random: the worst case,
// as no session is in a segment twice but by chance.
func (c *crowd) fill(recs []traffic.Record) {
	for i := range recs {
		r := &recs[i]
		*r = c.sessions[c.rnd.IntN(len(c.sessions))]
		put64(r.ID[:], c.rnd.Uint64())
		put64(r.ID[8:], c.rnd.Uint64())
		r.Time = start.Add(time.Duration(c.n)*c.step + time.Duration(c.rnd.Int64N(int64(c.step))))
		r.Duration = time.Duration(c.rnd.Int64N(2e8))
		r.Path = c.paths[c.rnd.IntN(len(c.paths))]
		r.BytesOut = c.rnd.Int64N(20000)
		c.n++
	}
}

// grown appends so many records.
func (c *crowd) grow(tb testing.TB, s *Sessions, records int) {
	batch := make([]traffic.Record, 1000)
	for n := 0; n < records; n += len(batch) {
		c.fill(batch)
		require.NoError(tb, s.Append(context.Background(), batch))
	}
}

// The figures of the documentation:
//
//	go test -run TestBytesPerRecord -v -records 1000000 -sessions 100000 ./store/memory
//	go test -run TestBytesPerRecord -v -records 10000000 -sessions 1000000 ./store/memory
//
// The second one takes a minute or so and 2.5 GiB.
var (
	recordsFlag  = flag.Int("records", 200_000, "how many records to measure memory with")
	sessionsFlag = flag.Int("sessions", 20_000, "of how many sessions")
)

func TestBytesPerRecord(t *testing.T) {
	if testkit.Race {
		t.Skip("memory differs under race")
	}
	sessions, records := *sessionsFlag, *recordsFlag
	c := newCrowd(sessions, time.Millisecond)
	s := NewSessions(Options{MaxBytes: -1})
	before := liveHeap()
	began := time.Now()
	c.grow(t, s, records)
	took := time.Since(began)
	used := liveHeap() - before
	st := s.Stats()
	table := s.parts.bytes + s.index.bytes
	t.Logf("%d records in %d parts: %d MiB live, %d MiB counted; made and appended in %.1f s",
		st.Records, st.Parts, used>>20, st.Bytes>>20, took.Seconds())
	perRecord, perPart := float64(s.segBytes)/float64(st.Records), float64(table)/float64(st.Parts)
	t.Logf("%.1f bytes a record, %.1f bytes a part, %.1f bytes a record in all", perRecord, perPart, float64(used)/float64(st.Records))
	require.Less(t, perRecord, 120.0)
	require.Less(t, perPart, 200.0)
	require.InEpsilon(t, st.Bytes, used, 0.05, "what is counted is what is used")
	s.queries(t, c)
	runtime.KeepAlive(c)
}

// queries shows how long typical questions take.
func (s *Sessions) queries(t *testing.T, c *crowd) {
	id := c.sessions[len(c.sessions)/2].Session.ID
	var last traffic.RequestID
	for r := range s.Records(t.Context(), session.Query{Newest: true, Limit: 1}) {
		last = r.ID
	}
	user := c.sessions[7].Session.User
	for _, q := range []struct {
		what string
		session.Query
	}{
		{"one session", session.Query{Sessions: []traffic.SessionID{id}}},
		{"one request", session.Query{Request: last}},
		{"newest 100", session.Query{Newest: true, Limit: 100}},
		{"one user", session.Query{Users: []string{user}}},
	} {
		began, n := time.Now(), 0
		for _, err := range s.Records(t.Context(), q.Query) {
			require.NoError(t, err)
			n++
		}
		records := time.Since(began)
		began, parts := time.Now(), 0
		q.Limit = 100
		for _, err := range s.Parts(t.Context(), q.Query) {
			require.NoError(t, err)
			parts++
		}
		t.Logf("%-12s %6d records in %9v, %4d parts in %9v", q.what, n, records.Round(time.Microsecond), parts, time.Since(began).Round(time.Microsecond))
	}
}

// fresh gives records texts of their own, as the middleware makes them: just
// written, not somewhere in a large heap.
func fresh(recs []traffic.Record) {
	for i := range recs {
		r := &recs[i]
		for _, s := range []*string{
			&r.Client.UserAgent, &r.Client.JA3, &r.Client.JA4, &r.Session.User, &r.Session.Role,
			&r.Session.Key.Value, &r.Host, &r.Path, &r.Params[1].Value,
		} {
			*s = strings.Clone(*s)
		}
		r.Params = slices.Clone(r.Params)
		r.Params[0].Value = r.Session.Key.Value
	}
}

// BenchmarkAppend measures Append alone: making the records is not counted.
func BenchmarkAppend(b *testing.B) {
	for _, sessions := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			c := newCrowd(sessions, time.Millisecond)
			s := NewSessions(Options{})
			batch := make([]traffic.Record, 256)
			var took time.Duration
			for b.Loop() {
				c.fill(batch)
				fresh(batch)
				began := time.Now()
				if err := s.Append(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
				took += time.Since(began)
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/float64(len(batch)), "ns/record")
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	tp := newTape(0)
	r := typicalRecord(rand.New(rand.NewPCG(1, 2)), 1)
	tp.add(&r)
	tp.add(&r)
	var dec decoder
	var got traffic.Record
	b.ReportAllocs()
	for b.Loop() {
		h, _ := readHead(tp.enc.b, tp.at[1], 9, 0)
		if err := dec.record(tp.enc.b, &h, &tp.w, &got); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecords(b *testing.B) {
	c := newCrowd(10_000, time.Millisecond)
	s := NewSessions(Options{MaxBytes: -1})
	c.grow(b, s, 200_000)
	id := c.sessions[5].Session.ID
	for _, q := range []struct {
		name string
		session.Query
	}{
		{"all", session.Query{}},
		{"none match", session.Query{Methods: []string{"POST"}}},
		{"request", session.Query{Request: traffic.RequestID{1}}},
		{"newest 50", session.Query{Newest: true, Limit: 50}},
		{"session", session.Query{Sessions: []traffic.SessionID{id}}},
	} {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range s.Records(b.Context(), q.Query) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkParts(b *testing.B) {
	c := newCrowd(10_000, time.Millisecond)
	s := NewSessions(Options{MaxBytes: -1})
	c.grow(b, s, 200_000)
	for _, q := range []struct {
		name string
		session.Query
	}{
		{"all 10000", session.Query{}},
		{"newest 50", session.Query{Newest: true, Limit: 50}},
	} {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range s.Parts(b.Context(), q.Query) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func TestAppendAllocatesLittle(t *testing.T) {
	if testkit.Race {
		t.Skip("allocations differ under race")
	}
	c := newCrowd(5_000, time.Millisecond)
	s := NewSessions(Options{MaxBytes: 32 << 20})
	c.grow(t, s, 600_000) // past the bound, so that evicting is in
	batches := make([][]traffic.Record, 400)
	for i := range batches {
		batches[i] = make([]traffic.Record, 256)
		c.fill(batches[i])
	}
	i := 0
	allocs := testing.AllocsPerRun(len(batches)-1, func() {
		_ = s.Append(context.Background(), batches[i])
		i++
	})
	t.Logf("%.2f allocations for a batch of 256 records", allocs)
	require.LessOrEqual(t, allocs, 2.0)
	require.NotZero(t, s.Stats().Evicted.Records)
}
