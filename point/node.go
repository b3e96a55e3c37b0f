package point

// node is a place in the tree of wanted places. A nil node means that nobody
// reserved anything at or below this place; all its methods work on nil.
//
// The shape of the tree follows the steps of the paths, with these rules, so
// that a scanner needs to know none of the notation:
//
//   - Names of header fields are canonical ("X-Token"), on both sides and in
//     the parts of a multipart body.
//   - Cookies hang below the root, never below their header.
//   - A norm ALL is already in place: name and item return what is wanted of
//     every place merged with what is wanted of the one asked for. Whoever
//     asks for each name and each index that occurs has done ALL. Only a
//     scanner that asks for reserved names instead (see entries) must also
//     look at rest.
//   - A norm NAMES is names(kind): each name goes to value with that node.
//   - XMLTag with a name is its first occurrence; the further ones are
//     item(Item, 1) and so on below it.
//   - JWTHeader and JWTPayload are decoded already: below them stand
//     Property and Item, without Base64 and JSON between. Base64 or JSON right
//     below them decode what was decoded once more.
//   - In GraphQL fields are Property. An argument is a Property below GQLArg
//     or below its directive; from there, and from a variable on, it goes as
//     in JSON.
type node struct {
	slots []Slot // the paths that end here
	// decodes is true when plain has a decoder (JSON, Base64, JWT, …): the
	// value found here is worth decoding.
	decodes bool
	named   []nameKids // children with a name, by kind
	items   []itemKids // children with an index, by kind
	below   []Slot     // all slots at or below this place, for marking failures
	plain   [numKinds]*node
}

// nameKids are the children with a name, of one kind.
type nameKids struct {
	kind  Kind
	table nameTable
	rest  *node // for every name that is not in the table
	names *node // for the names themselves
}

// itemKids are the children with an index, of one kind.
type itemKids struct {
	kind Kind
	near []*node       // by index, the small ones
	far  map[int]*node // the others
	rest *node         // for every index that is not reserved
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
	kids := n.kids(k)
	if kids == nil {
		return nil
	}
	if kid := lookup(&kids.table, name); kid != nil {
		return kid
	}
	return kids.rest
}

// nameOf is name for a string.
func (n *node) nameOf(k Kind, name string) *node {
	kids := n.kids(k)
	if kids == nil {
		return nil
	}
	if kid := lookup(&kids.table, name); kid != nil {
		return kid
	}
	return kids.rest
}

// entries returns the reserved names of a kind with their nodes, sorted by
// name. It leaves ALL out, see rest.
func (n *node) entries(k Kind) []nameEntry {
	if kids := n.kids(k); kids != nil {
		return kids.table.entries
	}
	return nil
}

// rest returns the node of every name or index of a kind that is not
// reserved; nil unless the norm ALL is.
func (n *node) rest(k Kind) *node {
	if kids := n.kids(k); kids != nil {
		return kids.rest
	}
	if kids := n.places(k); kids != nil {
		return kids.rest
	}
	return nil
}

// names returns the node that wants the names of a kind; nil unless the norm
// NAMES is reserved.
func (n *node) names(k Kind) *node {
	if kids := n.kids(k); kids != nil {
		return kids.names
	}
	return nil
}

// item returns the child for an indexed step.
func (n *node) item(k Kind, index int) *node {
	kids := n.places(k)
	if kids == nil {
		return nil
	}
	if uint(index) < uint(len(kids.near)) {
		if kid := kids.near[index]; kid != nil {
			return kid
		}
	} else if kid := kids.far[index]; kid != nil {
		return kid
	}
	return kids.rest
}

func (n *node) kids(k Kind) *nameKids {
	if n == nil {
		return nil
	}
	for i := range n.named {
		if n.named[i].kind == k {
			return &n.named[i]
		}
	}
	return nil
}

func (n *node) places(k Kind) *itemKids {
	if n == nil {
		return nil
	}
	for i := range n.items {
		if n.items[i].kind == k {
			return &n.items[i]
		}
	}
	return nil
}
