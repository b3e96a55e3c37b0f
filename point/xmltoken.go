package point

import (
	"bytes"
	"unicode/utf8"
)

// This file cuts XML into tokens. Its functions keep no state: they take the
// bytes from the cursor on and return the length of what they read, 0 when
// it is broken or ends too soon. Nothing is copied but text with references
// in it. encoding/xml would do the work as well; it makes several objects per
// tag, has no limit on the number of attributes, and gives nothing up to an
// error. It is the oracle of the tests instead: what it reads is read here in
// the same way (not strict: attributes without a value or quotes, unknown
// references stay as they are). This reader goes on where encoding/xml gives
// up at a character or a name that is not allowed, a bare < in an attribute,
// "]]>" in text, "--" in a comment, an unfinished reference, and XML 1.1.

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

// xmlOpening is an opening tag.
type xmlOpening struct {
	name   []byte
	attrs  []byte // its attributes as written, with the byte after them
	count  int    // of them
	single bool   // <tag/>
}

// xmlOpen reads an opening tag.
func xmlOpen(b []byte) (o xmlOpening, size int) {
	i := 1 + xmlName(b[1:])
	if i == 1 {
		return o, 0
	}
	o.name = b[1:i]
	from := i
	for {
		_, n := xmlAttribute(b[i:])
		if n == 0 {
			break
		}
		o.count++
		i += n
	}
	i += xmlSpaces(b[i:])
	if o.single = bytes.HasPrefix(b[i:], []byte("/>")); o.single {
		o.attrs = b[from : i+1]
		return o, i + 2
	}
	if i == len(b) || b[i] != '>' {
		return o, 0
	}
	o.attrs = b[from : i+1]
	return o, i + 1
}

// xmlAttr is an attribute: its name and value as written.
type xmlAttr struct {
	name, value []byte
}

// xmlAttribute reads white space and name="value", name='value', name=value
// or name, which is its own value.
func xmlAttribute(b []byte) (a xmlAttr, size int) {
	start := xmlSpaces(b)
	i := start + xmlName(b[start:])
	if i == start {
		return a, 0
	}
	a.name = b[start:i]
	after := i + xmlSpaces(b[i:])
	if after == len(b) {
		return a, 0
	}
	if b[after] != '=' {
		_, a.value = xmlPrefix(a.name)
		return a, i
	}
	i = after + 1
	i += xmlSpaces(b[i:])
	if i == len(b) {
		return a, 0
	}
	if quote := b[i]; quote == '"' || quote == '\'' {
		end := bytes.IndexByte(b[i+1:], quote)
		if end < 0 {
			return a, 0
		}
		a.value = b[i+1 : i+1+end]
		return a, i + end + 2
	}
	end := i
	for end < len(b) && xmlBareByte(b[end]) {
		end++
	}
	if end == len(b) {
		return a, 0
	}
	a.value = b[i:end]
	return a, end
}

// xmlBareByte tells what an attribute value without quotes may consist of.
func xmlBareByte(c byte) bool {
	return xmlNameByte(c) && c != '.' && c < utf8.RuneSelf
}

// xmlPrefix cuts a name at its colon.
func xmlPrefix(name []byte) (prefix, local []byte) {
	i := bytes.IndexByte(name, ':')
	if i <= 0 || i == len(name)-1 {
		return nil, name
	}
	return name[:i], name[i+1:]
}

// xmlClose reads a closing tag.
func xmlClose(b []byte) (name []byte, size int) {
	i := 2 + xmlName(b[2:])
	if i == 2 {
		return nil, 0
	}
	end := i + xmlSpaces(b[i:])
	if end == len(b) || b[end] != '>' {
		return nil, 0
	}
	return b[2:i], end + 1
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

// xmlPlain reports whether text stands for itself: it has no carriage returns
// and, outside of CDATA, no references.
func xmlPlain(text []byte, cdata bool) bool {
	return bytes.IndexByte(text, '\r') < 0 && (cdata || bytes.IndexByte(text, '&') < 0)
}

// appendXML appends text to dst with its references undone: the five that
// every document has, and those to a character by number. All others, such
// as &xxe;, stay as they are. Ends of lines become line feeds; in a CDATA
// section that is all.
func appendXML(dst, text []byte, cdata bool) []byte {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '&' && !cdata:
			r, n := xmlReference(text[i:])
			if n == 0 {
				dst, i = append(dst, '&'), i+1
				continue
			}
			dst, i = utf8.AppendRune(dst, r), i+n
		case c == '\r':
			dst, i = append(dst, '\n'), i+1
			if i < len(text) && text[i] == '\n' {
				i++
			}
		default:
			dst, i = append(dst, c), i+1
		}
	}
	return dst
}

// xmlReference reads &name; or &#number; and returns the rune it stands for.
func xmlReference(b []byte) (r rune, size int) {
	const longest = 64 // zeros may lead a number
	end := bytes.IndexByte(b[:min(len(b), longest)], ';')
	if end < 0 {
		return 0, 0
	}
	name := b[1:end]
	switch string(name) {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "apos":
		return '\'', end + 1
	case "quot":
		return '"', end + 1
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, 0
	}
	if r, ok := xmlNumber(name[1:]); ok {
		return r, end + 1
	}
	return 0, 0
}

// xmlNumber reads 65 or x41.
func xmlNumber(digits []byte) (r rune, ok bool) {
	base := rune(10)
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	for _, c := range digits {
		v, ok := hexDigit(c)
		if !ok || rune(v) >= base {
			return 0, false
		}
		if r = r*base + rune(v); r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, len(digits) > 0
}
