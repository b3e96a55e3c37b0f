package point

import (
	"slices"

	"github.com/chaperone-go/chaperone/traffic"
)

// head reads the header fields of a side. Without a visitor or a norm it
// looks only for the reserved names, one lookup each, however many fields the
// client sent. host stands for the Host field, which net/http takes out.
func (s *Scan) head(n *node, h traffic.Header, host string) {
	if s.visitor != nil || n.rest(Header) != nil || n.names(Header) != nil {
		s.everyField(n, h, host)
		return
	}
	for _, e := range n.entries(Header) {
		switch values := h[e.name]; {
		case len(values) > 0:
			s.field(e.node, values)
		case e.name == "Host" && host != "":
			s.value(e.node, s.copy(host))
		}
	}
}

// everyField goes through all fields, in the order of their names, so that the
// same message always gives the same result. At most [Limits].HeaderFields
// names are looked at; a name that is reserved is never left out.
func (s *Scan) everyField(n *node, h traffic.Header, host string) {
	if host != "" && len(h["Host"]) == 0 {
		s.named(n, "Host")
		s.value(n.nameOf(Header, "Host"), s.copy(host))
		s.pop()
	}
	left := s.plan.limits.HeaderFields
	for _, name := range s.fieldNames(h) {
		kid := n.nameOf(Header, name)
		if left--; left < 0 {
			s.marks |= traffic.LimitMet
			if kid != nil && kid != n.rest(Header) {
				s.unseen(kid, h[name])
			}
			continue
		}
		if s.isCookies(name) {
			s.fill(n.names(Header), s.copy(name))
			s.unseen(kid, h[name])
			continue
		}
		s.named(n, name)
		s.field(kid, h[name])
		s.pop()
	}
}

// isCookies reports whether the field of that name holds cookies. The visitor
// sees those instead.
func (s *Scan) isCookies(name string) bool {
	return s.side == Request && name == "Cookie" || s.side == Response && name == "Set-Cookie"
}

// named pushes the step to a field and shows its name.
func (s *Scan) named(n *node, name string) {
	text := s.copy(name)
	s.push(Header, text, 0)
	s.name(n.names(Header), text)
}

// unseen is field for what the visitor need not see.
func (s *Scan) unseen(kid *node, values []string) {
	if kid == nil {
		return
	}
	visitor := s.visitor
	s.visitor = nil
	s.field(kid, values)
	s.visitor = visitor
}

// fieldNames returns the names in h, sorted. They are borrowed until the next
// call.
func (s *Scan) fieldNames(h traffic.Header) []string {
	s.headers = s.headers[:0]
	for name := range h {
		s.headers = append(s.headers, name)
	}
	slices.Sort(s.headers)
	return s.headers
}

// field gives the values of one header field.
func (s *Scan) field(kid *node, values []string) {
	s.openParams()
	for i, v := range values {
		text := s.copy(v)
		s.nth(kid, i, text)
		s.hold(kid, 0, text)
	}
	s.closeParams()
}
