package point

// member is a property of an open JSON object that somebody wants: which, and
// which values it gave.
type member struct {
	node         *node
	since, until int32 // of Scan.seq
}

// jsonObject reads the object whose members begin at i.
//
// Properties that somebody wants are remembered in s.seen until the object
// ends. When one comes again, what it gave before is forgotten: the last one
// wins. That is a walk over the wanted properties of this object, not over
// what the client sent.
func (s *Scan) jsonObject(n *node, b []byte, i int) (next int, f fault) {
	if i = skipSpace(b, i); i < len(b) && b[i] == '}' {
		return i + 1, fine
	}
	o := object{kids: n.kids(Property), first: len(s.seen)}
	if s.visitor != nil {
		o.id = s.tally.container()
	}
	for {
		if i >= len(b) {
			return i, ended
		}
		if b[i] != '"' {
			return i, broken
		}
		if i, f = s.jsonMember(&o, b, i+1); f != fine {
			return i, f
		}
		if i = skipSpace(b, i); i >= len(b) {
			return i, ended
		}
		switch b[i] {
		case ',':
			i = skipSpace(b, i+1)
		case '}':
			s.seen = s.seen[:o.first]
			return i + 1, fine
		default:
			return i, broken
		}
	}
}

// object is a JSON object that is being read.
type object struct {
	kids  *nameKids // may be nil
	first int       // of its members in Scan.seen
	id    uint64    // for Scan.tally
}

// jsonMember reads the member whose name's text begins at i.
func (s *Scan) jsonMember(o *object, b []byte, i int) (next int, f fault) {
	at := len(s.arena)
	name, i, f := s.jsonString(b, i)
	if f != fine {
		return i, f
	}
	if i, f = colonEnd(b, i); f != fine {
		return i, f
	}
	var kid, names *node
	exact := false
	if o.kids != nil {
		if kid = lookup(&o.kids.table, name); kid != nil {
			exact = true
		} else {
			kid = o.kids.rest
		}
		names = o.kids.names
	}
	if kid == nil && names == nil && s.visitor == nil {
		s.arena = s.arena[:at] // the name, if it is there
		return s.skipJSON(b, i)
	}
	s.again(o, kid, exact, name)
	since := s.seq
	s.push(Property, name, 0)
	s.name(names, name)
	i, f = s.jsonValue(kid, b, i)
	s.pop()
	if exact {
		s.remember(o.first, member{kid, since, s.seq})
	}
	return i, f
}

// again counts a property that was there before, and forgets what it gave.
func (s *Scan) again(o *object, kid *node, exact bool, name []byte) {
	twice := s.visitor != nil && s.tally.add(o.id, name).count > 1
	if exact && s.supersede(o.first, kid, o.kids.rest) {
		twice = true
	}
	if twice {
		s.duplicates++
	}
}

// supersede forgets what the member n of the open object gave before, if it
// did. first is the place of the object's first member in s.seen, rest the
// node of the norm: a norm keeps all values.
func (s *Scan) supersede(first int, n, rest *node) bool {
	for i := first; i < len(s.seen); i++ {
		if s.seen[i].node == n {
			s.forget(s.seen[i], rest)
			return true
		}
	}
	return false
}

// remember notes what a member gave, in the place of what it gave before.
func (s *Scan) remember(first int, m member) {
	for i := first; i < len(s.seen); i++ {
		if s.seen[i].node == m.node {
			s.seen[i] = m
			return
		}
	}
	s.seen = append(s.seen, m)
}
