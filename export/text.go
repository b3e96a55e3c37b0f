package export

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// tricky reports whether r makes text look like other text, or ends a line
// for some readers: C1 controls, direction marks, line separators, the byte
// order mark. ASCII controls are handled before.
func tricky(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r <= 0x9f: // C1
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f: // direction marks
		return true
	case r >= 0x2028 && r <= 0x202e: // separators, embeddings, overrides
		return true
	case r >= 0x2066 && r <= 0x2069: // isolates
		return true
	}
	return r == 0xfeff
}

// table is a set of ASCII characters.
type table [utf8.RuneSelf]bool

func printableBut(s string) (t table) {
	for c := byte(0x20); c < 0x7f; c++ {
		t[c] = true
	}
	for i := range len(s) {
		t[s[i]] = false
	}
	return t
}

// The characters that are written as they are.
var (
	plainInJSON = printableBut(`"\\`)
	plainInCell = printableBut(`"\\;`)
)

// prefix returns how many bytes at the start of s are in t.
func (t *table) prefix(s string) int {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && t[s[i]] {
		i++
	}
	return i
}

// appendEscape writes r as \u and four digits. All tricky runes fit.
func appendEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
