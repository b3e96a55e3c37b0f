package point

import (
	"bytes"
	"mime"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// bodyIn is a body with what is known of its type.
type bodyIn struct {
	n           *node
	b           []byte
	start       []byte // b without byte order mark and white space
	contentType string
	kind        traffic.Kinds
}

// formats reads a body in the formats that are wanted, and in the one that
// the visitor shall see.
func (s *Scan) formats(in *bodyIn) {
	visitor := s.visitor
	s.visitor = nil
	shown := Body
	if visitor != nil {
		shown = in.format()
	}
	for _, k := range [...]Kind{JSON, XML, GraphQL, Form, Multipart} {
		if k != shown && in.wants(k) {
			s.format(in, k)
		}
	}
	s.visitor = visitor
	if visitor == nil {
		return
	}
	if shown != Body {
		before := s.marks
		s.marks &^= traffic.BodyUndecodable
		s.format(in, shown)
		readable := !s.marks.Has(traffic.BodyUndecodable)
		s.marks |= before
		if readable {
			return
		}
	}
	s.show(in.b, false)
}

// format reads a body in one format.
func (s *Scan) format(in *bodyIn, k Kind) {
	switch k {
	case Form:
		s.form(in.n, Form, in.b)
		return
	case Multipart:
		s.multipart(in.n, in.b, in.boundary())
		return
	}
	s.push(k, nil, 0)
	switch kid := in.n.step(k); {
	case k == XML:
		s.xml(kid, in.b)
	case k == GraphQL:
		s.graphql(kid, in.b)
	case in.lines():
		s.jsonLines(kid, in.b, s.depth)
	default:
		s.json(kid, in.b, s.depth)
	}
	s.pop()
}

// format returns the format in which a visitor sees the body; Body is none.
func (in *bodyIn) format() Kind {
	switch in.kind {
	case traffic.KindJSON:
		return JSON
	case traffic.KindXML:
		return XML
	case traffic.KindGraphQL:
		return GraphQL
	case traffic.KindMultipart:
		return Multipart
	case traffic.KindForm, traffic.KindText, traffic.KindNone:
		switch {
		case in.starts("{["):
			return JSON
		case in.kind == traffic.KindForm:
			return Form
		case bytes.HasPrefix(in.start, []byte("<?xml")):
			return XML
		}
	}
	return Body
}

// wants reports whether a slot asks for the format k, and the body looks like
// it.
func (in *bodyIn) wants(k Kind) bool {
	switch k {
	case Form, Multipart:
		return in.n.kids(k) != nil && in.plausible(k)
	}
	return in.n.step(k) != nil && in.plausible(k)
}

// plausible reports whether the body may be in the format k. The type that
// belongs to the format is always believed.
func (in *bodyIn) plausible(k Kind) bool {
	const typed = traffic.KindForm | traffic.KindMultipart | traffic.KindXML | traffic.KindGraphQL
	switch k {
	case JSON:
		return in.kind == traffic.KindJSON || in.starts("{[") ||
			in.kind&typed == 0 && in.starts(`"-0123456789tfn`)
	case XML:
		return in.kind == traffic.KindXML || in.starts("<")
	case GraphQL:
		return in.kind&(traffic.KindGraphQL|traffic.KindJSON) != 0 || startsGraphQL(in.start)
	case Form:
		return in.kind == traffic.KindForm ||
			in.kind != traffic.KindMultipart && !in.starts(`{["<`) && bytes.IndexByte(in.b, '=') > 0
	case Multipart:
		return in.kind == traffic.KindMultipart || bytes.HasPrefix(in.b, []byte("--"))
	}
	return false
}

// startsGraphQL reports whether b starts like a document in GraphQL or a
// request that carries one.
func startsGraphQL(b []byte) bool {
	for _, word := range [...]string{"{", "[", "#", "query", "mutation", "subscription", "fragment"} {
		if len(b) >= len(word) && string(b[:len(word)]) == word {
			return true
		}
	}
	return false
}

// starts reports whether the body starts with one of the bytes of set.
func (in *bodyIn) starts(set string) bool {
	return len(in.start) > 0 && strings.IndexByte(set, in.start[0]) >= 0
}

// boundary returns the boundary of a multipart body, as net/http finds it; ""
// when the type does not say it.
func (in *bodyIn) boundary() string {
	if in.kind != traffic.KindMultipart {
		return ""
	}
	_, params, err := mime.ParseMediaType(in.contentType)
	if err != nil {
		return ""
	}
	return params["boundary"]
}

// lines reports whether the body is JSON, one document to a line.
func (in *bodyIn) lines() bool {
	t, _, _ := strings.Cut(in.contentType, ";")
	t = strings.TrimSpace(t)
	return endsFold(t, "ndjson") || endsFold(t, "jsonl")
}

func endsFold(s, end string) bool {
	return len(s) >= len(end) && strings.EqualFold(s[len(s)-len(end):], end)
}
