package memory

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

// The index and the table against a map, on random parts that come and go.
func TestIndexAndTableLikeAMap(t *testing.T) {
	type name struct {
		id  traffic.SessionID
		day traffic.Day
	}
	rnd := seeded(t)
	var x index
	var tab table
	oracle := map[name]uint32{}
	var names []name
	for range 60_000 {
		if len(names) > 0 && rnd.IntN(100) < 48 {
			i := rnd.IntN(len(names))
			n := names[i]
			names[i] = names[len(names)-1]
			names = names[:len(names)-1]
			x.remove(&n.id, n.day, oracle[n])
			tab.release(oracle[n])
			delete(oracle, n)
		} else {
			var n name
			n.day = traffic.Day(rnd.IntN(3))
			put64(n.id[8*rnd.IntN(4):], rnd.Uint64N(4000)) // ids with little in them
			slot, found := x.find(&tab, &n.id, n.day)
			want, there := oracle[n]
			require.Equal(t, there, found)
			if found {
				require.Equal(t, want, slot)
				continue
			}
			slot = tab.alloc()
			p := tab.at(slot)
			p.id, p.day = n.id, n.day
			x.insert(&n.id, n.day, slot)
			oracle[n] = slot
			names = append(names, n)
		}
	}
	for n, want := range oracle {
		slot, found := x.find(&tab, &n.id, n.day)
		require.True(t, found)
		require.Equal(t, want, slot)
	}
	require.Equal(t, len(oracle), tab.parts)
	for _, n := range names {
		x.remove(&n.id, n.day, oracle[n])
		tab.release(oracle[n])
	}
	require.Zero(t, tab.bytes, "chunks without parts are given back")
	require.Zero(t, tab.parts)
	require.Empty(t, tab.room)
}

func TestHeapSorts(t *testing.T) {
	rnd := seeded(t)
	for range 50 {
		h := heap[int]{first: func(a, b *int) bool { return *a < *b }}
		var want []int
		for range rnd.IntN(100) {
			want = append(want, rnd.IntN(50))
		}
		h.list = slices.Clone(want)
		h.init()
		for range rnd.IntN(20) {
			v := rnd.IntN(50)
			h.push(v)
			want = append(want, v)
		}
		slices.Sort(want)
		var got []int
		for len(h.list) > 0 {
			got = append(got, h.pop())
		}
		require.Equal(t, want, got)
	}
}

func TestMemoGivesTheSameText(t *testing.T) {
	rnd := seeded(t)
	var m memo
	for range 20_000 {
		want := strings.Repeat("x", rnd.IntN(3)*rnd.IntN(longWord)) + string(rune('a'+rnd.IntN(5000)))
		require.Equal(t, want, m.word([]byte(want)))
	}
	require.Len(t, m.slots, memoSlots, "the memo does not grow")
	require.Empty(t, m.word(nil))
}

// A table of words that is full does without new ones.
func TestWordsAreBounded(t *testing.T) {
	tp := newTape(0)
	for i := range 100_000 {
		var b [8]byte
		put64(b[:], uint64(i)|1<<40)
		tp.enc.text(string(b[:]))
	}
	require.LessOrEqual(t, len(tp.enc.words.slots), maxWordSlots)
	r := reader{b: tp.enc.b, at: 1}
	var scratch []byte
	for i := range 100_000 {
		var b [8]byte
		put64(b[:], uint64(i)|1<<40)
		require.Equal(t, b[:], r.text(&scratch))
	}
	require.False(t, r.bad)
}
