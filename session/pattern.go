package session

import "unicode/utf8"

// pattern is a text with wildcards: * for any text, ? for one character, \ to
// take the meaning from the next character. A pattern without wildcards is a
// plain comparison.
//
// Matching keeps only the last star to come back to, so it takes at most
// length of text times length of pattern steps and no stack.
type pattern struct {
	plain  string // the text, when there is no wildcard
	tokens []token
	fold   bool // ASCII case does not matter
}

// token is one literal byte or one wildcard.
type token struct {
	kind tokenKind
	b    byte
}

type tokenKind uint8

const (
	literal tokenKind = iota
	anyRune
	anyText
)

// compilePattern reads a pattern; every text is one. A \ at the end stands for
// itself.
func compilePattern(s string, fold bool) pattern {
	p := pattern{fold: fold}
	wild := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '*':
			wild = true
			if n := len(p.tokens); n == 0 || p.tokens[n-1].kind != anyText {
				p.tokens = append(p.tokens, token{kind: anyText})
			}
		case c == '?':
			wild = true
			p.tokens = append(p.tokens, token{kind: anyRune})
		case c == '\\' && i+1 < len(s):
			i++
			p.tokens = append(p.tokens, p.literal(s[i]))
		default:
			p.tokens = append(p.tokens, p.literal(c))
		}
	}
	if wild {
		return p
	}
	plain := make([]byte, len(p.tokens))
	for i, t := range p.tokens {
		plain[i] = t.b
	}
	return pattern{plain: string(plain), fold: fold}
}

func (p *pattern) literal(b byte) token { return token{literal, p.lower(b)} }

func (p *pattern) lower(b byte) byte {
	if p.fold && 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

func (p *pattern) match(s string) bool {
	if p.tokens == nil {
		return p.matchPlain(s)
	}
	var at, t int          // where we are in s and in the tokens
	starAt, starT := -1, 0 // where to go on when stuck: text eaten by the last star
	for at < len(s) {
		if t < len(p.tokens) {
			switch tok := p.tokens[t]; {
			case tok.kind == anyText:
				t++
				starAt, starT = at, t
				continue
			case tok.kind == anyRune:
				_, n := utf8.DecodeRuneInString(s[at:])
				at, t = at+n, t+1
				continue
			case tok.b == p.lower(s[at]):
				at, t = at+1, t+1
				continue
			}
		}
		if starAt < 0 {
			return false
		}
		_, n := utf8.DecodeRuneInString(s[starAt:])
		starAt += n
		at, t = starAt, starT
	}
	for t < len(p.tokens) && p.tokens[t].kind == anyText {
		t++
	}
	return t == len(p.tokens)
}

func (p *pattern) matchPlain(s string) bool {
	if !p.fold || len(p.plain) != len(s) {
		return p.plain == s
	}
	for i := range len(s) {
		if p.plain[i] != p.lower(s[i]) {
			return false
		}
	}
	return true
}
