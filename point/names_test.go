package point

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNameTable compares the table with a map.
func TestNameTable(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		names := map[string]*node{}
		for range r.IntN(200) {
			names[randomName(r)] = &node{}
		}
		var entries []nameEntry
		for name, n := range names {
			entries = append(entries, nameEntry{name, n})
		}
		table := newNameTable(entries)
		for name, n := range names {
			require.Same(t, n, lookup(&table, name))
			require.Same(t, n, lookup(&table, []byte(name)))
		}
		for range 1000 {
			name := randomName(r)
			require.True(t, names[name] == lookup(&table, name), "seed %d: %q", seed, name)
		}
	}
}

func randomName(r *rand.Rand) string {
	b := make([]byte, r.IntN(12))
	for i := range b {
		b[i] = "abcd"[r.IntN(4)]
	}
	return string(b)
}

// TestNamesThatCollide puts in names whose ends are all the same, which the
// hash cannot tell apart.
func TestNamesThatCollide(t *testing.T) {
	var entries []nameEntry
	for i := range 100 {
		entries = append(entries, nameEntry{fmt.Sprintf("prefix__%04d__suffix", i), &node{}})
	}
	table := newNameTable(entries)
	require.NotNil(t, table.large)
	for _, e := range entries {
		require.Same(t, e.node, lookup(&table, e.name))
	}
	require.Nil(t, lookup(&table, "prefix__9999__suffix"))
}

func TestManyNames(t *testing.T) {
	var entries []nameEntry
	for i := range 5000 {
		entries = append(entries, nameEntry{fmt.Sprint(i), &node{}})
	}
	table := newNameTable(entries)
	for _, e := range entries {
		require.Same(t, e.node, lookup(&table, e.name))
	}
	require.Nil(t, lookup(&table, "5000"))
}

func TestNoNames(t *testing.T) {
	table := newNameTable(nil)
	require.Nil(t, lookup(&table, ""))
	require.Nil(t, lookup(&table, "a"))
	table = newNameTable([]nameEntry{{"", &node{}}})
	require.NotNil(t, lookup(&table, ""))
	require.Nil(t, lookup(&table, strings.Repeat("a", 64)))
}

func BenchmarkLookup(b *testing.B) {
	names := strings.Fields("PHPSESSID JSESSIONID session_id sid connect.sid ASP.NET_SessionId token access_token auth jwt laravel_session _session_id")
	var entries []nameEntry
	m := map[string]*node{}
	for _, name := range names {
		entries = append(entries, nameEntry{name, &node{}})
		m[name] = &node{}
	}
	table := newNameTable(entries)
	asked := [][]byte{[]byte("page"), []byte("q"), []byte("_ga"), []byte("session_id"), []byte("utm_source"), []byte("lang"), []byte("theme"), []byte("cf_clearance")}
	b.Run("table", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			lookup(&table, asked[i&7])
			i++
		}
	})
	b.Run("map", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			_ = m[string(asked[i&7])]
			i++
		}
	})
}
