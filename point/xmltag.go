package point

// enter opens the tag in x.open.
func (x *xmlScan) enter() {
	s, name := x.s, x.open.name
	outer := &x.tags[len(x.tags)-1]
	outer.inner = true
	t := xmlTag{name: name, nodes: len(x.nodes), text: len(x.text), spaces: len(x.spaces)}
	s.depth++
	if outer.wanted {
		x.bind()
		t.id = s.tally.container()
		from := span{outer.nodes, t.nodes}
		nth := x.find(XMLTag, from, outer.id, name)
		t.steps = x.pushTag(nth)
		if nth == 0 {
			x.named(XMLTag, from, name)
		}
		t.wanted = s.visitor != nil || len(x.nodes) > t.nodes
	}
	x.tags = append(x.tags, t)
	if t.wanted {
		x.attributes(span{t.nodes, len(x.nodes)}, t.id)
	}
}

// span is a piece of xmlScan.nodes: the nodes of an open tag.
type span struct{ from, to int }

// pushTag adds the step to the nth tag of its name to the trail.
func (x *xmlScan) pushTag(nth int) (steps uint8) {
	s := x.s
	if s.visitor == nil {
		return 0
	}
	s.push(XMLTag, x.open.name, 0)
	if nth == 0 {
		return 1
	}
	s.push(Item, nil, nth)
	return 2
}

// leave closes the innermost tag: now its value is known.
func (x *xmlScan) leave() {
	t := &x.tags[len(x.tags)-1]
	if t.wanted && (!t.inner || !x.blank(t)) {
		x.value(x.nodes[t.nodes:], x.textOf(t))
	}
	x.drop()
}

// drop takes the innermost tag from the stacks.
func (x *xmlScan) drop() {
	t := &x.tags[len(x.tags)-1]
	for range t.steps {
		x.s.pop()
	}
	x.nodes, x.text, x.spaces = x.nodes[:t.nodes], x.text[:t.text], x.spaces[:t.spaces]
	x.tags = x.tags[:len(x.tags)-1]
	x.s.depth--
}

// value ends a value that is wanted under several names. The visitor sees it
// once.
func (x *xmlScan) value(nodes []*node, text []byte) {
	s := x.s
	if len(nodes) == 0 {
		s.value(nil, text)
		return
	}
	s.value(nodes[0], text)
	for _, n := range nodes[1:] {
		s.quietly(n, text)
	}
}

// named ends the name of a tag or an attribute. Of tags it is called for the
// first of a name only.
func (x *xmlScan) named(k Kind, in span, name []byte) {
	var first *node
	for _, n := range x.nodes[in.from:in.to] {
		names := n.names(k)
		switch {
		case names == nil:
		case first == nil:
			first = names
		default:
			x.s.fill(names, name)
		}
	}
	x.s.name(first, name)
}

// attributes reads the attributes of the tag that has the nodes in.
func (x *xmlScan) attributes(in span, id uint64) {
	s := x.s
	for attrs := x.open.attrs; ; {
		a, n := xmlAttribute(attrs)
		if n <= 0 {
			return
		}
		attrs = attrs[n:]
		x.find(XMLAttr, in, id, a.name)
		s.push(XMLAttr, a.name, 0)
		x.named(XMLAttr, in, a.name)
		if s.visitor != nil || len(x.nodes) > in.to {
			x.value(x.nodes[in.to:], x.unescaped(a.value, false))
		}
		s.pop()
		x.nodes = x.nodes[:in.to]
	}
}
