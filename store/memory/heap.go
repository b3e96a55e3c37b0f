package memory

// heap keeps the element that comes first on top. It has no bound of its own:
// whoever fills it knows one.
type heap[T any] struct {
	list  []T
	first func(a, b *T) bool // whether a comes before b
}

func (h *heap[T]) push(v T) {
	h.list = append(h.list, v)
	for i := len(h.list) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.first(&h.list[i], &h.list[up]) {
			return
		}
		h.list[i], h.list[up] = h.list[up], h.list[i]
		i = up
	}
}

// init makes a heap of a list in any order.
func (h *heap[T]) init() {
	for i := len(h.list)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

// pop removes the top and returns it.
func (h *heap[T]) pop() T {
	last := len(h.list) - 1
	top := h.list[0]
	h.list[0] = h.list[last]
	clear(h.list[last:])
	h.list = h.list[:last]
	h.down(0)
	return top
}

// down restores the order after the element at i was changed.
func (h *heap[T]) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(h.list) {
			return
		}
		if c+1 < len(h.list) && h.first(&h.list[c+1], &h.list[c]) {
			c++
		}
		if !h.first(&h.list[c], &h.list[i]) {
			return
		}
		h.list[i], h.list[c] = h.list[c], h.list[i]
		i = c
	}
}
