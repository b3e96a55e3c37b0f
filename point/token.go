package point

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, name or index of a path's text.
type token struct {
	text   string
	at     int    // where it begins
	quoted bool   // it stood in quotes
	loose  bool   // only space stands before it, no separator
	bad    string // what is wrong with it, "" if nothing; the last token then
}

// cutSession cuts a text in session form into its tokens. Where one is
// missing between two separators or at the end, there is an empty one.
func cutSession(s string) []token {
	var tokens []token
	separated := true
	for at := 0; ; {
		at += spaces(s[at:])
		if at == len(s) {
			if separated {
				tokens = append(tokens, token{at: at})
			}
			return tokens
		}
		if n := separator(s[at:]); n > 0 {
			if separated {
				tokens = append(tokens, token{at: at})
			}
			separated = true
			at += n
			continue
		}
		t, n := cutToken(s[at:], `"`, func(rest string) bool { return separator(rest) > 0 })
		t.at, t.loose = at, !separated
		tokens = append(tokens, t)
		if t.bad != "" {
			return tokens
		}
		separated = false
		at += n
	}
}

// cutTags cuts a text in tag form into its tokens. It may be one list of tags
// and values, or a list of such lists, with or without brackets around.
func cutTags(s string) []token {
	var tokens []token
	depth := 0
	last := byte('[') // what came last: a bracket, a comma, or a token, 't'
	for at := 0; at < len(s); {
		c := s[at]
		switch n := spaces(s[at:]); {
		case n > 0:
			at += n
			continue
		case c == ',' && (last == ',' || last == '['), c == ']' && last == ',':
			tokens = append(tokens, token{at: at})
		case c == '[' && (depth == 2 || last == 't'):
			return append(tokens, token{at: at, bad: "unexpected ["})
		case depth == 0 && c != '[' && !(c == ',' && last == ']'):
			return append(tokens, token{at: at, bad: "expected [ or the end of the path"})
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c != ',':
			t, n := cutToken(s[at:], `'"`, func(rest string) bool { return strings.ContainsAny(rest[:1], "[],") })
			t.at, t.loose = at, last == 't'
			tokens = append(tokens, t)
			if t.bad != "" {
				return tokens
			}
			last = 't'
			at += n
			continue
		}
		last = c
		at++
	}
	if depth > 0 || last == ',' {
		tokens = append(tokens, token{at: len(s), bad: "expected ] at the end of the path"})
	}
	return tokens
}

// cutToken returns the token at the start of s, which is not space, and its
// length. A bare one goes up to a space or to what ends says.
func cutToken(s, quotes string, ends func(rest string) bool) (token, int) {
	if strings.IndexByte(quotes, s[0]) >= 0 {
		return unquote(s)
	}
	n := 0
	for n < len(s) && spaces(s[n:]) == 0 && !ends(s[n:]) {
		_, size := utf8.DecodeRuneInString(s[n:])
		n += size
	}
	return token{text: s[:n]}, n
}

// unquote returns the token in quotes at the start of s, and its length.
func unquote(s string) (token, int) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return token{text: b.String(), quoted: true}, i + 1
		case c != '\\':
			b.WriteByte(c)
		default:
			c, n := unescape(s[i+1:])
			if n == 0 {
				return token{quoted: true, bad: `expected \\, \", \' or \xNN after the \ in ` + clip(s, 80)}, 0
			}
			b.WriteByte(c)
			i += n
		}
	}
	return token{quoted: true, bad: "the quote is not closed: " + clip(s, 80)}, 0
}

// unescape returns the byte that stands escaped after a \, and the length of
// its escape; 0 for none.
func unescape(s string) (byte, int) {
	if s == "" {
		return 0, 0
	}
	switch s[0] {
	case '\\', '"', '\'':
		return s[0], 1
	case 'x':
		if len(s) >= 3 {
			hi, ok1 := hexDigit(s[1])
			lo, ok2 := hexDigit(s[2])
			if ok1 && ok2 {
				return hi<<4 | lo, 3
			}
		}
	}
	return 0, 0
}

// spaces returns the length of the space at the start of s.
func spaces(s string) int {
	return len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
}

// separator returns the length of the separator of session form at the start
// of s; 0 for none.
func separator(s string) int {
	for _, sep := range [...]string{">", "→", "->", "=>"} {
		if strings.HasPrefix(s, sep) {
			return len(sep)
		}
	}
	return 0
}
