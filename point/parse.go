package point

import (
	"fmt"
	"strconv"
	"strings"
)

// maxText bounds the text of a path.
const maxText = 16 << 10

// ParsePath reads a path in either notation. A text that begins with a
// bracket is in tag form, any other in session form; the package's comment
// tells them both. The error is a [*PathError].
func ParsePath(s string) (Path, error) {
	p := parser{text: s}
	if len(s) > maxText {
		return Path{}, p.refuse(token{at: maxText}, fmt.Sprintf("longer than %d bytes", maxText))
	}
	var err *PathError
	if strings.HasPrefix(strings.TrimSpace(s), "[") {
		err = p.tags()
	} else {
		err = p.session()
	}
	if err != nil {
		return Path{}, err
	}
	return p.b.path(), nil
}

// MustParsePath is [ParsePath] for paths that are written in the program. It
// panics on an error.
func MustParsePath(s string) Path {
	p, err := ParsePath(s)
	if err != nil {
		panic(err)
	}
	return p
}

// UnmarshalText reads a path in either notation. The empty text is the zero
// Path.
func (p *Path) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*p = Path{}
		return nil
	}
	q, err := ParsePath(string(b))
	if err == nil {
		*p = q
	}
	return err
}

// parser reads one path: first its text is cut into tokens, by the notation's
// own rules, then the tokens are read by the same rules for both.
type parser struct {
	text   string
	as     *notation
	tokens []token
	b      *builder
	step   int
}

// refuse returns the error for a token of the current step.
func (p *parser) refuse(t token, reason string) *PathError {
	return &PathError{Text: p.text, Offset: t.at, Step: p.step, Reason: reason}
}

// session reads a path in session form.
func (p *parser) session() *PathError {
	p.as = sessionForm
	p.tokens = cutSession(p.text)
	first := p.next()
	switch {
	case strings.EqualFold(first.text, Request.String()):
		p.b = &builder{side: Request}
	case strings.EqualFold(first.text, Response.String()):
		p.b = &builder{side: Response}
	case first.text == "":
		return p.refuse(first, "a path starts with REQUEST or RESPONSE")
	default:
		return p.refuse(first, fmt.Sprintf("a path starts with REQUEST or RESPONSE, not with %q", clip(first.text, 80)))
	}
	return p.steps()
}

// tags reads a path in tag form. Its first tag tells the side.
func (p *parser) tags() *PathError {
	p.as = tagForm
	p.tokens = cutTags(p.text)
	side := Request
	if len(p.tokens) > 0 {
		if w := tagForm.words[strings.ToLower(p.tokens[0].text)]; w.side != NoSide {
			side = w.side
		}
	}
	p.b = &builder{side: side}
	return p.steps()
}

// steps reads all that follows the side.
func (p *parser) steps() *PathError {
	for p.step = 1; len(p.tokens) > 0 || p.step == 1; p.step++ {
		if err := p.oneStep(); err != nil {
			return err
		}
	}
	return nil
}

// oneStep reads a word and what belongs to it.
func (p *parser) oneStep() *PathError {
	t := p.peek()
	w, reason := p.word(t)
	switch {
	case reason == "":
		p.next()
	case p.impliedProperty(t):
		w = word{kind: Property}
	default:
		return p.refuse(t, reason)
	}
	st := Step{Kind: w.kind}
	norm := w.norm
	if norm == noKind && p.as == sessionForm {
		norm = p.norm(w.kind)
	}
	if norm == noKind {
		if at, reason := p.arg(&st, t); reason != "" {
			return p.refuse(at, reason)
		}
	}
	if reason := p.b.add(st, norm != noKind); reason != "" {
		return p.refuse(t, reason)
	}
	if norm != noKind {
		if reason := p.b.addNorm(norm); reason != "" {
			return p.refuse(t, reason)
		}
	}
	return nil
}

// word returns what t means here, or what is wrong with it.
func (p *parser) word(t token) (word, string) {
	w, known := p.as.words[p.as.spell(t.text)]
	if t.quoted && p.as == sessionForm || w.side != NoSide && len(p.b.steps) > 0 {
		known = false
	}
	if known {
		if kind, ok := p.b.resolve(w.kind); ok {
			w.kind = kind
			return w, ""
		}
	}
	return w, p.unexpected(t, known)
}

// impliedProperty reports whether t is the name of an argument: session form
// writes ARG → id and DIRECTIVE → include → if, leaving PROPERTY out.
func (p *parser) impliedProperty(t token) bool {
	return p.as == sessionForm && p.b.at == atArguments && t.bad == "" && (t.text != "" || t.quoted)
}

// norm takes the norm that stands for the name or index of a step in session
// form, if one does: a bare ALL or NAMES, in capitals.
func (p *parser) norm(k Kind) Kind {
	if len(p.tokens) == 0 || p.tokens[0].quoted || !k.HasName() && !k.HasIndex() && k != JWT {
		return noKind
	}
	for _, norm := range []Kind{All, Names} {
		if p.tokens[0].text == norm.String() {
			p.next()
			return norm
		}
	}
	return noKind
}

// arg reads the name or index of st, whose word is t. It returns what is
// wrong, and where.
func (p *parser) arg(st *Step, t token) (token, string) {
	a, kind := p.peek(), grammar[st.Kind].arg
	switch {
	case kind == noArg:
		return token{}, ""
	case a.bad != "":
		return a, a.bad
	case kind == nameArg:
		if a.text == "" && !a.quoted {
			return a, fmt.Sprintf("%s: expected a name", t.text)
		}
		st.Name = a.text
	default:
		n, err := strconv.ParseUint(a.text, 10, 30)
		if err != nil && kind == orIndexArg && !isDigits(a.text) {
			return token{}, ""
		}
		if err != nil {
			return a, fmt.Sprintf("%s: expected an index from 0 to %d, not %q", t.text, noLimit, clip(a.text, 80))
		}
		st.Index = int(n)
	}
	if reason := checkArg(st, false); reason != "" {
		return a, reason
	}
	p.next()
	if after := p.peek(); after.loose {
		return after, fmt.Sprintf("expected a separator before %q; a name with a space stands in quotes", clip(after.text, 80))
	}
	return token{}, ""
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// next takes the next token. At the end it is an empty one.
func (p *parser) next() token {
	t := p.peek()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) peek() token {
	if len(p.tokens) > 0 {
		return p.tokens[0]
	}
	return token{at: len(p.text)}
}
