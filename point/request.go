package point

import (
	"strconv"

	"github.com/chaperone-go/chaperone/traffic"
)

// Request reads the request of x: its line, its head and, when a slot or the
// visitor wants it, its body as far as [Limits].BodyBytes. Call it once
// between two Resets, before Response if that is called too.
//
// A visitor sees the method, the target as it was sent, then its parts, the
// header fields by their names, the cookies instead of their header, and the
// body; not what the maker of the exchange knows, such as the address.
func (s *Scan) Request(x *traffic.Exchange) {
	s.begin(Request)
	n := s.plan.request
	if n == nil && s.visitor == nil {
		return
	}
	s.line(n, x)
	s.head(n, x.Request.Header, x.Request.Host)
	s.cookies(n, x.Request.Header["Cookie"])
	s.requestBody(n, x)
}

// line reads what stands in the request line, and what is known besides the
// message.
func (s *Scan) line(n *node, x *traffic.Exchange) {
	if kid := n.step(Method); s.wanted(kid) {
		s.push(Method, nil, 0)
		s.value(kid, s.copy(x.Request.Method))
		s.pop()
	}
	s.target(n, x.Request.Target)
	if n == nil {
		return
	}
	s.known(n.step(Proto), x.Request.Proto)
	s.known(n.step(Scheme), x.Request.Scheme)
	s.known(n.step(UserAgent), x.Client.UserAgent)
	s.known(n.step(Fingerprint), fingerprint(&x.Client))
	if kid := n.step(IP); kid != nil && x.Client.Addr.IsValid() {
		at := len(s.arena)
		s.arena = x.Client.Addr.AppendTo(s.arena)
		s.quietly(kid, s.made(at))
	}
	if kid := n.step(Application); kid != nil {
		s.number(kid, int64(x.App))
	}
}

// known gives the slots of n a text that is not part of the message.
func (s *Scan) known(n *node, text string) {
	if n != nil && text != "" {
		s.quietly(n, s.copy(text))
	}
}

func (s *Scan) number(n *node, v int64) {
	at := len(s.arena)
	s.arena = strconv.AppendInt(s.arena, v, 10)
	s.quietly(n, s.made(at))
}

// fingerprint returns the finer fingerprint that is known, JA4 before JA3.
func fingerprint(c *traffic.Client) string {
	if c.JA4 != "" {
		return c.JA4
	}
	return c.JA3
}

// requestBody reads the body if anybody wants it.
func (s *Scan) requestBody(n *node, x *traffic.Exchange) {
	kid, limit := n.step(Body), s.plan.limits.BodyBytes
	if !s.wanted(kid) || limit == 0 || x.Request.Body == nil {
		return
	}
	b, whole, err := x.Request.Body.ReadAhead(limit)
	if len(b) > limit {
		b, whole = b[:limit], false
	}
	if !whole && err == nil {
		s.marks |= traffic.BodyTruncated
	}
	s.body(kid, b, whole && err == nil, x.Request.Header)
}
