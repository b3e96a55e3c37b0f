package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

func sessionsEnded(t *testing.T, s session.Store) {
	require.Error(t, s.Append(ended(), shuffled()))
	require.Empty(t, requests(t, s, session.Query{}))
	fill(t, s, shuffled()...)
	for _, q := range []session.Query{{}, {Sessions: []traffic.SessionID{sid(1)}}, {Request: rid(1)}} {
		n, err := lastError(t, s.Records(ended(), q))
		require.Zero(t, n)
		require.ErrorIs(t, err, context.Canceled)
		n, err = lastError(t, s.Parts(ended(), q))
		require.Zero(t, n)
		require.ErrorIs(t, err, context.Canceled)
	}
}

func sessionsEnds(t *testing.T, s session.Store) {
	const n = 3000
	for i := range uint64(n) {
		fill(t, s, visit(i, i%1500, time.Duration(i)*time.Second))
	}
	for _, q := range []session.Query{{}, {Newest: true}} {
		ctx, cancel := context.WithCancel(t.Context())
		seen := endAfter(t, s.Records(ctx, q), cancel)
		require.Less(t, seen, n)
		ctx, cancel = context.WithCancel(t.Context())
		seen = endAfter(t, s.Parts(ctx, q), cancel)
		require.Less(t, seen, 1500)
	}
}

// endAfter ends the context after the first result, and returns how many
// there were.
func endAfter[T any](t *testing.T, seq func(func(*T, error) bool), cancel func()) (seen int) {
	t.Helper()
	var last error
	for _, err := range seq {
		cancel()
		if last = err; err == nil {
			seen++
		}
	}
	require.ErrorIs(t, last, context.Canceled)
	return seen
}

// sessionsConcurrent has writers with sessions of their own, whose records are
// numbered, while readers check that what they see has no gaps.
func sessionsConcurrent(t *testing.T, s session.Store) {
	const writers, batches, batch = 3, 30, 20
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for w := range uint64(writers) {
		writing.Go(func() {
			for b := range uint64(batches) {
				var recs []traffic.Record
				for i := range uint64(batch) {
					n := b*batch + i
					recs = append(recs, visit(w<<32|n, w, time.Duration(n)*time.Second))
				}
				if err := s.Append(context.Background(), recs); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, q := range []session.Query{{}, {Sessions: []traffic.SessionID{sid(0), sid(1), sid(2)}}} {
		reading.Go(func() {
			for last := false; !last; {
				select {
				case <-done:
					last = true
				default:
				}
				checkPrefix(t, s, q)
				checkParts(t, s, q)
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	require.Len(t, requests(t, s, session.Query{}), writers*batches*batch)
}

// checkPrefix reads once and checks that each writer's records are numbered
// from 0 without a gap.
func checkPrefix(t *testing.T, s session.Store, q session.Query) {
	next := map[uint32]uint32{}
	for r, err := range s.Records(context.Background(), q) {
		if err != nil {
			t.Error(err)
			return
		}
		id := binary.BigEndian.Uint64(r.ID[8:])
		w, n := uint32(id>>32), uint32(id)
		if next[w] != n || r.Session.ID != sid(uint64(w)) {
			t.Errorf("record %d of writer %d in session %s comes where %d was due", n, w, r.Session.ID, next[w])
			return
		}
		next[w]++
	}
}

// checkParts reads once and checks that each part is a beginning of what its
// writer appended.
func checkParts(t *testing.T, s session.Store, q session.Query) {
	for p, err := range s.Parts(context.Background(), q) {
		if err != nil {
			t.Error(err)
			return
		}
		if span := time.Duration(p.Requests-1) * time.Second; p.Duration() != span {
			t.Errorf("part of %d requests, one a second, lasts %v", p.Requests, p.Duration())
		}
	}
}

func sessionsPruneWhileReading(t *testing.T, s session.Store) {
	if _, can := prune(t, s, 0); !can {
		return
	}
	for day := range time.Duration(3) {
		for i := range uint64(200) {
			n := uint64(day)*200 + i
			fill(t, s, visit(n, i%7, day*24*time.Hour+time.Duration(i)*time.Second))
		}
	}
	var ids []traffic.SessionID
	for i := range uint64(7) {
		ids = append(ids, sid(i))
	}
	today := traffic.DayOf(noon)
	for cut, q := range []session.Query{{}, {Sessions: ids}} {
		seen := 0
		for r, err := range s.Records(t.Context(), q) {
			require.NoError(t, err)
			n := binary.BigEndian.Uint64(r.ID[8:])
			want := visit(n, n%200%7, time.Duration(n/200)*24*time.Hour+time.Duration(n%200)*time.Second)
			require.Equal(t, &want, r)
			if seen++; seen == 10 {
				prune(t, s, today+traffic.Day(cut)+1)
				fill(t, s, visit(1e6, 1e6, -24*time.Hour)) // takes up what became free
			}
		}
		require.GreaterOrEqual(t, seen, 200)
		prune(t, s, today)
	}
	n, err := lastError(t, s.Records(ended(), session.Query{}))
	require.True(t, n == 0 && errors.Is(err, context.Canceled))
}
