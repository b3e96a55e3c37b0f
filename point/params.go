package point

import (
	"bytes"
	"slices"

	"github.com/chaperone-go/chaperone/traffic"
)

// This file is what queries, forms, cookies and the fields of multipart
// bodies have in common: named parameters, whose names may have structure and
// may repeat.
//
//	p=1            p                     the first value of the name
//	p=1&p=2        p → ITEM → 1          2; ITEM → 0 is the first
//	               p → POLLUTION         1,2; absent unless it repeats
//	p[x]=1         p → PROPERTY → x      and p[x][y]=1 one level deeper
//	p[0]=1         p → PROPERTY → 0      or ITEM → 0 if only that is reserved
//	p[]=1&p[]=2    p → ITEM → 1          2; p itself has no value
//	p[][x]=1       p → ITEM → 0 → PROPERTY → x
//
// Only names whose brackets match and close at the end have structure; others
// are plain. A path may also name a structured parameter as it is written.

// params is what the parameters of one container share.
type params struct {
	id   uint64 // of the container, for Scan.tally
	held []held // values wanted as pollution
}

// held is a value that may become part of a pollution.
type held struct {
	node *node // of the pollution
	rank int32 // of the name
	text []byte
}

func (p *params) reset() { p.held = emptied(p.held, 48) }

// openParams begins a container of parameters. They do not nest.
func (s *Scan) openParams() { s.params.id = s.tally.container() }

// closeParams ends it: the values that repeat are joined.
func (s *Scan) closeParams() {
	h := s.params.held
	if len(h) == 0 {
		return
	}
	slices.SortStableFunc(h, func(a, b held) int { return int(a.rank) - int(b.rank) })
	for len(h) > 0 {
		n := 1
		for n < len(h) && h[n].rank == h[0].rank {
			n++
		}
		if n > 1 {
			s.pollution(h[:n])
		}
		h = h[n:]
	}
	clear(s.params.held)
	s.params.held = s.params.held[:0]
}

// pollution gives the values of one name, joined by commas.
func (s *Scan) pollution(h []held) {
	size := len(h) - 1
	for i := range h {
		size += len(h[i].text)
	}
	n := h[0].node
	if size > s.plan.limits.ValueBytes {
		s.fail(n, traffic.TooLarge)
		return
	}
	at := len(s.arena)
	for i := range h {
		if i > 0 {
			s.arena = append(s.arena, ',')
		}
		s.arena = append(s.arena, h[i].text...)
	}
	s.quietly(n, s.arena[at:len(s.arena):len(s.arena)])
}

// param is one parameter of a container of kind k at n. Name and value are
// decoded and borrowed.
func (s *Scan) param(n *node, k Kind, name, value []byte) {
	if i := bytes.IndexByte(name, '['); i > 0 && name[len(name)-1] == ']' {
		if levels := bracketLevels(name[i:]); levels > s.plan.limits.Depth {
			s.fail(n.name(k, name[:i]), traffic.TooLarge)
		} else if levels > 0 {
			s.structured(n, k, name, i, value)
			return
		}
	}
	kid, names := n.name(k, name), n.names(k)
	if kid == nil && names == nil && s.visitor == nil {
		return
	}
	s.push(k, name, 0)
	s.name(names, name)
	s.occurrence(kid, name, value)
	s.pop()
}

// badParam is a parameter that the usual libraries refuse. The visitor sees
// it as it is; no slot gets its value.
func (s *Scan) badParam(n *node, k Kind, name, value []byte) {
	if kid := n.name(k, name); kid != nil {
		s.fail(kid, traffic.Undecodable)
	}
	if i := bytes.IndexByte(name, '['); i > 0 {
		if kid := n.name(k, name[:i]); kid != nil {
			s.fail(kid, traffic.Undecodable)
		}
	}
	if s.visitor != nil {
		s.push(k, name, 0)
		s.show(name, true)
		s.show(value, false)
		s.pop()
	}
}

