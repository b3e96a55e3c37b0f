package point

// Slot is a reserved place for one value. The slots of a [Plan] are numbered
// from 0.
type Slot int

// Set collects the paths that somebody wants to read, before they are
// compiled into a [Plan]. The zero Set is empty and ready. Not safe for
// concurrent use.
type Set struct {
	paths []Path
}

// Plan is a compiled Set: immutable, shared by all scans.
type Plan struct {
	limits Limits
	paths  []Path
	// request and response are the roots of the two trees of branches.
	request, response node
}

// node is a place in the tree of wanted paths. A nil node means that nobody
// reserved anything at or below this place; all its methods work on nil.
type node struct {
	slots []Slot         // the paths that end here
	named []namedKids    // children with a name, by kind
	items []itemKids     // children with an index, by kind
	plain [numKinds]*node // children without either, by kind
	// decodes is true when plain has a decoder (JSON, Base64, JWT, …): the
	// value found here is worth decoding.
	decodes bool
	below   []Slot // all slots at or below this place, for marking failures
}

type namedKids struct {
	kind Kind
	kids map[string]*node
}

type itemKids struct {
	kind Kind
	kids map[int]*node
}

// step returns the child for a step without name or index.
func (n *node) step(k Kind) *node {
	if n == nil {
		return nil
	}
	return n.plain[k]
}

// name returns the child for a named step.
func (n *node) name(k Kind, name []byte) *node {
	if n == nil {
		return nil
	}
	for i := range n.named {
		if n.named[i].kind == k {
			return n.named[i].kids[string(name)]
		}
	}
	return nil
}

// item returns the child for an indexed step.
func (n *node) item(k Kind, index int) *node {
	if n == nil {
		return nil
	}
	for i := range n.items {
		if n.items[i].kind == k {
			return n.items[i].kids[index]
		}
	}
	return nil
}
