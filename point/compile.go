package point

import "slices"

// Compile makes the plan that finds the values of all reserved paths in one
// pass. The set may be used further; the plan does not change. Limits that
// are too high are lowered, see [Limits.Validate].
//
// Compiling has two halves. First each path is planted into a trie, a norm
// ALL being a branch of its own, a few paths being planted in two ways (see
// routes). Then the trie is turned into the tree the scanners walk, in which
// each place that can occur is one node: a node stands for the set of all
// branches that reach it, as when a finite automaton is made deterministic.
// That costs time and memory here, once, and spares the scanners from walking
// several branches at a time.
func (s *Set) Compile(l Limits) *Plan {
	l = l.withDefaults()
	p := &Plan{limits: l, paths: slices.Clone(s.paths), want: want(s.paths, l)}
	roots := [...]sprout{Request: {}, Response: {}}
	ids := 0
	for slot, path := range p.paths {
		for _, route := range routes(path.steps) {
			roots[path.side].plant(route, Slot(slot), &ids)
		}
		if path.side == Request && path.inBody() && l.BodyBytes > 0 {
			p.needsBody = true
		}
	}
	p.request = grow(&roots[Request])
	p.response = grow(&roots[Response])
	return p
}

// grow turns a trie into a tree; nil for an empty one.
func grow(root *sprout) *node {
	if len(root.kids) == 0 {
		return nil
	}
	g := grower{done: make(map[string]*node)}
	return g.node([]*sprout{root})
}

// A grower makes nodes of sets of sprouts, each set once.
type grower struct {
	done map[string]*node
}

// node returns the node that stands for all of set.
func (g *grower) node(set []*sprout) *node {
	if len(set) == 0 {
		return nil
	}
	key := setKey(set)
	if n := g.done[key]; n != nil {
		return n
	}
	n := &node{}
	g.done[key] = n
	b := branches{named: map[Kind]*nameSets{}, items: map[Kind]*itemSets{}, plain: map[Kind][]*sprout{}}
	for _, s := range set {
		n.slots = append(n.slots, s.slots...)
		for t, kid := range s.kids {
			b.add(t, kid)
		}
	}
	n.below = append(n.below, n.slots...)
	g.fill(n, &b)
	n.slots = sorted(n.slots)
	n.below = sorted(n.below)
	return n
}

// sorted returns slots in order, each once.
func sorted(slots []Slot) []Slot {
	slices.Sort(slots)
	return slices.Clip(slices.Compact(slots))
}

// fill gives n its children.
func (g *grower) fill(n *node, b *branches) {
	add := func(kid *node) *node {
		if kid != nil {
			n.below = append(n.below, kid.below...)
		}
		return kid
	}
	for k, set := range b.plain {
		n.plain[k] = add(g.node(set))
		n.decodes = n.decodes || k.isDecoder()
	}
	for k, sets := range b.named {
		kids := nameKids{kind: k, rest: add(g.node(sets.all)), names: add(g.node(sets.names))}
		var entries []nameEntry
		for name, set := range sets.byName {
			entries = append(entries, nameEntry{name, add(g.node(append(set, sets.all...)))})
		}
		kids.table = newNameTable(entries)
		n.named = append(n.named, kids)
	}
	for k, sets := range b.items {
		kids := itemKids{kind: k, rest: add(g.node(sets.all))}
		for index, set := range sets.byIndex {
			kids.put(index, add(g.node(append(set, sets.all...))))
		}
		n.items = append(n.items, kids)
	}
	slices.SortFunc(n.named, func(a, b nameKids) int { return int(a.kind) - int(b.kind) })
	slices.SortFunc(n.items, func(a, b itemKids) int { return int(a.kind) - int(b.kind) })
}

// put places a node by its index.
func (kids *itemKids) put(index int, n *node) {
	const nearby = 64
	if index >= nearby {
		if kids.far == nil {
			kids.far = make(map[int]*node)
		}
		kids.far[index] = n
		return
	}
	for len(kids.near) <= index {
		kids.near = append(kids.near, nil)
	}
	kids.near[index] = n
}
