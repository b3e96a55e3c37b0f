package point

import "github.com/chaperone-go/chaperone/traffic"

// chars adds text to the innermost tag. Text outside all tags has no place;
// the visitor sees it.
func (x *xmlScan) chars(text []byte, cdata bool) {
	t := &x.tags[len(x.tags)-1]
	if !t.wanted || len(text) == 0 {
		return
	}
	plain := xmlPlain(text, cdata)
	switch {
	case len(x.tags) == 1:
		if xmlSpaces(text) < len(text) {
			x.s.value(nil, x.unescaped(text, cdata))
		}
	case plain && t.run == nil && len(x.text) == t.text:
		t.run = text
	default:
		x.text = append(x.text, t.run...)
		t.run = nil
		x.text = appendXML(x.text, text, cdata)
	}
}

// blank reports whether the innermost tag has no text but white space.
func (x *xmlScan) blank(t *xmlTag) bool {
	text := t.run
	if text == nil {
		text = x.text[t.text:]
	}
	return xmlSpaces(text) == len(text)
}

// textOf returns the text of the innermost tag: where it stands in the
// document when it is in one piece there, or a copy.
func (x *xmlScan) textOf(t *xmlTag) []byte {
	if t.run != nil {
		return t.run
	}
	at := len(x.s.arena)
	x.s.arena = append(x.s.arena, x.text[t.text:]...)
	return x.s.made(at)
}

// indexed ends a comment or a processing instruction. They belong to the
// document, wherever they stand.
func (x *xmlScan) indexed(k Kind, count *int, text []byte, size int) (int, fault) {
	if size == 0 {
		return 0, ended
	}
	if x.spend(1) {
		x.s.fail(x.doc, traffic.TooLarge)
		return 0, limited
	}
	x.outside()
	x.single(k, *count, x.doc.item(k, *count), text)
	x.inside()
	*count++
	return size, fine
}

// single ends a value that belongs to the document.
func (x *xmlScan) single(k Kind, index int, n *node, text []byte) {
	if s := x.s; s.wanted(n) {
		s.push(k, nil, index)
		s.value(n, text)
		s.pop()
	}
}

// outside puts the steps of the open tags aside, inside puts them back.
func (x *xmlScan) outside() {
	x.aside = append(x.aside[:0], x.s.trail[x.at:]...)
	x.s.trail = x.s.trail[:x.at]
}

func (x *xmlScan) inside() { x.s.trail = append(x.s.trail, x.aside...) }

// unescaped returns text with its references undone.
func (x *xmlScan) unescaped(text []byte, cdata bool) []byte {
	if xmlPlain(text, cdata) {
		return text
	}
	s := x.s
	at := len(s.arena)
	s.arena = appendXML(s.arena, text, cdata)
	return s.made(at)
}
