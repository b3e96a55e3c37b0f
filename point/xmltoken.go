package point

import (
	"bytes"
	"unicode/utf8"
)

// This file, with xmlattr.go and xmlescape.go, cuts XML into tokens. Its
// functions keep no state: they take the bytes from the cursor on and return
// the length of what they read, 0 when its end is missing. Nothing
// is copied but text with references in it.
//
// encoding/xml would do the work too. Its tokens alone take some four times as
// long as the whole scan and about three objects per tag, see BenchmarkXML,
// and it has no limit on the attributes of a tag. It is the oracle of the tests instead: what it
// reads, not strict, up to its first error is read here in the same way.
// Attributes may lack quotes or a value, unknown references stay as they are.
// This reader goes on where encoding/xml gives up: at a character or a name
// that is not allowed (a:b:c), a bare < in an attribute, "]]>" in text, "--"
// in a comment, a reference without end, XML 1.1.

// xmlText returns the length of the text before the next markup.
func xmlText(b []byte) int {
	if i := bytes.IndexByte(b, '<'); i >= 0 {
		return i
	}
	return len(b)
}

// xmlUntil returns what stands between the first skip bytes of b and end.
func xmlUntil(b []byte, skip int, end string) (text []byte, size int) {
	i := bytes.Index(b[skip:], []byte(end))
	if i < 0 {
		return nil, 0
	}
	return b[skip : skip+i], skip + i + len(end)
}

// xmlName returns the length of the name b starts with. Non-ASCII bytes are
// all taken for parts of names.
func xmlName(b []byte) int {
	if len(b) == 0 || '0' <= b[0] && b[0] <= '9' || b[0] == '-' || b[0] == '.' {
		return 0
	}
	for i, c := range b {
		if !xmlNameByte(c) {
			return i
		}
	}
	return len(b)
}

func xmlNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '_' || c == ':' || c == '.' || c == '-' || c >= utf8.RuneSelf
}

// xmlSpaces returns the length of the white space b starts with.
func xmlSpaces(b []byte) int {
	for i, c := range b {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return i
		}
	}
	return len(b)
}

// xmlClose reads a closing tag.
func xmlClose(b []byte) (name []byte, size int, f fault) {
	i := 2 + xmlName(b[2:])
	if i == 2 && i < len(b) {
		return nil, 0, broken
	}
	end := i + xmlSpaces(b[i:])
	return b[2:i], end + 1, xmlExpect(b[end:], ">")
}

// xmlDirective reads <!…> with what is nested in it. Quotes and comments hide
// angle brackets.
func xmlDirective(b []byte) (text []byte, size int) {
	depth, comments := 0, true
	for i := 3; i < len(b); i++ { // the byte after <! is never markup
		switch b[i] {
		case '"', '\'':
			end := bytes.IndexByte(b[i+1:], b[i])
			if end < 0 {
				return nil, 0
			}
			i += end + 1
		case '<':
			n := 0
			if comments && isXMLComment(b[i:]) {
				_, n = xmlComment(b[i:])
				comments = n > 0 // where one does not end, none does
			}
			if n > 0 {
				i += n - 1
			} else {
				depth++
			}
		case '>':
			if depth == 0 {
				return b[2:i], i + 1
			}
			depth--
		}
	}
	return nil, 0
}

func isXMLComment(b []byte) bool { return bytes.HasPrefix(b, []byte("<!--")) }

// xmlComment reads <!--…-->; b starts like one.
func xmlComment(b []byte) (text []byte, size int) {
	return xmlUntil(b, len("<!--"), "-->")
}
