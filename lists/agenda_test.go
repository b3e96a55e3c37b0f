package lists

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAgenda(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	var a agenda
	var want []int64
	for range 2000 {
		if rng.IntN(3) > 0 || len(want) == 0 {
			at := rng.Int64N(500)
			a.add(at, uint64(at))
			want = append(want, at)
			slices.Sort(want)
			continue
		}
		require.True(t, a.has(want[0]))
		require.False(t, a.has(want[0]-1))
		require.Equal(t, due{want[0], uint64(want[0])}, a.next())
		want = want[1:]
	}
	a = agenda{}
	a.add(forever, 1)
	require.False(t, a.has(forever), "what is forever is never due")
}
