package session

import (
	"cmp"
	"slices"
)

// Count is a value and how many requests had it.
type Count[T any] struct {
	Value T   `json:"value"`
	Count int `json:"count"`
}

// Counts are the distinct values of a part with their numbers, most frequent
// first, equals by value. Other is how many times a value came that had no
// room any more; see [MaxDistinct].
type Counts[T any] struct {
	List  []Count[T] `json:"list,omitempty"`
	Other int        `json:"other,omitempty"`
}

// MaxDistinct is how many distinct values of one kind a [Part] tells apart:
// the first ones that came. Later values are counted as other.
const MaxDistinct = 1000

// Total returns how many values were counted, with those of Other.
func (c Counts[T]) Total() int {
	n := c.Other
	for _, e := range c.List {
		n += e.Count
	}
	return n
}

// tally counts values while a part is folded. Short tallies are walked, long
// ones have an index.
type tally[T comparable] struct {
	list  []Count[T]
	index map[T]int // place in list; nil while the list is short
	other int
}

func (t *tally[T]) add(v T) {
	if i := t.find(v); i >= 0 {
		t.list[i].Count++
		return
	}
	if len(t.list) == MaxDistinct {
		t.other++
		return
	}
	t.list = append(t.list, Count[T]{v, 1})
	switch n := len(t.list); {
	case t.index != nil:
		t.index[v] = n - 1
	case n > shortList:
		t.index = make(map[T]int, 2*n)
		for i, e := range t.list {
			t.index[e.Value] = i
		}
	}
}

func (t *tally[T]) find(v T) int {
	if t.index != nil {
		if i, ok := t.index[v]; ok {
			return i
		}
		return -1
	}
	for i := range t.list {
		if t.list[i].Value == v {
			return i
		}
	}
	return -1
}

// counts returns the sorted numbers. The list is the caller's.
func (t *tally[T]) counts(compare func(a, b T) int) Counts[T] {
	if len(t.list) == 0 {
		return Counts[T]{}
	}
	list := slices.Clone(t.list)
	slices.SortFunc(list, func(a, b Count[T]) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), compare(a.Value, b.Value))
	})
	return Counts[T]{List: list, Other: t.other}
}

// reset empties t. The values may hold much memory, so they are cleared.
func (t *tally[T]) reset() {
	clear(t.list)
	*t = tally[T]{list: t.list[:0]}
}
