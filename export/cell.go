package export

import (
	"strings"
	"unicode/utf8"
)

// appendCell writes s as one text cell: neutral to spreadsheets, on one line,
// quoted when RFC 4180 asks for it.
func appendCell(b []byte, s string) []byte {
	if bare(s) {
		return append(b, s...) // Fast path: nothing to do.
	}
	b = append(b, '"')
	if formula(strings.TrimLeft(s, " ")) {
		b = append(b, '\'')
	}
	b = appendCellText(b, s)
	return append(b, '"')
}

// bare reports whether a cell can be written without quotes and escapes.
func bare(s string) bool {
	return plainInCell.prefix(s) == len(s) && !formula(s) &&
		!strings.HasPrefix(s, " ") && strings.IndexByte(s, ',') < 0
}

// appendCellText writes the inside of a quoted cell.
func appendCellText(b []byte, s string) []byte {
	for len(s) > 0 {
		n := plainInCell.prefix(s)
		b = append(b, s[:n]...)
		if s = s[n:]; s == "" {
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		b = appendCellRune(b, r, size, s)
		s = s[size:]
	}
	return b
}

// appendCellRune writes the rune r, size bytes at the start of s.
func appendCellRune(b []byte, r rune, size int, s string) []byte {
	switch {
	case r == '"':
		return append(b, '"', '"')
	case r == '\\':
		return append(b, '\\', '\\')
	case r == ';' && !startsCell(s[1:]):
		return append(b, ';')
	case r < utf8.RuneSelf, r == utf8.RuneError && size == 1:
		return append(b, '\\', 'x', hexDigits[s[0]>>4], hexDigits[s[0]&15])
	case tricky(r):
		return appendEscape(b, r)
	}
	return append(b, s[:size]...)
}

// formula reports whether a spreadsheet may run a cell that starts like s.
func formula(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@':
		return true
	case 0xef: // the full-width twins U+FF1D, U+FF0B, U+FF0D, U+FF20
		r, _ := utf8.DecodeRuneInString(s)
		return r == '＝' || r == '＋' || r == '－' || r == '＠'
	}
	return false
}

// startsCell reports whether s, behind a semicolon, would be a dangerous cell
// for a spreadsheet that cuts cells there.
func startsCell(s string) bool { return formula(s) || s != "" && s[0] == '"' }
