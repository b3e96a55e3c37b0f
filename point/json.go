package point

import (
	"bytes"

	"github.com/chaperone-go/chaperone/traffic"
)

// The JSON scanner reads RFC 8259 as encoding/json does when it decodes into
// an any, with these differences:
//
//   - A byte order mark before the document is skipped.
//   - Numbers are given as they are written, whatever their size.
//   - There is no bound on nesting but [Limits].Depth. What lies deeper is
//     checked but not looked at: its slots say TooLarge.
//   - What was readable before an error counts, encoding/json's Unmarshal
//     gives nothing then. Its Decoder stops after the first value, which is
//     why a value before trailing garbage must count.
//   - The norms ALL and NAMES, and a visitor, also meet what a duplicate
//     property replaces.
//
// Decoding into a struct differs further, in encoding/json: it ignores the
// case of names, and a duplicate object is merged into the former one.
//
// All functions go from a place in b to a place in b. Nothing else moves.

// byteOrderMark may stand before a document; it means nothing in UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// json reads the JSON document b; n is the node of the document, depth the
// nesting it stands in.
func (s *Scan) json(n *node, b []byte, depth int) {
	b = bytes.TrimPrefix(b, byteOrderMark)
	i, f := s.jsonDocument(n, b, skipSpace(b, 0), depth)
	if f == fine && skipSpace(b, i) < len(b) {
		f = broken
	}
	s.jsonFault(n, f)
}

// jsonLines reads the JSON documents of b, each on a line of its own, as the
// items of n. Blank lines do not count. A line that cannot be read, or only
// its start, does; reading goes on with the next line.
func (s *Scan) jsonLines(n *node, b []byte, depth int) {
	b = bytes.TrimPrefix(b, byteOrderMark)
	for index := 0; len(b) > 0; {
		line, rest, more := bytes.Cut(b, []byte{'\n'})
		b = rest
		if skipSpace(line, 0) == len(line) {
			continue
		}
		cut := s.cut
		s.cut = cut && !more
		if kid := n.item(Item, index); s.wanted(kid) {
			s.push(Item, nil, index)
			s.json(kid, line, depth)
			s.pop()
		}
		s.cut = cut
		index++
	}
	if s.cut {
		s.fail(n, traffic.TooLarge)
	}
}

// jsonFault says why a document could not be read to its end.
func (s *Scan) jsonFault(n *node, f fault) {
	switch f {
	case ended:
		s.fail(n, traffic.Undecodable)
	case broken: // also if the text was cut off, further on
		cut := s.cut
		s.cut = false
		s.fail(n, traffic.Undecodable)
		s.cut = cut
	}
}

// jsonDocument reads the value at i and sees to it that nothing of the
// objects in it is left when it breaks off.
func (s *Scan) jsonDocument(n *node, b []byte, i, depth int) (next int, f fault) {
	seen, outer := len(s.seen), s.depth
	s.depth = depth
	next, f = s.jsonValue(n, b, i)
	s.seen, s.depth = s.seen[:seen], outer
	return next, f
}

// jsonValue reads the value at i.
func (s *Scan) jsonValue(n *node, b []byte, i int) (next int, f fault) {
	if i >= len(b) {
		return i, ended
	}
	switch b[i] {
	case '"':
		text, next, f := s.jsonString(b, i+1)
		if f == fine {
			s.value(n, text)
		}
		return next, f
	case '{', '[':
		return s.jsonContainer(n, b, i)
	case 'n':
		return literalEnd(b, i, "null")
	}
	if next, f = scalarEnd(b, i); f != fine {
		return next, f
	}
	if s.cut && next == len(b) {
		return next, ended // it may go on behind the cut
	}
	s.value(n, b[i:next:next])
	return next, fine
}

// jsonContainer reads the object or array at i if there is reason to.
func (s *Scan) jsonContainer(n *node, b []byte, i int) (next int, f fault) {
	object := b[i] == '{'
	if s.visitor == nil && (object && n.kids(Property) == nil || !object && n.places(Item) == nil) {
		return s.skipJSON(b, i)
	}
	if s.depth >= s.plan.limits.Depth {
		s.fail(n, traffic.TooLarge)
		return s.skipJSON(b, i)
	}
	s.depth++
	if object {
		next, f = s.jsonObject(n, b, i+1)
	} else {
		next, f = s.jsonArray(n, b, i+1)
	}
	s.depth--
	return next, f
}

// jsonArray reads the array whose elements begin at i.
func (s *Scan) jsonArray(n *node, b []byte, i int) (next int, f fault) {
	if i = skipSpace(b, i); i < len(b) && b[i] == ']' {
		return i + 1, fine
	}
	for index := 0; ; index++ {
		if kid := n.item(Item, index); s.wanted(kid) {
			s.push(Item, nil, index)
			i, f = s.jsonValue(kid, b, i)
			s.pop()
		} else {
			i, f = s.skipJSON(b, i)
		}
		if f != fine {
			return i, f
		}
		if i = skipSpace(b, i); i >= len(b) {
			return i, ended
		}
		switch b[i] {
		case ',':
			i = skipSpace(b, i+1)
		case ']':
			return i + 1, fine
		default:
			return i, broken
		}
	}
}
