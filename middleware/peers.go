package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// peer is the far end of the connection itself: the client, or the last proxy
// before us.
type peer struct {
	addr netip.Addr // zero when the connection has no address we can read
	unix bool       // a unix socket
}

// peerOf reads the peer off the request. The server wrote RemoteAddr; a
// middleware around us may have replaced it by an address without a port.
func peerOf(r *http.Request) peer {
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return peer{addr: traffic.NormalAddr(ap.Addr())}
	}
	if a, err := netip.ParseAddr(r.RemoteAddr); err == nil {
		return peer{addr: traffic.NormalAddr(a)}
	}
	s := r.RemoteAddr
	return peer{unix: s == "" || s[0] == '@' || s[0] == '/'}
}

// peers is a set of peers that are believed.
type peers struct {
	prefixes []netip.Prefix
	unix     bool
}

func (t *peers) has(p peer) bool { return p.unix && t.unix || t.hasAddr(p.addr) }

func (t *peers) hasAddr(a netip.Addr) bool {
	for _, p := range t.prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// parsePeers reads prefixes, addresses and "unix".
func parsePeers(field string, texts []string) (t peers, err error) {
	var problems []error
	for i, s := range texts {
		if s == "unix" {
			t.unix = true
			continue
		}
		p, err := parsePrefix(s)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s[%d]: %w", field, i, err))
			continue
		}
		t.prefixes = append(t.prefixes, p)
	}
	return t, errors.Join(problems...)
}

func parsePrefix(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return netip.Prefix{}, fmt.Errorf(`%q: want an address, a prefix such as "10.0.0.0/8", or "unix"`, s)
		}
		a = traffic.NormalAddr(a)
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return p, fmt.Errorf("%q: %w", s, err)
	case p.Addr().Is4In6():
		return p, fmt.Errorf("%q: addresses are unmapped before they are compared; write the IPv4 prefix", s)
	case p.Masked() != p:
		return p, fmt.Errorf("%q: bits are set beyond the prefix's length; write %v", s, p.Masked())
	}
	return p, nil
}
