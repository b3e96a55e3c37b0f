package point

import "github.com/chaperone-go/chaperone/traffic"

// Response reads the response of x: its status, its head, the cookies it
// sets, and what was captured of its body. Call it once between two Resets.
//
// A visitor sees the header fields, the cookies instead of their headers, and
// the body.
func (s *Scan) Response(x *traffic.Exchange) {
	s.begin(Response)
	n := s.plan.response
	if n == nil && s.visitor == nil {
		return
	}
	if kid := n.step(Status); kid != nil && x.Response.Status != 0 {
		s.number(kid, int64(x.Response.Status))
	}
	s.head(n, x.Response.Header, "")
	s.setCookies(n, x.Response.Header["Set-Cookie"], x.Time)
	s.responseBody(n, x)
}

// responseBody reads the captured body if anybody wants it. An empty one was
// not captured, or is empty: either way nothing is there to be found.
func (s *Scan) responseBody(n *node, x *traffic.Exchange) {
	kid, limit := n.step(Body), s.plan.limits.BodyBytes
	if !s.wanted(kid) || limit == 0 {
		return
	}
	b, whole := x.Response.Body, x.Response.Whole
	if len(b) > limit {
		b, whole = b[:limit], false
	}
	if !whole && len(b) > 0 {
		s.marks |= traffic.ResponseTruncated
	}
	s.body(kid, b, whole, x.Response.Header)
}
