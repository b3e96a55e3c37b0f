package memory

import "hash/maphash"

// memo gives the same string for the same bytes, most of the time: a table of
// the texts met last, with two places for each. It makes reading cheap, since hosts,
// paths and user agents repeat, and lets records that are kept share them.
// The zero memo is ready.
type memo struct {
	seed  maphash.Seed
	slots []string
}

const (
	memoSlots = 1 << 10
	// longWord is the length from which a text is not kept: the memo of a
	// reader holds at most memoSlots times as much.
	longWord = 1 << 10
)

// word returns b as a string of its own.
func (m *memo) word(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) >= longWord {
		return string(b)
	}
	if m.slots == nil {
		m.seed, m.slots = maphash.MakeSeed(), make([]string, memoSlots)
	}
	i := maphash.Bytes(m.seed, b) % memoSlots
	first, second := &m.slots[i], &m.slots[i^1]
	if *first == string(b) {
		return *first
	}
	if *second == string(b) {
		return *second
	}
	*second, *first = *first, string(b)
	return *first
}
