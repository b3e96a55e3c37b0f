package point

import (
	"bytes"

	"github.com/chaperone-go/chaperone/traffic"
)

// jwt takes a JSON Web Token apart: an optional prefix, then header and
// payload, which are Base64 and JSON. Nothing is verified here: whatever the
// algorithm, "none" included, the claims are what somebody claims.
//
//	Bearer eyJhbGciOiJIUzI1NiJ9.eyJuYW1lIjoiSm9obiBEb2UifQ.c2lnbmF0dXJl
//	prefix header               payload                    ignored
//
// The prefixes are bearer, lsapi2 and mobapp2, in any case. A token may come
// without its signature. An encrypted token (RFC 7516, five parts) has a
// header; its payload is undecodable.
func (s *Scan) jwt(n *node, text []byte) {
	prefix, token := jwtPrefix(text)
	parts := bytes.Count(token, []byte{'.'}) + 1
	if parts != 2 && parts != 3 && parts != 5 || bytes.ContainsAny(token, " \t\r\n") {
		s.fail(n, traffic.Undecodable)
		return
	}
	// All of it is charged, whether anybody looks at both parts or not: who
	// watches does not change what is found.
	if !s.afford(n, len(token)) {
		return
	}
	if len(prefix) > 0 {
		s.push(JWTPrefix, nil, 0)
		s.value(n.step(JWTPrefix), prefix)
		s.pop()
	}
	header, rest, _ := bytes.Cut(token, []byte{'.'})
	payload, _, _ := bytes.Cut(rest, []byte{'.'})
	s.jwtPart(n, JWTHeader, header)
	if parts == 5 || parts == 2 && s.cut {
		s.fail(n.step(JWTPayload), traffic.Undecodable)
	} else {
		s.jwtPart(n, JWTPayload, payload)
	}
	switch {
	case n == nil:
	case s.cut:
		s.fail(n, traffic.Undecodable)
	default:
		s.fill(n, token)
	}
}

// jwtPart decodes a part and reads the JSON in it.
func (s *Scan) jwtPart(n *node, k Kind, text []byte) {
	if n = n.step(k); !s.wanted(n) {
		return
	}
	cut, torn := s.cut, s.torn
	s.cut, s.torn = false, false
	defer func() { s.cut, s.torn = cut, torn }()
	out, ok := s.unbase64(text)
	if !ok {
		s.fail(n, traffic.Undecodable)
		return
	}
	s.push(k, nil, 0)
	if i := skipSpace(out, 0); i == len(out) || out[i] != '{' && out[i] != '[' {
		s.value(n, out) // not claims, but allowed (RFC 7515)
	} else {
		s.unchanged(n, out)
		s.json(n, out, s.depth+1)
	}
	s.pop()
}

// jwtPrefix cuts text into the prefix, which may be missing, and the token.
func jwtPrefix(text []byte) (prefix, token []byte) {
	text = bytes.Trim(text, " \t\r\n")
	word, rest, found := bytes.Cut(text, []byte{' '})
	if !found {
		return nil, text
	}
	for _, known := range jwtPrefixes {
		if bytes.EqualFold(word, known) {
			return word, bytes.TrimLeft(rest, " \t\r\n")
		}
	}
	return nil, text
}

var jwtPrefixes = [][]byte{[]byte("bearer"), []byte("lsapi2"), []byte("mobapp2")}
