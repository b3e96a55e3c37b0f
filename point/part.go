package point

import (
	"bytes"

	"github.com/chaperone-go/chaperone/traffic"
)

// partPlace is where a part of a multipart body stands. It is found as that
// of a parameter is, see params.go, but there is more to give than one value.
type partPlace struct {
	// nodes are what is wanted of the part: as the place in the trail, as the
	// field or its first item, and under the name as it is written. Each may
	// be nil.
	nodes [3]*node
	held  *node // that may want the part's value as pollution
	rank  int32 // of the name
	steps int   // in the trail
}

// enterPart finds the place of the field name and goes there.
func (s *Scan) enterPart(n *node, name []byte) (p partPlace) {
	base := len(name)
	if i := bytes.IndexByte(name, '['); i > 0 && name[base-1] == ']' {
		if levels := bracketLevels(name[i:]); levels > s.plan.limits.Depth {
			s.fail(n.name(Multipart, name[:i]), traffic.TooLarge)
		} else if levels > 0 {
			base = i
		}
	}
	if names := n.names(Multipart); names != nil {
		s.fill(names, name[:base])
	}
	s.stepPart(&p, Multipart, name[:base], 0)
	kid := n.name(Multipart, name[:base])
	if base == len(name) {
		s.repeatPart(&p, kid, name)
	} else {
		if kids := n.kids(Multipart); kids != nil {
			p.nodes[2] = lookup(&kids.table, name)
		}
		s.bracketPart(&p, kid, name, base)
	}
	s.name(nil, name)
	return p
}

// bracketPart goes through the brackets of a name, which begin at i.
func (s *Scan) bracketPart(p *partPlace, n *node, name []byte, i int) {
	for i < len(name) {
		end := i + bytes.IndexByte(name[i:], ']')
		if key := name[i+1 : end]; len(key) > 0 {
			if names := n.names(Property); names != nil {
				s.fill(names, key)
			}
			s.stepPart(p, Property, key, 0)
			n = n.inBracket(key)
		} else {
			count := s.tally.add(s.params.id, name[:i])
			if end == len(name)-1 {
				p.held, p.rank = n, count.rank
			}
			s.stepPart(p, Item, nil, int(count.count)-1)
			n = n.item(Item, int(count.count)-1)
		}
		i = end + 1
	}
	if name[len(name)-2] == '[' {
		p.nodes[0] = n
		return
	}
	s.repeatPart(p, n, name)
}

// repeatPart is a part of the field kid, one of several perhaps.
func (s *Scan) repeatPart(p *partPlace, kid *node, name []byte) {
	count := s.tally.add(s.params.id, name)
	p.held, p.rank = kid, count.rank
	if i := int(count.count) - 1; i > 0 {
		p.nodes[0], p.nodes[1] = kid.item(Item, i), kid
		s.stepPart(p, Item, nil, i)
		return
	}
	p.nodes[0], p.nodes[1] = kid, kid.item(Item, 0)
}

// stepPart adds a step to the trail.
func (s *Scan) stepPart(p *partPlace, k Kind, name []byte, index int) {
	s.push(k, name, index)
	p.steps++
}

// leavePart takes the steps of a part off the trail.
func (s *Scan) leavePart(p *partPlace) {
	for range p.steps {
		s.pop()
	}
}

// givePart gives a part's file or file name.
func (s *Scan) givePart(p *partPlace, k Kind, text []byte) {
	s.push(k, nil, 0)
	s.value(p.nodes[0].step(k), text)
	s.pop()
	for _, n := range p.nodes[1:] {
		s.quietly(n.step(k), text)
	}
}

// losePart gives what there is of a part that breaks off. The places that get
// nothing are marked by the caller.
func (s *Scan) losePart(p *partPlace, file bool, text []byte, state traffic.Found) {
	if !file {
		s.partial(p.nodes[0], text, state)
		return
	}
	s.push(File, nil, 0)
	s.partial(p.nodes[0].step(File), text, state)
	s.pop()
}

// partHeader gives the header fields of a part. Their own parameters, the
// repeated ones, do not mix with those of the body.
func (s *Scan) partHeader(p *partPlace, h traffic.Header) {
	s.oddHeader(h)
	outer := s.params
	s.params = params{}
	s.head(p.nodes[0], h, "")
	visitor := s.visitor
	s.visitor = nil
	for _, n := range p.nodes[1:] {
		if n != nil {
			s.head(n, h, "")
		}
	}
	s.visitor = visitor
	s.params = outer
}

// oddHeader takes the fields out of h whose names are none, which
// mime/multipart lets pass. No path leads to them; the visitor sees them.
func (s *Scan) oddHeader(h traffic.Header) {
	for _, name := range s.fieldNames(h) {
		if text := s.copy(name); !isToken(text) {
			if s.visitor != nil {
				s.show(text, true)
				for _, v := range h[name] {
					s.show(s.copy(v), false)
				}
			}
			delete(h, name)
		}
	}
}
