package session

import "slices"

// members is a set of wanted values: a list while it is short, with a map
// beside it when it is long. The empty set accepts everything.
type members[T comparable] struct {
	list []T
	set  map[T]struct{} // nil while the list is short
}

// shortList is up to where walking a list beats hashing.
const shortList = 8

func membersOf[T comparable](values []T) members[T] {
	if len(values) <= shortList {
		var m members[T]
		for _, v := range values {
			if !slices.Contains(m.list, v) {
				m.list = append(m.list, v)
			}
		}
		return m
	}
	m := members[T]{set: make(map[T]struct{}, len(values))}
	for _, v := range values {
		if _, dup := m.set[v]; !dup {
			m.set[v] = struct{}{}
			m.list = append(m.list, v)
		}
	}
	return m
}

func (m *members[T]) empty() bool { return len(m.list) == 0 }

func (m *members[T]) accept(v T) bool {
	if len(m.list) == 0 {
		return true
	}
	if m.set != nil {
		_, ok := m.set[v]
		return ok
	}
	return slices.Contains(m.list, v)
}
