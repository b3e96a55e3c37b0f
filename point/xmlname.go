package point

import (
	"bytes"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// xmlSpace binds a prefix to a namespace. The default namespace has none.
type xmlSpace struct {
	prefix, uri []byte
}

// maxXMLSpaces bounds the bindings in force at a place. Those beyond are not
// known: names that need them are not found, and the document says TooLarge.
const maxXMLSpaces = 256

// bind takes down what the tag in x.open binds.
func (x *xmlScan) bind() {
	if !bytes.Contains(x.open.attrs, []byte("xmlns")) {
		return
	}
	for attrs := x.open.attrs; ; {
		a, n := xmlAttribute(attrs)
		if n <= 0 {
			return
		}
		attrs = attrs[n:]
		var prefix []byte
		if string(a.name) != "xmlns" {
			before, local := xmlPrefix(a.name)
			if string(before) != "xmlns" {
				continue
			}
			prefix = local
		}
		if len(x.spaces) == maxXMLSpaces {
			x.s.fail(x.doc, traffic.TooLarge)
			return
		}
		x.spaces = append(x.spaces, xmlSpace{prefix, x.unescaped(a.value, false)})
	}
}

// uri returns what a prefix is bound to, nil when it is not.
func (x *xmlScan) uri(prefix []byte) []byte {
	for i := len(x.spaces) - 1; i >= 0; i-- {
		if bytes.Equal(x.spaces[i].prefix, prefix) {
			return x.spaces[i].uri
		}
	}
	if string(prefix) == "xml" {
		return []byte("http://www.w3.org/XML/1998/namespace")
	}
	return nil
}

// xmlForm is a name by which a tag is reached, and which of its occurrences
// it is under that name.
type xmlForm struct {
	name []byte
	nth  int
}

// find puts the nodes of a tag or an attribute, under all its names, on the
// stack of nodes; in is where those of the tag around it are, id its number.
// It returns which occurrence of the name as written this is.
func (x *xmlScan) find(k Kind, in span, id uint64, name []byte) (nth int) {
	var forms [3]xmlForm
	forms[0] = x.form(k, id, name)
	count := 1
	prefix, local := xmlPrefix(name)
	if prefix != nil && string(prefix) != "xmlns" {
		forms[count] = x.form(k, id, local)
		count++
	}
	if x.asksURI(k, in) {
		if name := x.full(k, prefix, local); name != nil {
			forms[count] = x.form(k, id, name)
			count++
		}
	}
	top := len(x.nodes)
	for i := in.from; i < in.to; i++ {
		x.findIn(x.nodes[i].kids(k), forms[:count], top)
	}
	return forms[0].nth
}

// form counts a tag under one of its names. Attributes come once only.
func (x *xmlScan) form(k Kind, id uint64, name []byte) xmlForm {
	if k == XMLAttr {
		return xmlForm{name, 0}
	}
	return xmlForm{name, int(x.s.tally.add(id, name).count) - 1}
}

// findIn puts the nodes that kids has for forms on the stack, each once.
// Nodes of reserved names contain what ALL wants; where both forms of a name
// are reserved besides ALL, ALL has the tag twice.
func (x *xmlScan) findIn(kids *nameKids, forms []xmlForm, top int) {
	if kids == nil {
		return
	}
	reserved := false
	for _, f := range forms {
		if n := lookup(&kids.table, f.name); n != nil {
			reserved = true
			x.add(n, f.nth, top)
		}
	}
	if !reserved && kids.rest != nil {
		x.add(kids.rest, forms[0].nth, top)
	}
}

// add puts the nth occurrence of a tag on the stack, unless it is there
// already, at top or above.
func (x *xmlScan) add(n *node, nth, top int) {
	if nth > 0 {
		n = n.item(Item, nth)
	}
	if n == nil {
		return
	}
	for _, have := range x.nodes[top:] {
		if have == n {
			return
		}
	}
	x.nodes = append(x.nodes, n)
}

// asksURI reports whether a name with a URI is reserved in.
func (x *xmlScan) asksURI(k Kind, in span) bool {
	for _, n := range x.nodes[in.from:in.to] {
		for _, e := range n.entries(k) {
			if strings.IndexByte(e.name, '|') >= 0 {
				return true
			}
		}
	}
	return false
}

// full returns URI|prefix|local; nil for what is in no namespace. The default
// namespace is not that of attributes.
func (x *xmlScan) full(k Kind, prefix, local []byte) []byte {
	if k == XMLAttr && prefix == nil {
		return nil
	}
	uri := x.uri(prefix)
	if len(uri) == 0 {
		return nil
	}
	x.name = append(x.name[:0], uri...)
	x.name = append(x.name, '|')
	x.name = append(x.name, prefix...)
	x.name = append(x.name, '|')
	x.name = append(x.name, local...)
	return x.name
}
