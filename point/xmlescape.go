package point

import (
	"bytes"
	"unicode/utf8"
)

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
