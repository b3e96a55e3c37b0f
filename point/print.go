package point

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// String returns the canonical session form, such as
// "REQUEST → HEADER → X-TOKEN"; "" for the zero Path.
func (p Path) String() string {
	b, _ := p.AppendText(nil)
	return string(b)
}

// AppendText appends the session form to b. It never fails.
func (p Path) AppendText(b []byte) ([]byte, error) {
	b = appendSide(b, p.side)
	prev := noKind
	for i, st := range p.steps {
		if p.open(i) {
			b = appendOpen(b, prev, st.Kind)
		} else {
			b = appendStep(b, prev, st)
		}
		if !st.Kind.isNorm() {
			prev = st.Kind
		}
	}
	return b, nil
}

// MarshalText returns the session form.
func (p Path) MarshalText() ([]byte, error) { return p.AppendText(nil) }

// open reports whether a norm stands for the name or index of step i.
func (p Path) open(i int) bool { return i+1 < len(p.steps) && p.steps[i+1].Kind.isNorm() }

const arrow = " → "

// appendSide appends the first word of the session form.
func appendSide(b []byte, side Side) []byte { return append(b, side.String()...) }

// appendStep appends a step in session form. prev is the kind of the step
// before.
func appendStep(b []byte, prev Kind, st Step) []byte {
	b = appendOpen(b, prev, st.Kind)
	switch {
	case leadsToArgs(prev) && sessionForm.isWord(st.Name, Property):
		b = appendQuoted(append(b, arrow...), st.Name, '"')
	case st.Kind == Header:
		b = appendName(append(b, arrow...), upper(st.Name))
	case st.Kind.HasName():
		b = appendName(append(b, arrow...), st.Name)
	case st.Kind.HasIndex():
		b = strconv.AppendInt(append(b, arrow...), int64(st.Index), 10)
	}
	return b
}

// appendOpen appends the word of a step without its name or index. BASE64 and
// JSON after a part of a JWT are written twice, since a first one is taken for
// what is implied there anyway; PROPERTY is left out where only the name of an
// argument can stand.
func appendOpen(b []byte, prev, k Kind) []byte {
	times := 1
	switch {
	case (prev == JWTHeader || prev == JWTPayload) && (k == Base64 || k == JSON):
		times = 2
	case leadsToArgs(prev) && k == Property:
		times = 0
	}
	for range times {
		b = append(append(b, arrow...), k.String()...)
	}
	return b
}

// leadsToArgs reports whether only names of arguments can follow.
func leadsToArgs(k Kind) bool { return k == GQLArg || k == GQLDirective }

// appendName appends a name, in quotes where it would not be read as it is.
func appendName(b []byte, name string) []byte {
	if isBare(name) {
		return append(b, name...)
	}
	return appendQuoted(b, name, '"')
}

// isBare reports whether a name in session form needs no quotes.
func isBare(name string) bool {
	if name == "" || name == All.String() || name == Names.String() {
		return false
	}
	for _, r := range name {
		if r == utf8.RuneError || r == '"' || r == '\\' || r == '>' || r == '→' || r == ' ' || !strconv.IsPrint(r) {
			return false
		}
	}
	return true
}

// appendQuoted appends s in quotes. What is not printable is written \xNN,
// byte by byte, so that the result is always valid UTF-8 on one line.
func appendQuoted(b []byte, s string, quote byte) []byte {
	const hex = "0123456789abcdef"
	b = append(b, quote)
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == rune(quote) || r == '\\':
			b = append(b, '\\', s[0])
		case r == utf8.RuneError && n == 1 || !strconv.IsPrint(r):
			for _, c := range []byte(s[:n]) {
				b = append(b, '\\', 'x', hex[c>>4], hex[c&15])
			}
		default:
			b = append(b, s[:n]...)
		}
		s = s[n:]
	}
	return append(b, quote)
}

// upper returns a header field's name in upper case.
func upper(name string) string { return strings.ToUpper(name) }
