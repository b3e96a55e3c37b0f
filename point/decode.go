package point

import (
	"math/bits"

	"github.com/chaperone-go/chaperone/traffic"
)

// decode goes on into the decoders reserved below n with the text of n, which
// is whole, whatever it was found in.
func (s *Scan) decode(n *node, text []byte) {
	cut, torn := s.cut, s.torn
	s.cut, s.torn = false, false
	s.decodeBy(n, text, decoders)
	s.cut, s.torn = cut, torn
}

// decodeBy goes on into the decoders of a set.
func (s *Scan) decodeBy(n *node, text []byte, set kinds) {
	if s.depth >= s.plan.limits.Depth {
		s.failDecoders(n, set)
		return
	}
	s.depth++
	for ; set != 0; set &= set - 1 {
		k := Kind(bits.TrailingZeros64(uint64(set)))
		if kid := n.step(k); kid != nil {
			s.push(k, nil, 0)
			s.decoder(k, kid, text)
			s.pop()
		}
	}
	s.depth--
}

// failDecoders marks the places that lie too deep.
func (s *Scan) failDecoders(n *node, set kinds) {
	for ; set != 0; set &= set - 1 {
		if kid := n.step(Kind(bits.TrailingZeros64(uint64(set)))); kid != nil {
			s.fail(kid, traffic.TooLarge)
		}
	}
}

// decoder calls the one decoder k, whose node is n.
func (s *Scan) decoder(k Kind, n *node, text []byte) {
	switch k {
	case JSON:
		s.json(n, text, s.depth)
	case XML:
		s.xml(n, text)
	case GraphQL:
		s.graphql(n, text)
	case Base64:
		s.base64(n, text)
	case Gzip:
		s.inflate(n, text, inflateGzip)
	case Deflate:
		s.inflate(n, text, inflateDeflate)
	case HTMLJS:
		s.htmljs(n, text)
	case Percent:
		s.percent(n, text)
	case JWT:
		s.jwt(n, text)
	}
}
