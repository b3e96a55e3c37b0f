package accesslog

import (
	"crypto/sha256"
	"net/netip"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// setClient makes s, an address with or without a port, or a name, the
// client. "", "-" and "unknown" are no client.
func (e *Entry) setClient(s string) {
	e.ClientName = ""
	if a, ok := parseAddr(s); ok {
		e.Client = a
		return
	}
	switch s {
	case "", "-", "unknown":
		e.Client = netip.Addr{}
		return
	}
	e.Client, e.ClientName = NameAddr(s), s
}

// NameAddr returns the address that stands for a client whose log holds a
// name: fd followed by the first 15 bytes of the SHA-256 of the name. Names
// differ in their /64, so that a grouping of IPv6 clients keeps them apart.
func NameAddr(name string) netip.Addr {
	sum := sha256.Sum256([]byte(name))
	var a [16]byte
	a[0] = 0xfd
	copy(a[1:], sum[:])
	return netip.AddrFrom16(a)
}

// parseAddr reads 1.2.3.4, 1.2.3.4:555, ::1, [::1] and [::1]:555. The result
// is normalised.
func parseAddr(s string) (netip.Addr, bool) {
	if !mayBeAddr(s) {
		return netip.Addr{}, false // Fast path: most words are not even close.
	}
	host := s
	switch {
	case s[0] == '[':
		end := strings.IndexByte(s, ']')
		if end < 0 || end+1 < len(s) && s[end+1] != ':' {
			return netip.Addr{}, false
		}
		host = s[1:end]
	case strings.Count(s, ":") == 1:
		host = s[:strings.IndexByte(s, ':')]
	}
	a, err := netip.ParseAddr(host)
	return traffic.NormalAddr(a), err == nil
}

// mayBeAddr reports whether s starts like an address.
func mayBeAddr(s string) bool {
	if len(s) < 2 {
		return false
	}
	for i := range min(len(s), 5) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		case c == '.' || c == ':':
			return true
		case c == '[' && i == 0:
			return true
		default:
			return false
		}
	}
	return false
}
