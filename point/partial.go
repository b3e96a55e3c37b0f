package point

import "github.com/chaperone-go/chaperone/traffic"

// What the formats share when a text comes out as it went in, and when it
// does not come out whole.

// limited is the fault of a document that met a limit; it is marked already.
const limited = broken + 1

// output is value for what a decoder has put into the arena since it had the
// length at. Of a text that is cut off it is not all.
func (s *Scan) output(n *node, at int) {
	text := s.made(at)
	if s.cut {
		s.partial(n, text, s.lost())
		return
	}
	s.value(n, text)
}

// unchanged is value for a text that its decoder left as it is: the visitor
// has seen it already.
func (s *Scan) unchanged(n *node, text []byte) {
	switch {
	case n == nil:
	case s.cut:
		s.decodeBy(n, text, decoders)
		s.fail(n, s.lost())
	default:
		s.fill(n, text)
		if n.decodes {
			s.decode(n, text)
		}
	}
}

// partial is value for the readable part of a text whose rest is lost: the
// visitor sees it and the decoders below n get it, but it fills no slot of n
// itself, because half a value is another value.
func (s *Scan) partial(n *node, text []byte, state traffic.Found) {
	if len(text) > 0 {
		s.value(nil, text)
		if n != nil && n.decodes {
			cut, torn := s.cut, s.torn
			s.torn = torn || !cut && state == traffic.Undecodable
			s.cut = true
			s.decodeBy(n, text, decoders)
			s.cut, s.torn = cut, torn
		}
	}
	s.fail(n, state)
}

// afford charges size decoded bytes to the budget; when they are too many it
// marks n and returns false.
func (s *Scan) afford(n *node, size int) bool {
	if s.budget.decoded < size {
		s.fail(n, traffic.TooLarge)
		return false
	}
	s.budget.decoded -= size
	return true
}

// made returns what was put into the arena since it had the length at.
func (s *Scan) made(at int) []byte {
	return s.arena[at:len(s.arena):len(s.arena)]
}
