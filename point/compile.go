package point

import (
	"encoding/binary"
	"slices"
)

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

// A sprout is a branch of the trie. Its id is unique in its trie.
type sprout struct {
	id    int
	slots []Slot
	kids  map[twig]*sprout
}

// A twig is the step to a sprout. For a norm it is the step of the container,
// with the norm.
type twig struct {
	kind  Kind
	name  string
	index int
	norm  Kind // All, Names or none
}

// plant adds the steps of a path and its slot.
func (s *sprout) plant(steps []Step, slot Slot, ids *int) {
	for i := 0; i < len(steps); i++ {
		t := twig{kind: steps[i].Kind, name: steps[i].Name, index: steps[i].Index}
		if i+1 < len(steps) && steps[i+1].Kind.isNorm() && (t.kind.HasName() || t.kind.HasIndex()) {
			i++
			t = twig{kind: t.kind, norm: steps[i].Kind}
		}
		kid := s.kids[t]
		if kid == nil {
			*ids++
			kid = &sprout{id: *ids}
			if s.kids == nil {
				s.kids = make(map[twig]*sprout)
			}
			s.kids[t] = kid
		}
		s = kid
	}
	if !slices.Contains(s.slots, slot) {
		s.slots = append(s.slots, slot)
	}
}

// routes returns the ways in which a path is planted. Most have one. The norm
// of XML tags means every occurrence, of which the tree keeps the first apart
// from the others; the norm of a JWT means each of its parts.
func routes(steps []Step) [][]Step {
	for i, st := range steps {
		if st.Kind != All {
			continue
		}
		switch of, before, after := steps[i-1].Kind, steps[:i-1], steps[i+1:]; {
		case of == XMLTag:
			return spread(steps[:i+1], after, nil, []Step{{Kind: Item}, {Kind: All}})
		case of == Item && i >= 2 && steps[i-2].Kind == XMLTag:
			return spread(before, after, nil, []Step{{Kind: Item}, {Kind: All}})
		case of == JWT:
			return spread(steps[:i], after, []Step{{Kind: JWTPrefix}}, []Step{{Kind: JWTHeader}}, []Step{{Kind: JWTPayload}})
		}
	}
	return [][]Step{steps}
}

// spread returns before, one of ways and each route of after, joined.
func spread(before, after []Step, ways ...[]Step) [][]Step {
	var all [][]Step
	for _, rest := range routes(after) {
		for _, way := range ways {
			all = append(all, slices.Concat(before, way, rest))
		}
	}
	return all
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

// branches are the children of a set of sprouts, by where they go.
type branches struct {
	named map[Kind]*nameSets
	items map[Kind]*itemSets
	plain map[Kind][]*sprout
}

type nameSets struct {
	byName     map[string][]*sprout
	all, names []*sprout
}

type itemSets struct {
	byIndex map[int][]*sprout
	all     []*sprout
}

func (b *branches) add(t twig, kid *sprout) {
	switch {
	case t.kind.HasName():
		sets := b.named[t.kind]
		if sets == nil {
			sets = &nameSets{byName: map[string][]*sprout{}}
			b.named[t.kind] = sets
		}
		switch t.norm {
		case All:
			sets.all = append(sets.all, kid)
		case Names:
			sets.names = append(sets.names, kid)
		default:
			sets.byName[t.name] = append(sets.byName[t.name], kid)
		}
	case t.kind.HasIndex():
		sets := b.items[t.kind]
		if sets == nil {
			sets = &itemSets{byIndex: map[int][]*sprout{}}
			b.items[t.kind] = sets
		}
		if t.norm == All {
			sets.all = append(sets.all, kid)
		} else {
			sets.byIndex[t.index] = append(sets.byIndex[t.index], kid)
		}
	default:
		b.plain[t.kind] = append(b.plain[t.kind], kid)
	}
}

// setKey names a set of sprouts.
func setKey(set []*sprout) string {
	ids := make([]int, len(set))
	for i, s := range set {
		ids[i] = s.id
	}
	slices.Sort(ids)
	var key []byte
	for _, id := range slices.Compact(ids) {
		key = binary.AppendUvarint(key, uint64(id))
	}
	return string(key)
}
