package point

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

const (
	// maxSteps bounds a path; it is twice the default of Limits.Depth.
	maxSteps = 128
	// maxNorms bounds the ALL of a path: each may double the tree.
	maxNorms = 3
)

// builder makes a path of steps, one by one: it knows the place it stands at,
// refuses steps that may not stand there, and brings those that may to their
// canonical form. Both notations and PathFrom build by it.
type builder struct {
	side  Side
	at    place
	inner place // where a norm for the step before leads
	steps []Step
	norms int
	// implied are the decoders that are done anyway here, in order.
	implied []Kind
	// exact is true when steps are given as they are: none is implied.
	exact bool
	// waits is true when a norm must come for the last step.
	waits bool
}

// may returns the kinds that may come next. After the header field that holds
// the cookies that includes Cookie.
func (b *builder) may() kinds {
	may := places[b.at].may.on(b.side)
	if b.atCookies() {
		may |= 1 << Cookie
	}
	return may
}

// atCookies reports whether the builder stands right after the header field
// that holds the cookies.
func (b *builder) atCookies() bool {
	return b.at == atHeader && len(b.steps) == 1 && b.steps[0].Name == cookieField(b.side)
}

// cookieField returns the header field in which a side sends its cookies.
func cookieField(side Side) string {
	if side == Response {
		return "Set-Cookie"
	}
	return "Cookie"
}

// twin returns the kind that is written like k elsewhere: QUERY after GRAPHQL
// is an operation, PROPERTY after XML is a tag.
func twin(k Kind) Kind {
	switch k {
	case Query:
		return GQLQuery
	case Property:
		return XMLTag
	}
	return noKind
}

// resolve returns the kind that is meant by k at this place, and whether
// there is one.
func (b *builder) resolve(k Kind) (Kind, bool) {
	may := b.may()
	if may.has(k) {
		return k, true
	}
	if t := twin(k); may.has(t) {
		return t, true
	}
	return k, false
}

// add adds a step that may stand here, see resolve; open says that a norm
// will stand for its name or index. It returns what is wrong with it, or "".
func (b *builder) add(st Step, open bool) string {
	if reason := checkArg(&st, open); reason != "" {
		return reason
	}
	if b.skipImplied(st.Kind) {
		return ""
	}
	if len(b.steps) == maxSteps {
		return fmt.Sprintf("more than %d steps", maxSteps)
	}
	then, inner := grammar[st.Kind].then, places[b.at].inner
	if then == byPlace {
		then = inner
	}
	if st.Kind == Cookie && b.side == Response {
		then = atText // set cookies have no structure, and the last one wins
	}
	b.inner, b.waits = then, open
	switch {
	case st.Kind == Item && b.at == atTag && !open && st.Index == 0:
		b.at = atNthTag // the tag itself is its first occurrence
		return ""
	case st.Kind == Cookie && b.atCookies():
		b.steps = b.steps[:0] // cookies stand at the start of the side
	case st.Kind == JWT:
		b.inner = atEnd
	case st.Kind == XMLTag && open:
		b.inner = atNthTag // of every occurrence
	}
	b.at = then
	b.steps = append(b.steps, st)
	if then == atClaims && !b.exact {
		b.implied = jwtImplied
	}
	return ""
}

// jwtImplied are the decoders that stand between a part of a JWT and what is
// in it. They may be written, and mean nothing.
var jwtImplied = []Kind{Base64, JSON}

// skipImplied reports whether a step of kind k is implied here, and passes
// it.
func (b *builder) skipImplied(k Kind) bool {
	at := slices.Index(b.implied, k)
	b.implied = b.implied[at+1:]
	if at < 0 {
		b.implied = nil
	}
	return at >= 0
}

// addNorm adds a norm for the name or index of the step before. It returns
// what is wrong with it, or "".
func (b *builder) addNorm(norm Kind) string {
	last := b.steps[len(b.steps)-1].Kind
	b.at, b.waits = b.inner, false
	if norm == Names {
		b.at = atEnd
	}
	if norm == Names && !last.HasName() {
		return fmt.Sprintf("%s has no names; expected ALL", last)
	}
	if b.norms++; b.norms > maxNorms {
		return fmt.Sprintf("more than %d norms", maxNorms)
	}
	if len(b.steps) == maxSteps {
		return fmt.Sprintf("more than %d steps", maxSteps)
	}
	b.steps = append(b.steps, Step{Kind: norm})
	return ""
}

// path returns what was built.
func (b *builder) path() Path { return Path{side: b.side, steps: slices.Clip(b.steps)} }

// checkArg brings the name of st to its canonical form. It returns what is
// wrong with its name and index, or "".
func checkArg(st *Step, open bool) string {
	if !st.Kind.HasName() && st.Name != "" {
		return fmt.Sprintf("%s takes no name", st.Kind)
	}
	if !st.Kind.HasIndex() && st.Index != 0 {
		return fmt.Sprintf("%s takes no index", st.Kind)
	}
	if st.Index < 0 || st.Index > noLimit {
		return fmt.Sprintf("%s %d: the index must be from 0 to %d", st.Kind, st.Index, noLimit)
	}
	if st.Kind == Header && !open {
		if st.Name == "" {
			return "the name of a header field cannot be empty"
		}
		if i := strings.IndexFunc(st.Name, notInFieldName); i >= 0 {
			return fmt.Sprintf("header name %q: %q cannot be in the name of a header field", clip(st.Name, 80), st.Name[i:i+1])
		}
		st.Name = traffic.CanonicalName(st.Name)
	}
	return ""
}

// notInFieldName reports whether r cannot stand in a header field's name, see
// RFC 9110, 5.6.2.
func notInFieldName(r rune) bool {
	return (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}
