package point

import (
	"bytes"

	"github.com/chaperone-go/chaperone/traffic"
)

// directive reads <!…>. Only <!DOCTYPE …> is one that belongs there; the
// others mean nothing outside of it.
func (x *xmlScan) directive(b []byte) (size int, f fault) {
	text, size := xmlDirective(b)
	if size == 0 {
		return 0, ended
	}
	if word, rest := xmlWord(text); string(word) == "DOCTYPE" {
		x.outside()
		f = x.doctype(rest)
		x.inside()
		return size, f
	}
	return size, fine
}

// doctype reads what comes after <!DOCTYPE: a name, perhaps the address of
// the definition, perhaps declarations in brackets. The address and what
// entities stand for are values; nothing is fetched or expanded.
func (x *xmlScan) doctype(text []byte) fault {
	_, text = xmlWord(text)
	if address, rest, ok := xmlExternal(text); ok {
		x.single(XMLDTD, 0, x.doc.step(XMLDTD), address)
		text = rest
	}
	open := bytes.IndexByte(text, '[')
	if open < 0 {
		return fine
	}
	return x.declarations(text[open+1:])
}

// declarations reads the entities out of the declarations in text. Broken
// ones end the reading of them, not of the document.
func (x *xmlScan) declarations(text []byte) fault {
	for {
		i := bytes.IndexByte(text, '<')
		if i < 0 {
			return fine
		}
		text = text[i:]
		if isXMLComment(text) {
			_, n := xmlComment(text)
			if n == 0 {
				return x.undeclared()
			}
			text = text[n:]
			continue
		}
		inner, n := xmlDeclared(text)
		if n == 0 {
			return x.undeclared()
		}
		if x.spend(1) {
			x.s.fail(x.doc, traffic.TooLarge)
			return limited
		}
		if word, rest := xmlWord(inner); string(word) == "ENTITY" {
			x.entity(rest)
		}
		text = text[n:]
	}
}

// undeclared gives up on the declarations.
func (x *xmlScan) undeclared() fault {
	x.s.fail(x.doc, traffic.Undecodable)
	return fine
}

// entity reads what comes after <!ENTITY: a name and what it stands for, a
// quoted text or the address of an external one. A parameter entity has a %
// before its name.
func (x *xmlScan) entity(text []byte) {
	name, rest := xmlWord(text)
	if string(name) == "%" {
		name, rest = xmlWord(rest)
	}
	value, _, ok := xmlQuoted(rest)
	if !ok {
		if value, _, ok = xmlExternal(rest); !ok {
			return
		}
	}
	s := x.s
	if n := x.doc.item(XMLEntity, x.entities); s.wanted(n) {
		s.push(XMLEntity, nil, x.entities)
		s.name(nil, name)
		s.value(n, value)
		s.pop()
	}
	x.entities++
}

// xmlDeclared reads the declaration or processing instruction b starts with.
func xmlDeclared(b []byte) (text []byte, size int) {
	if bytes.HasPrefix(b, []byte("<?")) {
		_, size = xmlUntil(b, 2, "?>")
		return nil, size
	}
	if !bytes.HasPrefix(b, []byte("<!")) {
		return nil, 0
	}
	return xmlDirective(b)
}

// xmlExternal reads SYSTEM "address" or PUBLIC "id" "address".
func xmlExternal(b []byte) (address, rest []byte, ok bool) {
	word, rest := xmlWord(b)
	switch string(word) {
	case "PUBLIC":
		if _, rest, ok = xmlQuoted(rest); !ok {
			return nil, b, false
		}
	case "SYSTEM":
	default:
		return nil, b, false
	}
	return xmlQuoted(rest)
}

// xmlQuoted reads white space and a quoted text.
func xmlQuoted(b []byte) (text, rest []byte, ok bool) {
	b = b[xmlSpaces(b):]
	if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
		return nil, b, false
	}
	end := bytes.IndexByte(b[1:], b[0])
	if end < 0 {
		return nil, b, false
	}
	return b[1 : 1+end], b[end+2:], true
}

// xmlWord reads white space and what comes up to the next white space, quote
// or bracket.
func xmlWord(b []byte) (word, rest []byte) {
	b = b[xmlSpaces(b):]
	end := bytes.IndexAny(b, " \t\r\n\"'[]<>")
	if end < 0 {
		end = len(b)
	}
	return b[:end], b[end:]
}
