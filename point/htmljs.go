package point

import (
	"bytes"
	"html"
	"unicode/utf16"
	"unicode/utf8"
)

// htmljs turns HTML entities and then JavaScript escapes into text, in the
// order a browser undoes them in <a onclick="…">. Entities are read as
// [html.UnescapeString] does. Of JavaScript the escapes inside string
// literals are known: \n and its kin, \xNN, \uNNNN with surrogate pairs,
// \u{N…}, octal \N to \377, a line continuation, and any other escaped
// character, which stands for itself. Escapes that are none, such as \xZZ,
// are kept as they stand; so every text has a result.
func (s *Scan) htmljs(n *node, text []byte) {
	entities := bytes.IndexByte(text, '&') >= 0
	if !entities && bytes.IndexByte(text, '\\') < 0 {
		s.unchanged(n, text)
		return
	}
	if !s.afford(n, len(text)) {
		return
	}
	if entities {
		text = s.copy(html.UnescapeString(string(text)))
	}
	at := len(s.arena)
	s.arena = appendJS(s.arena, text)
	s.output(n, at)
}

// appendJS appends src to dst with its JavaScript string escapes undone.
func appendJS(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, '\\')
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		r, size := jsEscape(src[i:])
		switch {
		case size == 0: // not an escape: keep the backslash
			dst, size = append(dst, '\\'), 1
		case r >= 0:
			dst = utf8.AppendRune(dst, r)
		}
		src = src[i+size:]
	}
}

// jsEscape reads the escape that b, which begins with a backslash, starts
// with: the rune it stands for and its length. The rune is negative for an
// escape that stands for nothing, a line continuation. The length is 0 when
// there is no valid escape.
func jsEscape(b []byte) (r rune, size int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch c := b[1]; c {
	case 'b':
		return '\b', 2
	case 't':
		return '\t', 2
	case 'n':
		return '\n', 2
	case 'v':
		return '\v', 2
	case 'f':
		return '\f', 2
	case 'r':
		return '\r', 2
	case '\n':
		return -1, 2
	case '\r':
		if len(b) > 2 && b[2] == '\n' {
			return -1, 3
		}
		return -1, 2
	case 'x':
		return jsHex(b, 2)
	case 'u':
		return jsUnicode(b)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return jsOctal(b)
	}
	return jsItself(b)
}

// jsItself reads an escaped character that stands for itself. The two line
// separators of Unicode continue a line, as a line feed does.
func jsItself(b []byte) (rune, int) {
	r, size := utf8.DecodeRune(b[1:])
	if r == '\u2028' || r == '\u2029' {
		return -1, 1 + size
	}
	if r == utf8.RuneError && size == 1 { // not UTF-8: keep the bytes
		return 0, 0
	}
	return r, 1 + size
}

// jsHex reads \x or \u with exactly that many hex digits.
func jsHex(b []byte, digits int) (r rune, size int) {
	if len(b) < 2+digits {
		return 0, 0
	}
	for _, c := range b[2 : 2+digits] {
		v, ok := hexDigit(c)
		if !ok {
			return 0, 0
		}
		r = r<<4 | rune(v)
	}
	return r, 2 + digits
}

// jsUnicode reads \uNNNN, a pair of them that makes one rune, or \u{N…}. A
// surrogate without its mate becomes U+FFFD.
func jsUnicode(b []byte) (rune, int) {
	if len(b) > 2 && b[2] == '{' {
		return jsBraced(b)
	}
	r, size := jsHex(b, 4)
	if size == 0 || !utf16.IsSurrogate(r) {
		return r, size
	}
	if rest := b[size:]; len(rest) > 1 && rest[0] == '\\' && rest[1] == 'u' {
		low, more := jsHex(rest, 4)
		if pair := utf16.DecodeRune(r, low); more > 0 && pair != utf8.RuneError {
			return pair, size + more
		}
	}
	return utf8.RuneError, size
}

// jsBraced reads \u{N…}: any number of hex digits, at most U+10FFFF.
func jsBraced(b []byte) (r rune, size int) {
	for i, c := range b[3:] {
		if c == '}' && i > 0 {
			return r, 3 + i + 1
		}
		v, ok := hexDigit(c)
		if !ok {
			return 0, 0
		}
		if r = r<<4 | rune(v); r > utf8.MaxRune {
			return 0, 0
		}
	}
	return 0, 0
}

// jsOctal reads \0 to \377: up to three digits, as long as they make a byte.
func jsOctal(b []byte) (r rune, size int) {
	size = 1
	for size < len(b) && size < 4 && b[size] >= '0' && b[size] <= '7' {
		next := r<<3 | rune(b[size]-'0')
		if next > 0xff {
			break
		}
		r = next
		size++
	}
	return r, size
}
