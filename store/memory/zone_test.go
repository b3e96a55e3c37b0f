package memory_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/store/memory"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestDaysAreThoseOfTheZone(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	s := memory.NewSessions(memory.Options{Zone: zone})
	// The clock goes back at 2 a.m. on 1 November: the day has 25 hours.
	midnight := time.Date(2026, 11, 1, 0, 0, 0, 0, zone)
	for i, at := range []time.Time{midnight.Add(-1), midnight, midnight.Add(24 * time.Hour), midnight.Add(25*time.Hour - 1), midnight.Add(25 * time.Hour)} {
		r := traffic.Record{ID: traffic.RequestID{byte(i)}, Time: at.UTC()}
		require.NoError(t, s.Append(t.Context(), []traffic.Record{r}))
	}
	var got []string
	for p, err := range s.Parts(t.Context(), session.Query{}) {
		require.NoError(t, err)
		got = append(got, p.Day.String()+":"+string(rune('0'+p.Requests)))
	}
	require.Equal(t, []string{"2026-10-31:1", "2026-11-01:3", "2026-11-02:1"}, got)
	n := 0
	for r, err := range s.Records(t.Context(), session.Query{From: midnight.Add(24 * time.Hour), To: midnight.Add(25 * time.Hour)}) {
		require.NoError(t, err)
		require.Equal(t, time.UTC, r.Time.Location())
		n++
	}
	require.Equal(t, 2, n)
}

func TestEndedContextIsNamed(t *testing.T) {
	s := memory.NewSessions(memory.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Append(ctx, make([]traffic.Record, 3))
	require.ErrorIs(t, err, context.Canceled)
	require.EqualError(t, err, "append 3 records: context canceled")
	_, err = s.Prune(ctx, 20000)
	require.ErrorIs(t, err, context.Canceled)
	require.EqualError(t, err, "prune parts before 2024-10-04: context canceled")
}

func TestDefaults(t *testing.T) {
	bound := func(max int64) int64 { return memory.NewSessions(memory.Options{MaxBytes: max}).Stats().MaxBytes }
	require.EqualValues(t, 256<<20, bound(0))
	require.EqualValues(t, 1<<20, bound(5))
	require.EqualValues(t, 3<<20, bound(3<<20))
	require.Equal(t, int64(1<<63-1), bound(-1), "no bound")
}
