package point

import "github.com/chaperone-go/chaperone/traffic"

// Scan is one pass over an exchange: it fills the slots of a plan and shows
// every value to a visitor. It is borrowed: what it returns is valid until
// the next Reset, and as long as the exchange it read is. The zero Scan is
// ready for Reset. Not safe for concurrent use; reuse one per exchange from a
// pool.
//
// How the files hang together: request.go and response.go walk the head of a
// side and find its body; body.go chooses the body's parsers; each parser
// walks its format with the node of the place it stands at, and hands every
// scalar to value and every name to name; value goes on into decode, which
// calls parsers again. Parsers never keep a cursor in the Scan: they are
// functions from bytes and a place to a place. The Scan holds what they
// share: results, the arena, the trail and the budget.
type Scan struct {
	plan    *Plan
	visitor Visitor
	side    Side
	found   []found // by slot
	kept    []kept  // the values of all slots, chained
	free    int32   // the first unused place in kept, counted from 1
	seq     int32   // how many values were put into slots
	arena   []byte  // copies of decoded text; values point into it
	trail   []crumb // where the scan stands; kept only for a visitor
	budget  budget
	marks   traffic.Mark

	// cut is true while a parser reads a text whose end is missing: because a
	// limit cut it off or, if torn, because it is damaged.
	cut, torn bool
	// depth is how deep the scan stands in JSON containers and decoders.
	depth int
	// duplicates counts JSON properties that came again.
	duplicates int

	seen    []member // members of the open JSON objects, see jsonObject
	brace   []uint64 // the kinds of the containers skipJSON is in, as bits
	params  params   // what the parameters of one container share
	tally   tally    // how often a name came
	headers []string // names of the header fields, sorted
}

// budget is what may still be spent on this side. See [Limits].
type budget struct {
	values  int // values and names that the visitor may still see
	decoded int // bytes that decoders may still make
}

// keepMemory is how much of each buffer a Scan keeps when it is reset, so
// that a pool of them does not hold on to what one large exchange took.
const keepMemory = 64 << 10

// nothing is the plan of a Scan without one.
var nothing = new(Set).Compile(Limits{})

// Reset makes s ready for the next exchange. The values of the last one are
// gone. A nil plan wants nothing; visitor may be nil. Up to 64 KiB of each
// buffer stay, cleared.
func (s *Scan) Reset(plan *Plan, visitor Visitor) {
	if plan == nil {
		plan = nothing
	}
	s.plan, s.visitor = plan, visitor
	clear(s.found)
	if n := plan.Slots(); n <= cap(s.found) {
		s.found = s.found[:n]
	} else {
		s.found = make([]found, n)
	}
	s.kept = emptied(s.kept, 48)
	s.arena = emptied(s.arena, 1)
	s.trail = emptied(s.trail[:cap(s.trail)], 48)
	s.seen = emptied(s.seen[:cap(s.seen)], 24)
	s.brace = emptied(s.brace, 8)
	s.headers = emptied(s.headers, 16)
	s.params.reset()
	s.tally.reset()
	s.side, s.marks, s.depth, s.duplicates = NoSide, 0, 0, 0
	s.cut, s.torn = false, false
	s.free, s.seq = 0, 0
}

// emptied returns b without its elements, which are cleared, and without its
// memory if that is large. size is the size of an element.
func emptied[T any](b []T, size int) []T {
	if cap(b)*size > keepMemory {
		return nil
	}
	clear(b)
	return b[:0]
}

// begin starts a side and gives it its budget.
func (s *Scan) begin(side Side) {
	if s.plan == nil {
		s.Reset(nil, nil)
	}
	s.side = side
	s.trail = s.trail[:0]
	s.depth, s.cut, s.torn = 0, false, false
	s.budget = budget{values: s.plan.limits.Values, decoded: s.plan.limits.DecodedBytes}
}

// value is where every scalar ends: it fills the slots of n, shows the value
// to the visitor, and goes on into the decoders reserved below n. text is
// borrowed until Reset.
func (s *Scan) value(n *node, text []byte) {
	if n != nil {
		s.fill(n, text)
	}
	if s.visitor != nil {
		s.show(text, false)
	}
	if n != nil && n.decodes {
		cut := s.cut
		s.cut = false // of what is around; the value itself is whole
		s.decode(n, text)
		s.cut = cut
	}
}

// name is where every name ends: n is the node that wants the names, see
// node.names. The trail stands at the place the name leads to.
func (s *Scan) name(n *node, name []byte) {
	s.fill(n, name)
	if s.visitor != nil {
		s.show(name, true)
	}
}

// show lets the visitor see a value or a name, as long as the budget lasts.
// The slots do not depend on it: who watches does not change what is found.
func (s *Scan) show(text []byte, isName bool) {
	if s.budget.values <= 0 {
		s.marks |= traffic.LimitMet
		return
	}
	s.budget.values--
	s.visitor.Visit(Value{Text: text, IsName: isName, scan: s})
}

// fill puts a value into the slots of n, which may be nil.
func (s *Scan) fill(n *node, text []byte) {
	if n == nil || len(n.slots) == 0 {
		return
	}
	if len(text) > s.plan.limits.ValueBytes {
		s.lack(n.slots, traffic.TooLarge)
		return
	}
	for _, slot := range n.slots {
		s.put(slot, text)
	}
}

// fail marks every slot at or below n that has no value yet. Where a text was
// cut off, what cannot be read there is too large rather than undecodable.
func (s *Scan) fail(n *node, state traffic.Found) {
	if s.cut && !s.torn && state == traffic.Undecodable {
		state = traffic.TooLarge
	}
	if n == nil {
		s.lack(nil, state)
		return
	}
	s.lack(n.below, state)
}

// lack says why the slots that have no value have none.
func (s *Scan) lack(slots []Slot, state traffic.Found) {
	switch state {
	case traffic.TooLarge:
		s.marks |= traffic.LimitMet
	case traffic.Undecodable:
		s.marks |= traffic.BodyUndecodable
	}
	for _, slot := range slots {
		if f := &s.found[slot]; f.state == traffic.Absent {
			f.state = state
		}
	}
}

// wanted reports whether it is worth entering a place: somebody reserved
// something there or a visitor wants to see everything.
func (s *Scan) wanted(n *node) bool { return n != nil || s.visitor != nil }

// push and pop keep the trail, for the visitor only. name is borrowed until
// the pop.
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

// quietly is value for a text that the visitor has seen already.
func (s *Scan) quietly(n *node, text []byte) {
	if n == nil {
		return
	}
	visitor := s.visitor
	s.visitor = nil
	s.value(n, text)
	s.visitor = visitor
}

// copy returns a copy of text in the arena.
func (s *Scan) copy(text string) []byte {
	at := len(s.arena)
	s.arena = append(s.arena, text...)
	return s.arena[at:len(s.arena):len(s.arena)]
}
