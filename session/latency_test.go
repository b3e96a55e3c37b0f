package session

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHistogramBuckets(t *testing.T) {
	last := -1
	for u := uint64(0); u < 1<<20; u++ {
		d := time.Duration(u << unitBits)
		i := bucketOf(d)
		require.True(t, i == last || i == last+1, "buckets have no holes: %d after %d at %v", i, last, d)
		last = i
		if u >= 16 {
			require.InEpsilon(t, float64(d), float64(bucketMid(i)), 0.0651, "%v", d)
		}
	}
	require.Equal(t, buckets-1, bucketOf(1<<63-1))
	require.Less(t, bucketOf(19*time.Hour), buckets)
}

// TestLatencyOracle compares with the exact numbers.
func TestLatencyOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 3))
	for range 300 {
		var h histogram
		var all []time.Duration
		for range 1 + rnd.IntN(100) {
			d := time.Duration(rnd.ExpFloat64() * float64(30*time.Millisecond))
			all = append(all, d)
			h.add(d)
		}
		slices.Sort(all)
		got, want := h.latency(), all[(len(all)-1)/2]
		require.Equal(t, all[0], got.Min)
		require.Equal(t, all[len(all)-1], got.Max)
		require.InDelta(t, float64(want), float64(got.Median), 0.032*float64(want)+1024)
	}
}

func TestLatencyOddTimes(t *testing.T) {
	var h histogram
	require.Equal(t, Latency{}, h.latency())
	h.add(-time.Second)
	require.Equal(t, Latency{}, h.latency(), "a clock set back counts as no time")
	h.add(1000 * time.Hour)
	require.Equal(t, 1000*time.Hour, h.latency().Max)
}
