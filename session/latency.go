package session

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets that grow with the value: 16 for each
// power of two, so a bucket is at most 1/16 of its values wide and its middle
// at most 1/32 off. The unit is 1.024 µs; durations below 16 units have a
// bucket each, those beyond 19 hours share the last one.
type histogram struct {
	counts   [buckets]uint32
	n        int
	min, max time.Duration
}

const (
	unitBits = 10 // a unit is 2^10 ns
	subBits  = 4  // 2^4 buckets for each power of two
	topBits  = 36 // values of more bits share the last bucket
	buckets  = (topBits - subBits + 1) << subBits
)

func bucketOf(d time.Duration) int {
	u := uint64(d) >> unitBits
	n := bits.Len64(u)
	switch {
	case n <= subBits:
		return int(u)
	case n > topBits:
		return buckets - 1
	}
	shift := n - subBits - 1
	return (shift+1)<<subBits + int(u>>shift)&(1<<subBits-1)
}

// bucketMid returns the middle of bucket i.
func bucketMid(i int) time.Duration {
	low, width := uint64(i), uint64(1)
	if exp := i >> subBits; exp > 0 {
		width = 1 << (exp - 1)
		low = (1<<subBits + uint64(i)&(1<<subBits-1)) * width
	}
	return time.Duration(low<<unitBits + width<<unitBits/2)
}

// add counts d; a negative duration, from a clock that was set back, is 0.
func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	if h.n == 0 || d < h.min {
		h.min = d
	}
	h.max = max(h.max, d)
	h.n++
	h.counts[bucketOf(d)]++
}

// latency returns the summary. The median is the lower one of an even number.
func (h *histogram) latency() Latency {
	if h.n == 0 {
		return Latency{}
	}
	need := uint32(h.n+1) / 2
	for i, c := range h.counts {
		if c >= need {
			return Latency{Min: h.min, Median: min(max(bucketMid(i), h.min), h.max), Max: h.max}
		}
		need -= c
	}
	return Latency{Min: h.min, Median: h.max, Max: h.max}
}
