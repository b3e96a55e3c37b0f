package point

import "fmt"

// unexpected returns the reason why t cannot stand where it does, with what
// was expected.
func (p *parser) unexpected(t token, known bool) string {
	if t.bad != "" {
		return t.bad
	}
	if format := unreadFormat(t.text); format != "" {
		return fmt.Sprintf("%s: %s are not read", t.text, format)
	}
	words := p.expect()
	want := "expected " + expected(words) + p.after()
	switch {
	case t.text == "" && !t.quoted:
		return want
	case t.quoted && p.as == sessionForm:
		return fmt.Sprintf("%q stands in quotes, so it is a name; %s", clip(t.text, 80), want)
	case known:
		return fmt.Sprintf("%s cannot stand here; %s", t.text, want)
	}
	reason := fmt.Sprintf("%q is not a step", clip(t.text, 80))
	if other := p.otherNotation(t.text); other != "" {
		return fmt.Sprintf("%s; here it is written %s", reason, other)
	}
	if near := nearest(t.text, words); near != "" {
		return fmt.Sprintf("%s; did you mean %s? E%s", reason, near, want[1:])
	}
	return reason + "; " + want
}

// after says after which step something was expected.
func (p *parser) after() string {
	switch n := len(p.b.steps); {
	case n == 0 && p.as == sessionForm:
		return " after " + p.b.side.String()
	case n == 0:
		return " at the start"
	case p.b.steps[n-1].Kind.isNorm():
		return " after " + p.b.steps[n-1].Kind.String()
	default:
		return " after " + p.as.of(p.b.steps[n-1].Kind, NoSide)
	}
}

// expect returns the words that may come next.
func (p *parser) expect() []string {
	if len(p.b.steps) == 0 && p.as == tagForm { // the first tag chooses the side
		words := p.spelled((&builder{side: Request}).may(), Request)
		return append(words, p.spelled((&builder{side: Response}).may()&^(1<<Cookie), Response)...)
	}
	words := p.spelled(p.b.may(), NoSide)
	if p.b.at == atJWT && p.as == sessionForm {
		words = append(words, All.String())
	}
	return words
}

// spelled returns how the notation writes each of some kinds.
func (p *parser) spelled(some kinds, side Side) []string {
	var words []string
	for _, k := range some.list() {
		words = append(words, p.as.of(k, side))
	}
	return words
}

// otherNotation returns how text, a word of the other notation, is written in
// this one; "" if it is none.
func (p *parser) otherNotation(text string) string {
	other := sessionForm
	if p.as == sessionForm {
		other = tagForm
	}
	w, ok := other.words[other.spell(text)]
	if !ok {
		return ""
	}
	kind, _ := p.b.resolve(w.kind)
	written := p.as.of(kind, NoSide)
	switch w.norm {
	case All, Names:
		return withNorm(p.as, written, w.norm)
	}
	return written
}
