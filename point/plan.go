package point

import "github.com/chaperone-go/chaperone/traffic"

// Slot is a reserved place for one value. The slots of a [Plan] are numbered
// from 0.
type Slot int

// Set collects the paths that somebody wants to read, before they are
// compiled into a [Plan]. The zero Set is empty and ready. It grows with what
// the configuration reserves, never with traffic. Not safe for concurrent
// use.
type Set struct {
	paths []Path
	slots map[string]Slot // by the session form, which is canonical
}

// Reserve returns the slot for the value at p. Equal paths share a slot. The
// zero Path gets a slot too; it stays absent.
func (s *Set) Reserve(p Path) Slot {
	key := p.String()
	if slot, ok := s.slots[key]; ok {
		return slot
	}
	if s.slots == nil {
		s.slots = make(map[string]Slot)
	}
	slot := Slot(len(s.paths))
	s.slots[key] = slot
	s.paths = append(s.paths, p)
	return slot
}

// Plan is a compiled [Set]: immutable, safe for concurrent use, shared by all
// scans.
type Plan struct {
	limits Limits
	paths  []Path
	// request and response are the roots of the two trees of wanted places;
	// nil when nobody wants anything of that side.
	request, response *node
	needsBody         bool
	want              traffic.Want
}

// Paths returns the reserved paths, by slot. The slice is a copy.
func (p *Plan) Paths() []Path { return append([]Path(nil), p.paths...) }

// Slots returns how many slots there are.
func (p *Plan) Slots() int { return len(p.paths) }

// Limits returns the limits in force, see [Limits]: defaults are filled in, a
// BodyBytes or GraphQLBytes of 0 means off.
func (p *Plan) Limits() Limits { return p.limits }

// NeedsBody reports whether a slot lies in the request's body and bodies are
// read at all.
func (p *Plan) NeedsBody() bool { return p.needsBody }

// Want returns what of the response body the slots need: how many bytes, and
// of which types. It is zero when no slot lies in the response's body.
//
// A slot for a format asks for the types in which that format is sent: JSON
// also as text and without a Content-Type. A slot for the body itself, or for
// a decoder right below it, asks for every type.
func (p *Plan) Want() traffic.Want { return p.want }

// want returns the limit and kinds for the response bodies of paths.
func want(paths []Path, limits Limits) traffic.Want {
	var kinds traffic.Kinds
	for _, p := range paths {
		if p.side == Response && p.inBody() {
			kinds |= p.bodyKinds()
		}
	}
	if kinds == 0 || limits.BodyBytes == 0 {
		return traffic.Want{}
	}
	return traffic.Want{Limit: limits.BodyBytes, Kinds: kinds}
}

// inBody reports whether p lies in the body.
func (p Path) inBody() bool { return len(p.steps) > 0 && p.steps[0].Kind == Body }

// bodyKinds returns the body types in which the value at p may be sent.
func (p Path) bodyKinds() traffic.Kinds {
	if len(p.steps) < 2 {
		return traffic.KindAny
	}
	const untyped = traffic.KindText | traffic.KindNone
	switch p.steps[1].Kind {
	case JSON:
		return traffic.KindJSON | untyped
	case XML:
		return traffic.KindXML | untyped
	case Form:
		return traffic.KindForm | untyped
	case Multipart:
		return traffic.KindMultipart
	case GraphQL:
		return traffic.KindGraphQL | traffic.KindJSON | untyped
	}
	return traffic.KindAny
}
