package point

import (
	"iter"
	"slices"

	"github.com/chaperone-go/chaperone/traffic"
)

// Result is what the scan found in the place of a slot.
type Result struct {
	// Found says what looking came to. A value that was read is Present even
	// if a limit or an error was met after it.
	Found traffic.Found
	// Text is the first value when Found is Present, nil otherwise. It is
	// borrowed until the scan is reset.
	Text []byte
	// Count is how many values there were, also those not kept; see
	// [Limits].SlotValues. It is more than 1 only where a place can occur
	// more than once: a repeated parameter or header field, a norm.
	Count int
}

// Get returns what was found for slot; the zero Result for a slot the plan
// does not have.
func (s *Scan) Get(slot Slot) Result {
	if uint(slot) >= uint(len(s.found)) {
		return Result{}
	}
	f := &s.found[slot]
	r := Result{Found: f.state, Count: int(f.count)}
	if f.head != 0 {
		r.Text = s.kept[f.head-1].text
		if r.Text == nil {
			r.Text = []byte{}
		}
	}
	return r
}

// All returns the values kept for slot, in the order they were found. They
// are borrowed until the scan is reset. How many are kept says
// [Limits].SlotValues.
func (s *Scan) All(slot Slot) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if uint(slot) >= uint(len(s.found)) {
			return
		}
		for at := s.found[slot].head; at != 0; at = s.kept[at-1].next {
			if !yield(s.kept[at-1].text) {
				return
			}
		}
	}
}

// Marks returns what was unusual so far.
func (s *Scan) Marks() traffic.Mark { return s.marks }

// Duplicates returns how many JSON properties came again in the same object.
// Without a visitor only those are counted that lead to a slot. What a
// duplicate replaces is not found: the last one wins, as in encoding/json.
func (s *Scan) Duplicates() int { return s.duplicates }

// found is what a slot holds. head and tail are places in Scan.kept, counted
// from 1; 0 is none.
type found struct {
	state      traffic.Found
	count      int32
	kept       int32
	head, tail int32
}

// kept is a value of a slot, chained to the slot's next one.
type kept struct {
	text []byte
	next int32 // counted from 1
	seq  int32 // counts all values of the scan; grows along each chain
}

// put adds a value to a slot, as long as it may keep more.
func (s *Scan) put(slot Slot, text []byte) {
	f := &s.found[slot]
	f.state = traffic.Present
	f.count++
	if int(f.kept) >= s.plan.limits.SlotValues {
		return
	}
	f.kept++
	at := s.room()
	s.kept[at-1] = kept{text: text, seq: s.seq}
	s.seq++
	if f.tail == 0 {
		f.head = at
	} else {
		s.kept[f.tail-1].next = at
	}
	f.tail = at
}

// room returns an unused place in kept.
func (s *Scan) room() int32 {
	if at := s.free; at != 0 {
		s.free = s.kept[at-1].next
		return at
	}
	s.kept = append(s.kept, kept{})
	return int32(len(s.kept))
}

// forget takes the values that m gave out of the slots, except out of those
// below keep. It costs a walk over what these slots keep.
func (s *Scan) forget(m member, keep *node) {
	for _, slot := range m.node.below {
		if keep != nil && slices.Contains(keep.below, slot) {
			continue
		}
		f := &s.found[slot]
		before := int32(0)
		for at := f.head; at != 0; {
			k := &s.kept[at-1]
			next := k.next
			if k.seq < m.since || k.seq >= m.until {
				before, at = at, next
				continue
			}
			if before == 0 {
				f.head = next
			} else {
				s.kept[before-1].next = next
			}
			*k = kept{next: s.free}
			s.free = at
			f.kept--
			f.count--
			at = next
		}
		f.tail = before
		if f.head == 0 && f.state == traffic.Present {
			f.state = traffic.Absent
		}
	}
}
