package session

import "bytes"

// schemes are the ways to send a credential that stays the same from request
// to request. All but Basic only wrap a token: what follows is the value.
var schemes = []struct {
	name string
	wrap bool
}{
	{"bearer", true}, {"basic", false}, {"token", true}, {"jwt", true}, {"dpop", true},
	{"lsapi2", true}, {"mobapp2", true},
}

// BareToken returns a credential without the scheme that wraps it: "Bearer
// abc" and "abc" are both "abc". Bearer, Token, JWT, DPoP, lsapi2 and mobapp2
// are known, in any case. Use it as [Parameter.Normalize] for a header whose
// token stands elsewhere too.
func BareToken(s string) string {
	if scheme, rest := splitScheme([]byte(s)); scheme >= 0 && schemes[scheme].wrap {
		return s[len(s)-len(rest):]
	}
	return s
}

// bareToken is BareToken for bytes; ok is false when the scheme makes a new
// credential for every request.
func bareToken(b []byte) (token []byte, ok bool) {
	scheme, rest := splitScheme(b)
	switch {
	case scheme >= 0 && schemes[scheme].wrap:
		return rest, true
	case scheme >= 0:
		return b, true
	}
	return b, bytes.IndexByte(b, ' ') < 0
}

// splitScheme returns the place in schemes, -1 for none of them, and what
// follows.
func splitScheme(b []byte) (scheme int, rest []byte) {
	word, rest, found := bytes.Cut(b, []byte{' '})
	if !found {
		return -1, b
	}
	for i := range schemes {
		if equalFold(word, schemes[i].name) {
			return i, bytes.TrimLeft(rest, " ")
		}
	}
	return -1, b
}

// equalFold compares with a lower-case ASCII word without regard to case.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// nobody lists what programs write where they have no value.
var nobody = []string{"null", "undefined", "(null)", "nil", "none", "deleted"}

// isNobody reports whether a value stands for having none.
func isNobody(b []byte) bool {
	if len(b) > len("undefined") {
		return false
	}
	for _, w := range nobody {
		if equalFold(b, w) {
			return true
		}
	}
	return false
}

// isSealed reports whether a cookie is one that Laravel encrypts anew with
// every answer: Base64 of JSON that begins with the initialisation vector.
// Every request would be a session of its own.
func isSealed(b []byte) bool { return bytes.HasPrefix(b, []byte("eyJpdiI6")) }
