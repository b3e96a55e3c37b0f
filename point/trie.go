package point

import (
	"encoding/binary"
	"slices"
)

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
