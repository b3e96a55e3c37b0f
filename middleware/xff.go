package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// maxHops is how many elements of a header are looked at, from the right,
// before the address counts as unknown: no chain of proxies is that long.
const maxHops = 64

// XForwardedFor takes the address from X-Forwarded-For, to which each proxy
// appends the address of its own peer: the rightmost one that does not belong
// to a trusted proxy. Trusted are prefixes such as "10.0.0.0/8", addresses, or
// "unix".
//
// Safe when the trusted prefixes hold your proxies and nobody else, and each
// of them appends. Whatever a client puts into the header stands further left
// than what the outermost of your proxies wrote, and is never reached. Not
// safe when clients share a prefix with the proxies (a whole cloud provider,
// 10.0.0.0/8 with clients in it): a client there is taken for a proxy and its
// own words for a proxy's. A prefix of length 0 is refused for this reason.
//
// Several header lines are one list, as if joined by commas. Ports and
// brackets ("1.2.3.4:80", "[2001:db8::1]:80") are understood. If all addresses
// are trusted the request was made within your network: the client is the
// leftmost. An element that is no address ends the search, see [ClientAddr],
// and so does the 65th.
func XForwardedFor(trusted ...string) ClientAddr {
	return chainFrom("XForwardedFor", "X-Forwarded-For", trusted, lastXFF)
}

// XForwardedForCount takes the nth address of X-Forwarded-For from the right,
// where n is the number of your own proxies, each of which appends the address
// of its peer. With one proxy that is the last address, as written by it.
//
// Safe when every request comes through exactly n proxies (1 to 64). If
// somebody can reach this server through fewer, they can write the decisive
// element themselves: the network must prevent that, for no rule that counts
// can see it. A list with fewer elements did not come by all proxies: the
// address is then unknown, see [ClientAddr]. Behind a unix socket or with
// known addresses prefer [XForwardedFor].
func XForwardedForCount(n int) ClientAddr {
	return nthFrom("XForwardedForCount", "X-Forwarded-For", n, lastXFF)
}

// chain hands out the addresses of a header, from the one appended last.
type chain struct {
	lines []string
	rest  string // what is left of the line at hand
	more  bool   // there is something left of it, if only an empty element
	last  lastNode
}

// lastNode cuts the last element off a header line. more says whether another
// one stands before it; ok is false when it is no address.
type lastNode func(line string) (a netip.Addr, rest string, more, ok bool)

// next returns the next address to the left. end means there are no more
// elements; otherwise ok says whether the element was an address.
func (c *chain) next() (a netip.Addr, ok, end bool) {
	if !c.more {
		if len(c.lines) == 0 {
			return netip.Addr{}, false, true
		}
		c.rest = c.lines[len(c.lines)-1]
		c.lines = c.lines[:len(c.lines)-1]
	}
	a, c.rest, c.more, ok = c.last(c.rest)
	return a, ok, false
}

// chainFrom is the rule "rightmost that is not trusted".
func chainFrom(rule, header string, trusted []string, last lastNode) ClientAddr {
	t, err := trustedPeers(rule, trusted)
	for _, p := range t.prefixes {
		if p.Bits() == 0 {
			err = errors.Join(err, fmt.Errorf("%s: trusting %v lets every client choose its address; name your proxies, or count them with %sCount", rule, p, rule))
		}
	}
	return ClientAddr{err: err, find: func(r *http.Request, p peer) (netip.Addr, bool) {
		if !t.has(p) {
			return p.addr, false
		}
		c := chain{lines: r.Header[header], last: last}
		furthest := p.addr
		for range maxHops {
			a, ok, end := c.next()
			if end {
				return furthest, true
			}
			if !ok {
				return netip.Addr{}, true
			}
			if !t.hasAddr(a) {
				return a, true
			}
			furthest = a
		}
		return netip.Addr{}, true
	}}
}

// nthFrom is the rule "nth from the right".
func nthFrom(rule, header string, n int, last lastNode) ClientAddr {
	var err error
	if n < 1 || n > maxHops {
		err = fmt.Errorf("%s: %d proxies; want 1 to %d (for none use Direct)", rule, n, maxHops)
	}
	return ClientAddr{err: err, find: func(r *http.Request, p peer) (netip.Addr, bool) {
		lines := r.Header[header]
		if len(lines) == 0 {
			return p.addr, true
		}
		c := chain{lines: lines, last: last}
		var a netip.Addr
		for range n {
			var ok, end bool
			if a, ok, end = c.next(); end || !ok {
				a = netip.Addr{}
			}
			if end {
				break
			}
		}
		return a, true
	}}
}

// lastXFF cuts the last element off a line of X-Forwarded-For.
func lastXFF(line string) (a netip.Addr, rest string, more, ok bool) {
	elem := line
	if i := strings.LastIndexByte(line, ','); i >= 0 {
		rest, elem, more = line[:i], line[i+1:], true
	}
	a, ok = parseNode(elem)
	return a, rest, more, ok
}
