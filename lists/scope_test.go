package lists

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

func TestNewScope(t *testing.T) {
	require.Nil(t, newScope(nil, nil))
	require.Nil(t, newScope([]traffic.App{3, traffic.AllApps}, nil), "all applications among others are all")
	require.Equal(t, []traffic.App{-1, 2, 5}, newScope([]traffic.App{5, 2, -1, 5}, nil).apps)
	apps, except := newScope(nil, []traffic.App{4, 4}).lists()
	require.Nil(t, apps)
	require.Equal(t, []traffic.App{4}, except)
	apps, except = (*scope)(nil).lists()
	require.Nil(t, apps)
	require.Nil(t, except)
}

// TestScopeAlgebra compares every operation with sets of five applications,
// the last of which stands for all that are never named.
func TestScopeAlgebra(t *testing.T) {
	const others = 5
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	random := func() *scope {
		switch rng.IntN(4) {
		case 0:
			return nil
		case 1:
			return new(scope)
		}
		s := &scope{not: rng.IntN(2) == 0}
		for a := traffic.App(1); a < others; a++ {
			if rng.IntN(2) == 0 {
				s.apps = append(s.apps, a)
			}
		}
		return s
	}
	for range 5000 {
		a, b := random(), random()
		minus, union := a.minus(b), a.union(b)
		meets, equal, empty := false, true, true
		for app := traffic.App(1); app <= others; app++ {
			inA, inB := a.has(app), b.has(app)
			require.Equal(t, inA && !inB, minus.has(app), "%v minus %v: %d", a, b, app)
			require.Equal(t, inA || inB, union.has(app), "%v union %v: %d", a, b, app)
			meets = meets || inA && inB
			equal = equal && inA == inB
			empty = empty && !inA
		}
		require.Equal(t, meets, a.meets(b), "%v meets %v", a, b)
		require.Equal(t, equal, a.equal(b), "%v equal %v", a, b)
		require.Equal(t, empty, a.empty(), "%v empty", a)
		if !empty {
			require.True(t, newScope(a.lists()).equal(a), "%v there and back", a)
		}
	}
}
