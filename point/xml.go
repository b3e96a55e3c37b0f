package point

import (
	"bytes"
	"sync"

	"github.com/chaperone-go/chaperone/traffic"
)

// An XML document is read token by token (xmltoken.go). Open tags stand on a
// stack; what belongs to them stands on stacks of its own, so that a tag's
// text is in one piece however many tags lie in it:
//
//	tags    a        b            c
//	text    text of a│text of b   │text of c
//	nodes   wanted by a│by b      │by c
//
// The value of a tag is its own text and CDATA, joined; that of the tags in
// it is not part of it. A tag that has tags in it has a value only if there
// is more than white space between them. Comments, processing instructions
// and entities are counted through the document. Entities are values, and
// references to them are left as they are: nothing is ever expanded and
// nothing is fetched.
//
// A tag or attribute with a prefix is reached by three names: as written
// (soap:Body), by its local name (Body), and by URI|prefix|local, where URI is
// what the prefix was bound to, or the default namespace of a tag without
// prefix (http://www.w3.org/2003/05/soap-envelope||Body). Occurrences are
// counted by the name that is asked for.

// xmlScan is the reading of one document.
type xmlScan struct {
	s    *Scan
	doc  *node // of the document
	at   int   // length of the trail there
	work int   // tags, attributes and the like that may still be read

	tags   []xmlTag
	nodes  []*node
	text   []byte
	spaces []xmlSpace
	open   xmlOpening
	name   []byte // for building names
	aside  []crumb

	comments, pis, entities int

	some bool // there was a tag
}

// xmlTag is an open tag. What it owns on the stacks in xmlScan begins at
// nodes, text and spaces and reaches up to the next tag's.
type xmlTag struct {
	name   []byte // as written
	id     uint64 // for counting the tags in it
	nodes  int
	text   int
	spaces int
	run    []byte // the text so far, when it stands in the document as it is
	steps  uint8  // in the trail
	inner  bool   // it has tags in it
	wanted bool   // by a slot at or below it, or by a visitor
}

var xmlScans = sync.Pool{New: func() any { return new(xmlScan) }}

// xml reads the document b; n is the node of the document.
func (s *Scan) xml(n *node, b []byte) {
	b, state := s.xmlUTF8(b)
	if state != traffic.Present {
		s.fail(n, state)
		return
	}
	x := xmlScans.Get().(*xmlScan)
	x.begin(s, n)
	x.finish(x.document(b))
	x.clean()
	xmlScans.Put(x)
}

// begin makes x ready. The document itself is the outermost tag.
func (x *xmlScan) begin(s *Scan, n *node) {
	x.s, x.doc, x.at, x.work = s, n, len(s.trail), s.plan.limits.Values
	x.tags = append(x.tags, xmlTag{id: s.tally.container(), wanted: s.wanted(n)})
	if n != nil {
		x.nodes = append(x.nodes, n)
	}
}

// document reads tokens to the end and returns what was left unread, and why.
func (x *xmlScan) document(b []byte) (rest []byte, f fault) {
	if _, n := xmlDeclaration(b); n > 0 {
		b = b[n:]
	}
	for len(b) > 0 {
		n, f := x.token(b)
		if f != fine {
			return b, f
		}
		b = b[n:]
	}
	if len(x.tags) > 1 || !x.some {
		return nil, ended
	}
	return nil, fine
}

// finish closes what is still open when the document ended with the fault f.
// The visitor sees the text there and what was not read. (When the document
// is broken, it has seen or will see all of it.)
func (x *xmlScan) finish(rest []byte, f fault) {
	s := x.s
	for len(x.tags) > 1 {
		t := &x.tags[len(x.tags)-1]
		if t.wanted && !x.blank(t) {
			s.value(nil, x.textOf(t))
		}
		x.drop()
	}
	if len(rest) > 0 && f != broken {
		s.value(nil, rest)
	}
	if f == fine && s.cut {
		f = ended // behind the cut may be more
	}
	s.jsonFault(x.doc, f)
}

// clean makes x ready for the pool: without what is not its own, and without
// large memory.
func (x *xmlScan) clean() {
	*x = xmlScan{
		tags: emptied(x.tags[:cap(x.tags)], 96), nodes: emptied(x.nodes[:cap(x.nodes)], 8), text: emptied(x.text[:cap(x.text)], 1),
		spaces: emptied(x.spaces[:cap(x.spaces)], 56), name: emptied(x.name[:cap(x.name)], 1), aside: emptied(x.aside[:cap(x.aside)], 48),
	}
}

// token reads the token b starts with and returns its length.
func (x *xmlScan) token(b []byte) (size int, f fault) {
	switch {
	case b[0] != '<':
		size = xmlText(b)
		x.chars(b[:size:size], false)
		return size, fine
	case len(b) == 1:
		return 0, ended
	case b[1] == '/':
		return x.closing(b)
	case b[1] == '?':
		text, size := xmlUntil(b, 2, "?>")
		return x.indexed(XMLPI, &x.pis, text, size)
	case b[1] != '!':
		return x.opening(b)
	case isXMLComment(b):
		text, size := xmlComment(b)
		return x.indexed(XMLComment, &x.comments, text, size)
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		text, size := xmlUntil(b, len("<![CDATA["), "]]>")
		if size == 0 {
			return 0, ended
		}
		x.chars(text, true)
		return size, fine
	}
	return x.directive(b)
}

// opening reads an opening tag.
func (x *xmlScan) opening(b []byte) (size int, f fault) {
	x.open, size, f = xmlOpen(b)
	switch {
	case f != fine:
		return 0, f
	case x.spend(1+x.open.count) || x.s.depth >= x.s.plan.limits.Depth:
		x.s.fail(x.doc, traffic.TooLarge)
		return 0, limited
	}
	x.some = true
	x.enter()
	if x.open.single {
		x.leave()
	}
	return size, fine
}

// closing reads a closing tag, which must be that of the innermost open one.
func (x *xmlScan) closing(b []byte) (size int, f fault) {
	name, size, f := xmlClose(b)
	if f != fine {
		return 0, f
	}
	if len(x.tags) == 1 || !bytes.Equal(name, x.tags[len(x.tags)-1].name) {
		return 0, broken
	}
	x.leave()
	return size, fine
}

// spend takes n from the work that may still be done; true when it is too
// much.
func (x *xmlScan) spend(n int) bool {
	x.work -= n
	return x.work < 0
}
