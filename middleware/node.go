package middleware

import (
	"net/netip"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// maxNode is longer than any address with brackets and port.
const maxNode = 64

// parseNode reads an address as proxies write it: "1.2.3.4", "1.2.3.4:80",
// "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80", with white space around
// it. Anything else, a zone included, is no address. The result is normalised.
func parseNode(s string) (netip.Addr, bool) {
	s = trimSpace(s)
	if s == "" || len(s) > maxNode || strings.IndexByte(s, '%') >= 0 {
		return netip.Addr{}, false
	}
	host, port := s, ""
	if s[0] == '[' {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return netip.Addr{}, false
		}
		host, port = s[1:end], s[end+1:]
		if strings.IndexByte(host, ':') < 0 {
			return netip.Addr{}, false // brackets are for IPv6
		}
	} else if i := strings.IndexByte(s, ':'); i >= 0 && strings.IndexByte(s[i+1:], ':') < 0 {
		host, port = s[:i], s[i:]
	}
	if !isPort(port) || !looksLikeAddr(host) {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(host)
	return traffic.NormalAddr(a), err == nil
}

// isPort reports whether s is empty or ":" with a port, which may be
// obfuscated (RFC 7239, section 6.3).
func isPort(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ':' || len(s) < 2 {
		return false
	}
	if s = s[1:]; s[0] == '_' {
		return len(s) > 1
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) <= 5
}

// looksLikeAddr keeps words such as "unknown" away from the parser, whose
// error costs an allocation.
func looksLikeAddr(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', c == '.', c == ':', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return s != ""
}

// trimSpace removes optional white space: blanks and tabs.
func trimSpace(s string) string { return strings.Trim(s, " \t") }
