package point

import (
	"bytes"
	"time"
)

// setCookies reads the Set-Cookie headers of a response, as
// http.Response.Cookies of net/http does. Of equal names the last wins, as in
// a browser. A cookie that deletes, because its time is over at now, has no
// value: what a logout sends in its place must not become one.
func (s *Scan) setCookies(n *node, lines []string, now time.Time) {
	if len(lines) == 0 || s.visitor == nil && n.kids(Cookie) == nil {
		return
	}
	first := len(s.seen)
	for _, line := range lines {
		s.setCookie(n, s.copy(line), now, first)
	}
	s.seen = s.seen[:first]
}

// setCookie reads one Set-Cookie header. first is the place in s.seen of those
// that came before.
func (s *Scan) setCookie(n *node, line []byte, now time.Time, first int) {
	part, attributes, _ := bytes.Cut(trimBlanks(line), []byte{';'})
	name, value, is := bytes.Cut(trimBlanks(part), []byte{'='})
	name = trimBlanks(name)
	if !is || s.visitor == nil && !n.wantsParam(Cookie, name) {
		return
	}
	value, good := cookieValue(value)
	if !good || !isToken(name) {
		s.badParam(n, Cookie, name, value)
		return
	}
	s.push(Cookie, name, 0)
	s.name(n.names(Cookie), name)
	kid, since := n.name(Cookie, name), s.seq
	rest := n.rest(Cookie)
	exact := kid != nil && kid != rest
	if exact {
		s.supersede(first, kid, rest)
	}
	if expired(attributes, now) {
		s.value(nil, value)
	} else {
		s.value(kid, value)
	}
	if exact {
		s.remember(first, member{kid, since, s.seq})
	}
	s.pop()
}

// expired reports whether the attributes of a cookie say that it is over. As
// in net/http and browsers, Max-Age counts before Expires.
func expired(attributes []byte, now time.Time) bool {
	over := false
	for len(attributes) > 0 {
		var part []byte
		part, attributes, _ = bytes.Cut(attributes, []byte{';'})
		name, value, _ := bytes.Cut(trimBlanks(part), []byte{'='})
		switch {
		case bytes.EqualFold(name, []byte("max-age")):
			if len(value) == 0 {
				continue
			}
			return value[0] == '-' || len(bytes.TrimLeft(value, "0")) == 0
		case bytes.EqualFold(name, []byte("expires")):
			over = past(value, now)
		}
	}
	return over
}