// occurrence is a value of the parameter kid, whose full name is name. It may
// be one of several.
func (s *Scan) occurrence(kid *node, name, value []byte) {
	if s.visitor == nil && !kid.repeats() {
		if kid != nil {
			s.value(kid, value)
		}
		return
	}
	count := s.tally.add(s.params.id, name)
	s.nth(kid, int(count.count)-1, value)
	s.hold(kid, count.rank, value)
}

// nth is the value of kid number i.
func (s *Scan) nth(kid *node, i int, value []byte) {
	if i == 0 {
		s.value(kid, value)
		s.quietly(kid.item(Item, 0), value)
		return
	}
	s.quietly(kid, value)
	s.push(Item, nil, i)
	s.value(kid.item(Item, i), value)
	s.pop()
}

// hold keeps a value for the pollution of kid.
func (s *Scan) hold(kid *node, rank int32, value []byte) {
	if n := kid.step(Pollution); n != nil {
		s.params.held = append(s.params.held, held{n, rank, value})
	}
}

// repeats reports whether it matters how often the parameter n came.
func (n *node) repeats() bool {
	return n.step(Pollution) != nil || n.places(Item) != nil
}

// bracketLevels returns how many pairs of brackets b consists of; 0 when it is
// anything else.
func bracketLevels(b []byte) int {
	levels := 0
	for len(b) > 0 {
		end := bytes.IndexByte(b, ']')
		if b[0] != '[' || end < 0 || bytes.IndexByte(b[1:end], '[') >= 0 {
			return 0
		}
		b = b[end+1:]
		levels++
	}
	return levels
}

// structured is a parameter whose name has brackets from base on.
func (s *Scan) structured(n *node, k Kind, name []byte, base int, value []byte) {
	if kids := n.kids(k); kids != nil {
		s.quietly(lookup(&kids.table, name), value)
		s.fill(kids.names, name[:base])
	}
	if n = n.name(k, name[:base]); !s.wanted(n) {
		return
	}
	s.push(k, name[:base], 0)
	steps := s.inBrackets(n, name, base, value)
	for range steps + 1 {
		s.pop()
	}
}

// inBrackets walks the brackets of a name from the parameter n to its value.
// It returns how many steps it has pushed.
func (s *Scan) inBrackets(n *node, name []byte, i int, value []byte) (steps int) {
	for i < len(name) {
		end := i + bytes.IndexByte(name[i:], ']')
		key, next := name[i+1:end], end+1
		steps++
		if len(key) == 0 {
			count := seat{count: 1}
			if s.visitor != nil || n.repeats() {
				count = s.tally.add(s.params.id, name[:i])
			}
			if next == len(name) {
				s.hold(n, count.rank, value)
			}
			s.push(Item, nil, int(count.count)-1)
			n = n.item(Item, int(count.count)-1)
		} else {
			s.fill(n.names(Property), key)
			s.push(Property, key, 0)
			n = n.inBracket(key)
		}
		if !s.wanted(n) {
			return steps
		}
		i = next
	}
	s.lastBracket(n, name, value)
	return steps
}

// lastBracket gives the value to the place n that the brackets led to.
func (s *Scan) lastBracket(n *node, name, value []byte) {
	if s.visitor != nil {
		s.show(name, true)
	}
	if name[len(name)-2] == '[' {
		s.value(n, value)
		return
	}
	s.occurrence(n, name, value)
}

// inBracket returns the child for a key in brackets: a property, or an item
// if only that is reserved.
func (n *node) inBracket(key []byte) *node {
	if kid := n.name(Property, key); kid != nil {
		return kid
	}
	if n.places(Item) == nil || len(key) > 6 {
		return nil
	}
	index := 0
	for _, c := range key {
		if c < '0' || c > '9' {
			return nil
		}
		index = index*10 + int(c-'0')
	}
	return n.item(Item, index)
}
