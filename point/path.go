package point

import (
	"errors"
	"fmt"
	"slices"
)

// Side is the half of an exchange a path starts in.
type Side uint8

// The sides.
const (
	NoSide Side = iota
	Request
	Response
)

// Step is one step of a [Path]: what is entered, and by which name or index.
// Name is set only for kinds with a name, Index only for kinds with an index.
type Step struct {
	Kind  Kind
	Name  string
	Index int
}

// Path is the address of a value in a request or a response. Paths are
// immutable and comparable by [Path.Equal]; the zero Path is invalid and
// prints as "".
type Path struct {
	side  Side
	steps []Step
}

// Side returns the half of the exchange the path starts in; NoSide for the
// zero Path.
func (p Path) Side() Side { return p.side }

// IsZero reports whether p is the zero Path.
func (p Path) IsZero() bool { return p.side == NoSide }

// PathFrom makes a path of steps, with the same checks as [ParsePath]: for
// paths that are generated from parameters seen in traffic. A norm follows a
// step with neither name nor index. Steps are taken in their canonical form,
// as [Path.Steps] returns them: Base64 or JSON after a part of a JWT means to
// decode once more what is decoded already. The error is a [*PathError].
func PathFrom(side Side, steps ...Step) (Path, error) {
	if side != Request && side != Response {
		return Path{}, &PathError{Reason: "a path starts with Request or Response"}
	}
	p := parser{as: sessionForm, b: &builder{side: side, exact: true}}
	for i, st := range steps {
		p.step = i + 1
		if reason := p.take(st, i+1 < len(steps) && steps[i+1].Kind.isNorm()); reason != "" {
			return Path{}, p.refuse(token{}, reason)
		}
	}
	if len(steps) == 0 {
		p.step = 1
		return Path{}, p.refuse(token{}, p.unexpected(token{}, false))
	}
	return p.b.path(), nil
}

// take adds a step that was given as one; open says that a norm follows it.
// It returns what is wrong with the step, or "".
func (p *parser) take(st Step, open bool) string {
	switch n := len(p.b.steps); {
	case st.Name != "" || st.Index != 0:
		open = false
	case n > 0 && st.Kind.isNorm() && p.b.waits:
		return p.b.addNorm(st.Kind)
	}
	kind, ok := p.b.resolve(st.Kind)
	if !ok {
		return p.unexpected(token{text: st.Kind.String()}, true)
	}
	st.Kind = kind
	return p.b.add(st, open && (kind.HasName() || kind.HasIndex() || kind == JWT))
}

// Steps returns the steps after the side, in their canonical form. The slice
// is a copy.
func (p Path) Steps() []Step { return slices.Clone(p.steps) }

// Equal reports whether p and q are the same path.
func (p Path) Equal(q Path) bool { return p.side == q.side && slices.Equal(p.steps, q.steps) }

// HasPrefix reports whether p begins with all the steps of prefix, on the
// same side. Every path has itself as a prefix; the zero Path is the prefix
// of none but itself.
func (p Path) HasPrefix(prefix Path) bool {
	n := len(prefix.steps)
	return p.side == prefix.side && len(p.steps) >= n && slices.Equal(p.steps[:n], prefix.steps)
}

// Keyable returns nil when the value at p can group requests into sessions. A
// path with a norm cannot: it means many values. A path that ends at a
// structure cannot either: it has no value of its own.
func (p Path) Keyable() error {
	if p.IsZero() {
		return errors.New("path is empty")
	}
	for _, st := range p.steps {
		if st.Kind.isNorm() {
			return fmt.Errorf("path %q: %s means many values; a key needs one", p, st.Kind)
		}
	}
	switch p.end() {
	case atXML, atGraphQL, atOperation, atFragment, atType, atFieldOf, atSpread, atArguments:
		return fmt.Errorf("path %q: %s has no value of its own", p, p.steps[len(p.steps)-1].Kind)
	}
	return nil
}

// end returns the place where p ends.
func (p Path) end() place {
	b := builder{side: p.side, exact: true}
	for _, st := range p.steps {
		b.add(st, false)
	}
	return b.at
}

// String returns "REQUEST", "RESPONSE", or "" for NoSide.
func (s Side) String() string {
	switch s {
	case Request:
		return "REQUEST"
	case Response:
		return "RESPONSE"
	}
	return ""
}
