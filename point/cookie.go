package point

import "bytes"

// cookies reads the Cookie header, all its lines. It finds what
// http.Request.Cookies of net/http finds, which is what handlers use, with
// these differences:
//
//   - There is no bound on their number but the bytes. Above 3,000 of them
//     net/http gives none at all.
//   - The order among equal names shows as ITEM; the slot of the name itself
//     gets the first, as http.Request.Cookie does.
//
// A cookie that net/http refuses, because of its name or a byte in its value,
// fills no slot: its slots are undecodable. A visitor sees it. Names have no
// structure: a bracket cannot be part of one.
func (s *Scan) cookies(n *node, lines []string) {
	if len(lines) == 0 || s.visitor == nil && n.kids(Cookie) == nil {
		return
	}
	s.openParams()
	for _, line := range lines {
		b := s.copy(line)
		for len(b) > 0 {
			part := b
			if i := bytes.IndexByte(b, ';'); i >= 0 {
				part, b = b[:i:i], b[i+1:]
			} else {
				b = nil
			}
			if part = trimBlanks(part); len(part) > 0 {
				s.cookie(n, part)
			}
		}
	}
	s.closeParams()
}

// cookie reads one name=value of a request.
func (s *Scan) cookie(n *node, part []byte) {
	name, value, _ := bytes.Cut(part, []byte{'='})
	name = trimBlanks(name)
	if s.visitor == nil && !n.wantsParam(Cookie, name) {
		return
	}
	value, good := cookieValue(value)
	if good && isToken(name) {
		s.param(n, Cookie, name, value)
		return
	}
	s.badParam(n, Cookie, name, value)
}

// cookieValue takes the quotes off a value and reports whether net/http would
// give it to a handler.
func cookieValue(b []byte) (value []byte, good bool) {
	if n := len(b); n > 1 && b[0] == '"' && b[n-1] == '"' {
		b = b[1 : n-1 : n-1]
	}
	for _, c := range b {
		if c < ' ' || c >= 0x7f || c == '"' || c == ';' || c == '\\' {
			return b, false
		}
	}
	return b, true
}

// isToken reports whether b is a token of RFC 9110.
func isToken(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 || tokenBytes[c>>6]>>(c&63)&1 == 0 {
			return false
		}
	}
	return len(b) > 0
}

// tokenBytes has a bit for each byte a token may have.
var tokenBytes = func() (set [2]uint64) {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-.^_`|~"
	for _, c := range []byte(letters) {
		set[c>>6] |= 1 << (c & 63)
	}
	return set
}()

// trimBlanks takes white space off both ends of b.
func trimBlanks(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
