package memory

import (
	"context"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// tracked makes a record from which its session can be told: readers check
// that a slot that went to another part never shows the wrong one.
func tracked(n uint64) traffic.Record {
	of := n
	if n%4 == 0 {
		of = n % 64
	}
	r := numbered(n, of, start.Add(time.Duration(n)*time.Second))
	r.Session.Key.Value = hashed(of)
	r.Status = int(of % 500)
	return r
}

func hashed(of uint64) string {
	const zeros = "k1:000000000000000000000000000000000000000000000000"
	b := []byte(zeros)
	for i := range 16 {
		b = append(b, "0123456789abcdef"[of>>(60-4*i)&15])
	}
	return string(b)
}

func checkTracked(t *testing.T, r *traffic.Record) bool {
	n := binary.BigEndian.Uint64(r.ID[8:])
	want := tracked(n)
	if r.Session != want.Session || !r.Time.Equal(want.Time) || r.Status != want.Status {
		t.Errorf("record %d came as %+v", n, r)
		return false
	}
	return true
}

// While a writer fills a store far beyond its bound and prunes it now and then,
// readers of every kind see whole records of the right sessions, in order.
func TestReadersWhileEvicting(t *testing.T) {
	s := NewSessions(Options{MaxBytes: 1})
	s.largest = 4000
	var written atomic.Uint64
	var readers sync.WaitGroup
	done := make(chan struct{})
	some := session.Query{}
	for i := range uint64(64) {
		some.Sessions = append(some.Sessions, tracked(i*4).Session.ID)
	}
	newest := some
	newest.Newest = true
	for _, q := range []session.Query{{}, {Newest: true}, some, newest, {Status: []session.StatusRange{{From: 3, To: 9}}}} {
		readers.Go(func() {
			for last := false; !last; {
				select {
				case <-done:
					last = true
				default:
				}
				readTracked(t, s, q)
			}
		})
	}
	for total := uint64(unlessRace(60_000)); written.Load() < total; {
		recs := make([]traffic.Record, 100)
		for i := range recs {
			recs[i] = tracked(written.Add(1))
		}
		require.NoError(t, s.Append(context.Background(), recs))
		if n := written.Load(); n%5000 == 0 {
			_, err := s.Prune(context.Background(), traffic.DayOf(start.Add(time.Duration(n)*time.Second)))
			require.NoError(t, err)
		}
	}
	close(done)
	readers.Wait()
	s.check(t)
	require.NotZero(t, s.Stats().Evicted.Records)
}

func readTracked(t *testing.T, s *Sessions, q session.Query) {
	var last time.Time
	for r, err := range s.Records(context.Background(), q) {
		if err != nil {
			t.Error(err)
			return
		}
		if !checkTracked(t, r) {
			return
		}
		if !last.IsZero() && r.Time.Before(last) != q.Newest {
			t.Errorf("%v comes after %v", r.Time, last)
			return
		}
		last = r.Time
	}
	for p, err := range s.Parts(context.Background(), q) {
		if err != nil {
			t.Error(err)
			return
		}
		if p.Statuses.Total() != p.Requests || len(p.Statuses.List) > 1 {
			t.Errorf("part of %d requests has status codes %+v", p.Requests, p.Statuses)
			return
		}
	}
}

// A reader that stops in the middle keeps nothing locked.
func TestSlowReaderHoldsNobodyUp(t *testing.T) {
	s := NewSessions(Options{MaxBytes: 1})
	for n := range uint64(5000) {
		require.NoError(t, s.Append(t.Context(), []traffic.Record{tracked(n)}))
	}
	seen := 0
	for r, err := range s.Records(t.Context(), session.Query{}) {
		require.NoError(t, err)
		require.True(t, checkTracked(t, r))
		if seen++; seen == 100 {
			for n := range uint64(50_000) { // all that was there is gone now
				require.NoError(t, s.Append(t.Context(), []traffic.Record{tracked(100_000 + n)}))
			}
		}
	}
	require.GreaterOrEqual(t, seen, 100)
	require.Less(t, seen, 5000, "what was evicted before its turn does not come")
	s.check(t)
}
