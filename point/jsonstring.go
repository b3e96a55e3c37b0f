package point

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// fault is why a JSON text could not be read on.
type fault uint8

const (
	fine   fault = iota
	ended        // the text ends too soon
	broken       // there is a byte that cannot be there
)

// What a JSON string has that makes it differ from its text.
const (
	hasEscape  = 1 << iota // a backslash
	hasForeign             // bytes beyond ASCII, which may not be UTF-8
)

const (
	everyByte = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// stringEnd finds the end of the string whose text starts at i. It returns
// the place after the closing quote and what the text has. Escapes are
// checked as far as that the string's end is certain; unquote checks the rest.
func stringEnd(b []byte, i int) (next int, has uint8, f fault) {
	for {
		// Fast path: eight bytes at a time, up to a quote, a backslash or a
		// control character. Bits above the lowest one found may be wrong.
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			quote, slash := w^('"'*everyByte), w^('\\'*everyByte)
			special := ((quote-everyByte)&^quote | (slash-everyByte)&^slash | (w-' '*everyByte)&^w) & highBits
			foreign := w & highBits
			if special == 0 {
				if foreign != 0 {
					has |= hasForeign
				}
				i += 8
				continue
			}
			at := bits.TrailingZeros64(special)
			if foreign<<(63-at) != 0 {
				has |= hasForeign
			}
			i += at >> 3
			break
		}
		if i >= len(b) {
			return i, has, ended
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1, has, fine
		case c == '\\':
			has |= hasEscape
			if i, f = escapeEnd(b, i); f != fine {
				return i, has, f
			}
		case c < ' ':
			return i, has, broken
		default:
			if c >= utf8.RuneSelf {
				has |= hasForeign
			}
			i++
		}
	}
}

// escapeEnd returns the place after the escape at i.
func escapeEnd(b []byte, i int) (next int, f fault) {
	if i+1 >= len(b) {
		return i, ended
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2, fine
	case 'u':
		for j := i + 2; j < i+6; j++ {
			if j >= len(b) {
				return i, ended
			}
			if _, ok := hexDigit(b[j]); !ok {
				return i, broken
			}
		}
		return i + 6, fine
	}
	return i, broken
}

// jsonString reads the string whose text starts at i. The text is a piece of
// b, or of the arena where b has it in another form. Bytes that are not UTF-8
// and halves of surrogate pairs become U+FFFD, as in encoding/json.
func (s *Scan) jsonString(b []byte, i int) (text []byte, next int, f fault) {
	next, has, f := stringEnd(b, i)
	if f != fine {
		if s.cut && f == ended && s.visitor != nil {
			s.show(b[i:], false) // as far as it goes
		}
		return nil, next, f
	}
	text = b[i : next-1 : next-1]
	if has == 0 || has == hasForeign && utf8.Valid(text) {
		return text, next, fine
	}
	at := len(s.arena)
	s.arena = appendUnquoted(s.arena, text)
	return s.arena[at:len(s.arena):len(s.arena)], next, fine
}

// appendUnquoted appends the text of a JSON string that stringEnd has passed.
func appendUnquoted(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case c == '\\' && src[i+1] == 'u':
			var r rune
			r, i = unicodeEscape(src, i)
			dst = utf8.AppendRune(dst, r)
		case c == '\\':
			dst = append(dst, simpleEscape(src[i+1]))
			i += 2
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, size := utf8.DecodeRune(src[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
		}
	}
	return dst
}

func simpleEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unicodeEscape reads the \u escape at i, or two that make one character.
func unicodeEscape(src []byte, i int) (r rune, next int) {
	r, next = hexRune(src[i+2:]), i+6
	if !utf16.IsSurrogate(r) {
		return r, next
	}
	if next+6 <= len(src) && src[next] == '\\' && src[next+1] == 'u' {
		if pair := utf16.DecodeRune(r, hexRune(src[next+2:])); pair != utf8.RuneError {
			return pair, next + 6
		}
	}
	return utf8.RuneError, next
}

// hexRune reads four hex digits that stringEnd has passed.
func hexRune(b []byte) (r rune) {
	for _, c := range b[:4] {
		v, _ := hexDigit(c)
		r = r<<4 | rune(v)
	}
	return r
}
