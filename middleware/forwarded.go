package middleware

import (
	"net/netip"
	"strings"
)

// Forwarded is [XForwardedFor] for the standard header of RFC 7239: the "for"
// parameter of each element counts. Quoted strings, brackets, ports and
// parameters in any order and case are understood. Obfuscated identifiers
// ("_hidden") and "unknown" are no addresses and end the search, see
// [ClientAddr].
//
// What was said of safety there holds here. The header is read from the right
// and quotes are matched from the right, so that an open quote sent by a
// client cannot swallow what a proxy appended behind it.
func Forwarded(trusted ...string) ClientAddr {
	return chainFrom("Forwarded", "Forwarded", trusted, lastForwarded)
}

// ForwardedCount is [XForwardedForCount] for the standard header of RFC 7239.
func ForwardedCount(n int) ClientAddr {
	return nthFrom("ForwardedCount", "Forwarded", n, lastForwarded)
}

// lastForwarded cuts the last element off a line of Forwarded.
func lastForwarded(line string) (a netip.Addr, rest string, more, ok bool) {
	elem := line
	if i := lastComma(line); i >= 0 {
		rest, elem, more = line[:i], line[i+1:], true
	}
	node, ok := forParam(elem)
	if ok {
		a, ok = parseNode(node)
	}
	return a, rest, more, ok
}

// lastComma returns the place of the last comma outside quoted strings, -1
// when there is none. It reads from the right: the part a trusted proxy wrote
// is well-formed and comes first, the part a client wrote cannot change how it
// is read.
func lastComma(s string) int {
	quoted := false
	for i := len(s) - 1; i >= 0; i-- {
		switch {
		case s[i] == ',' && !quoted:
			return i
		case s[i] == '"' && !(quoted && escaped(s, i)):
			quoted = !quoted
		}
	}
	return -1
}

// escaped reports whether the byte at i stands behind an odd number of
// backslashes.
func escaped(s string, i int) bool {
	n := 0
	for i-n > 0 && s[i-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

// forParam returns the value of the element's one "for" parameter, unquoted.
// ok is false when the element is malformed or has none or several.
func forParam(elem string) (node string, ok bool) {
	for first := true; ; first = false {
		elem = trimSpace(elem)
		if elem == "" {
			return node, ok && !first
		}
		name, value, rest, good := forwardedPair(elem)
		if !good {
			return "", false
		}
		if strings.EqualFold(name, "for") {
			if ok {
				return "", false
			}
			node, ok = value, true
		}
		if rest == "" {
			return node, ok
		}
		elem = rest[1:] // behind the semicolon
	}
}

// forwardedPair reads one name=value; rest is empty or starts with ';'.
func forwardedPair(s string) (name, value, rest string, ok bool) {
	name, s, ok = strings.Cut(s, "=")
	if !ok || name == "" || s == "" {
		return "", "", "", false
	}
	for i := range len(name) {
		if !isToken(name[i]) {
			return "", "", "", false
		}
	}
	if s[0] == '"' {
		value, s, ok = unquote(s)
	} else {
		end := len(s)
		if i := strings.IndexByte(s, ';'); i >= 0 {
			end = i
		}
		value, s = trimSpace(s[:end]), s[end:]
		ok = value != "" && strings.IndexByte(value, '"') < 0
	}
	s = trimSpace(s)
	return name, value, s, ok && (s == "" || s[0] == ';')
}

// unquote reads the quoted string s starts with, and returns what follows it.
func unquote(s string) (value, rest string, ok bool) {
	plain := true
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			plain = false
			i++
		case '"':
			value, rest = s[1:i], s[i+1:]
			if !plain {
				value = unescape(value)
			}
			return value, rest, true
		}
	}
	return "", "", false
}

// unescape removes the backslashes of quoted pairs. What is longer than any
// address is returned as it is: it will not be one.
func unescape(s string) string {
	if len(s) > 2*maxNode {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
