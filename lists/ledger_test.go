package lists

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLedger compares the ledger with a map, under random operations in
// edits of random length, and checks that no published ledger ever changes.
func TestLedger(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	type version struct {
		ledger
		want map[uint64]*item
	}
	var versions []version
	var l ledger
	want := map[uint64]*item{}
	for range 300 {
		own := new(edit)
		for range rng.IntN(20) {
			id := rng.Uint64() >> rng.IntN(64)
			if known := slices.Collect(maps.Keys(want)); len(known) > 0 && rng.IntN(2) == 0 {
				id = known[rng.IntN(len(known))]
			}
			if rng.IntN(3) == 0 {
				l.drop(id, own)
				delete(want, id)
			} else {
				it := &item{id: id}
				l.set(it, own)
				want[id] = it
			}
		}
		versions = append(versions, version{l, maps.Clone(want)})
	}
	for _, v := range versions {
		require.Equal(t, len(v.want), v.n)
		last, n := uint64(0), 0
		for it := range v.all {
			require.True(t, n == 0 || it.id > last, "ids ascend")
			require.Same(t, v.want[it.id], it)
			require.Same(t, it, v.get(it.id))
			last, n = it.id, n+1
		}
		require.Equal(t, v.n, n)
	}
}

func TestLedgerEmpty(t *testing.T) {
	var l ledger
	own := new(edit)
	require.Nil(t, l.get(0))
	l.drop(7, own)
	l.set(&item{id: 1 << 63}, own)
	require.Nil(t, l.get(1))
	l.drop(1<<63, own)
	require.Nil(t, l.root, "the last item takes its pages with it")
	l.set(&item{id: 3}, own)
	require.NotNil(t, l.get(3))
	for range l.all {
		break
	}
}
