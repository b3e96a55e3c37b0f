package accesslog

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string and undoes its escapes.
func (j *jsonScan) text() (string, bool) {
	if j.peek() != '"' {
		return "", false
	}
	from := j.i + 1
	for i := from; i < len(j.s); i++ {
		switch c := j.s[i]; {
		case c == '"': // Fast path: no escape on the way.
			j.i = i + 1
			return j.s[from:i], true
		case c == '\\':
			return j.escaped(from, i)
		case c < 0x20:
			return "", false
		}
	}
	return "", false
}

// escaped reads on from the first backslash, at i.
func (j *jsonScan) escaped(from, i int) (string, bool) {
	b := append(make([]byte, 0, i-from+32), j.s[from:i]...)
	for i < len(j.s) {
		c := j.s[i]
		switch {
		case c == '"':
			j.i = i + 1
			return string(b), true
		case c < 0x20:
			return "", false
		case c != '\\':
			b = append(b, c)
			i++
			continue
		}
		var n int
		if b, n = appendJSONEscape(b, j.s[i:]); n == 0 {
			return "", false
		}
		i += n
	}
	return "", false
}

// appendJSONEscape undoes the escape at the start of s; n is its length, 0
// when it is none.
func appendJSONEscape(b []byte, s string) (out []byte, n int) {
	if len(s) < 2 {
		return b, 0
	}
	switch s[1] {
	case '"', '\\', '/':
		return append(b, s[1]), 2
	case 'b':
		return append(b, '\b'), 2
	case 'f':
		return append(b, '\f'), 2
	case 'n':
		return append(b, '\n'), 2
	case 'r':
		return append(b, '\r'), 2
	case 't':
		return append(b, '\t'), 2
	case 'u':
		r, ok := hex4(s)
		if !ok {
			return b, 0
		}
		if utf16.IsSurrogate(r) {
			if low, ok := hex4(s[6:]); ok {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					return utf8.AppendRune(b, both), 12
				}
			}
		}
		return utf8.AppendRune(b, r), 6 // a lone surrogate becomes U+FFFD
	}
	return b, 0
}

// hex4 reads \uXXXX at the start of s.
func hex4(s string) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for i := 2; i < 6; i++ {
		d := unhex(s[i])
		if d > 15 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}
