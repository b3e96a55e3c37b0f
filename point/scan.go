package point

import "github.com/chaperone-go/chaperone/traffic"

// Scan is one pass over an exchange: it fills the slots of a plan and shows
// every value to a visitor. It is borrowed: what it returns is valid until
// the next Reset. The zero Scan is ready for Reset. Not safe for concurrent
// use; reuse one per exchange from a pool.
type Scan struct {
	plan    *Plan
	visitor Visitor
	found   []found // by slot
	extra   []extra // second and further values of a slot
	trail   []crumb // where the scan stands; kept only for a visitor
	arena   []byte  // copies of decoded text; values point into it
	budget  budget
	marks   traffic.Mark
}

// found is what a slot holds.
type found struct {
	state traffic.Found
	count int    // how many values were found, also those not kept
	text  []byte // the first value
}

type extra struct {
	slot Slot
	text []byte
}

// crumb is one step of the trail: a Step with a borrowed name.
type crumb struct {
	kind  Kind
	name  []byte
	index int
}

// budget is what may still be spent on this exchange. See [Limits].
type budget struct {
	values  int // values that may still be looked at
	decoded int // bytes that decoders may still make
}

// value is where every scalar ends: it fills the slots of n, shows the value
// to the visitor, and goes on into the decoders reserved below n. text is
// borrowed until Reset.
func (s *Scan) value(n *node, text []byte) {
	if s.budget.values <= 0 {
		s.fail(n, traffic.TooLarge)
		return
	}
	s.budget.values--
	if n != nil {
		for _, slot := range n.slots {
			s.fill(slot, text)
		}
	}
	if s.visitor != nil {
		s.visitor.Visit(Value{Text: text, scan: s})
	}
	if n != nil && n.decodes {
		s.decode(n, text)
	}
}

// fill puts a value into a slot. The first value stays the slot's value.
func (s *Scan) fill(slot Slot, text []byte) {
	f := &s.found[slot]
	f.count++
	if f.state != traffic.Present {
		f.state, f.text = traffic.Present, text
		return
	}
	s.extra = append(s.extra, extra{slot, text})
}

// fail marks every slot at or below n that has no value yet.
func (s *Scan) fail(n *node, state traffic.Found) {
	switch state {
	case traffic.TooLarge:
		s.marks |= traffic.LimitMet
	case traffic.Undecodable:
		s.marks |= traffic.BodyUndecodable
	}
	if n == nil {
		return
	}
	for _, slot := range n.below {
		if f := &s.found[slot]; f.state == traffic.Absent {
			f.state = state
		}
	}
}

// wanted reports whether it is worth entering a place: somebody reserved
// something there or a visitor wants to see everything.
func (s *Scan) wanted(n *node) bool { return n != nil || s.visitor != nil }

// push and pop keep the trail, for the visitor only.
func (s *Scan) push(k Kind, name []byte, index int) {
	if s.visitor != nil {
		s.trail = append(s.trail, crumb{k, name, index})
	}
}

func (s *Scan) pop() {
	if s.visitor != nil {
		s.trail = s.trail[:len(s.trail)-1]
	}
}

// copy returns a copy of text in the arena.
func (s *Scan) copy(text string) []byte {
	at := len(s.arena)
	s.arena = append(s.arena, text...)
	return s.arena[at:len(s.arena):len(s.arena)]
}
