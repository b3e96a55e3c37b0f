package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/chaperone-go/chaperone/traffic"
)

// ClientAddr is a rule that tells which address a request comes from. Lists,
// sessions without a key and every counter hang on this address, so the choice
// is a security decision, and there is no default:
//
//   - [Direct] when clients connect to this server themselves.
//   - [FromHeader] when one proxy, or a chain under one roof, writes the
//     client's address into a header of its own and overwrites whatever the
//     client sent there.
//   - [XForwardedFor] or [Forwarded] when each proxy appends the address it
//     saw, and the addresses of your proxies are known.
//   - [XForwardedForCount] or [ForwardedCount] when only their number is known.
//   - [FirstOf] when requests come in several of these ways.
//   - [AddrFunc] for anything else.
//
// Choosing wrong costs either way. A header that clients can write themselves
// lets each of them appear under any address: deny lists are walked around and
// innocent addresses get listed. Direct behind a proxy makes everybody one
// client: the first attacker has the proxy, and with it everyone, denied.
//
// # What all rules have in common
//
// A header is only looked at when the peer, the far end of the connection
// itself, is trusted; from any other peer the peer's own address is the
// client's. Addresses are unmapped (::ffff:1.2.3.4 is 1.2.3.4) and lose their
// zone. When a trusted peer's header holds no usable address in the decisive
// place (it is garbage, "unknown", an obfuscated name), the address is the
// zero Addr: it could not be told. It is never guessed from another place, for
// what stands next to garbage was often written by an attacker, and it never
// becomes the proxy's own, whose listing would lock out everybody. Such
// requests are counted in [Stats].AddrUnknown. When the header is absent
// altogether, as in a health check by the proxy itself, the client is the
// peer.
//
// The zero ClientAddr is no rule and refused by [New].
type ClientAddr struct {
	// find returns the address, and whether the rule has anything to say about
	// this peer. FirstOf asks the next rule when it has not.
	find func(r *http.Request, p peer) (a netip.Addr, applies bool)
	err  error
}

// IsZero reports whether c is no rule.
func (c ClientAddr) IsZero() bool { return c.find == nil && c.err == nil }

func (c ClientAddr) compile() (ClientAddr, error) {
	switch {
	case c.err != nil:
		return c, fmt.Errorf("Client: %w", c.err)
	case c.find == nil:
		return c, errors.New("Client: not chosen; say how the client's address is found: Direct() for clients that connect to this server themselves, XForwardedFor(…) and others behind a proxy")
	}
	return c, nil
}

// addr applies the rule. The result is normalised.
func (c ClientAddr) addr(r *http.Request, p peer) netip.Addr {
	a, applies := c.find(r, p)
	if !applies {
		return p.addr
	}
	return traffic.NormalAddr(a)
}

// Direct takes the address of the connection.
//
// Safe whenever clients connect to this server themselves: nothing a client
// sends can change it. Behind any proxy, load balancer or CDN that ends the
// connection it is that machine's address for every client. (A balancer that
// forwards packets, or speaks the PROXY protocol to a listener that
// understands it, leaves the client's address on the connection: Direct is
// right there.)
func Direct() ClientAddr {
	return ClientAddr{find: func(_ *http.Request, p peer) (netip.Addr, bool) { return p.addr, true }}
}

// FromHeader takes the address from a header with a single value, such as
// "X-Real-IP", "CF-Connecting-IP" or "True-Client-IP", when the peer is
// trusted: prefixes such as "10.0.0.0/8", addresses, or "unix".
//
// Safe when every trusted peer sets this header itself, on every request,
// replacing what the client sent. Not safe with a proxy that passes the header
// on when the client sent it: many do unless told otherwise. More than one
// value, in one line or in several, means that somebody appended to what a
// client wrote: which is which cannot be told, and neither can the address.
// For headers that are meant to be appended to use [XForwardedFor].
//
// When peers cannot be known, because an outer network makes sure that only
// the proxy gets here, trust "0.0.0.0/0" and "::/0"; then that network is all
// that keeps clients from choosing their address.
func FromHeader(name string, trusted ...string) ClientAddr {
	name, nameErr := headerName(name)
	t, err := trustedPeers("FromHeader", trusted)
	return ClientAddr{err: errors.Join(nameErr, err), find: func(r *http.Request, p peer) (netip.Addr, bool) {
		if !t.has(p) {
			return p.addr, false
		}
		lines := r.Header[name]
		switch len(lines) {
		case 0:
			return p.addr, true
		case 1:
			a, _ := parseNode(lines[0])
			return a, true
		}
		return netip.Addr{}, true
	}}
}

// FirstOf asks each rule in turn and takes the first one that trusts the peer;
// when none does, the client is the peer. Use it when requests come through
// different proxies, each with its own header. [Direct], [AddrFunc] and the
// rules that count have something to say about every peer: what stands after
// them is never asked.
func FirstOf(rules ...ClientAddr) ClientAddr {
	var errs []error
	if len(rules) == 0 {
		errs = append(errs, errors.New("FirstOf: no rule given"))
	}
	for i, c := range rules {
		if c.err != nil {
			errs = append(errs, fmt.Errorf("FirstOf[%d]: %w", i, c.err))
		} else if c.find == nil {
			errs = append(errs, fmt.Errorf("FirstOf[%d]: is the zero ClientAddr", i))
		}
	}
	return ClientAddr{err: errors.Join(errs...), find: func(r *http.Request, p peer) (netip.Addr, bool) {
		for _, c := range rules {
			if a, applies := c.find(r, p); applies {
				return a, true
			}
		}
		return p.addr, false
	}}
}

// AddrFunc takes the address that f returns; the zero Addr says that it could
// not be told. f runs for every request, at once from many goroutines; it is
// on its own as to whom it believes. A panic in it is recovered and counted,
// and the address is then unknown.
func AddrFunc(f func(*http.Request) netip.Addr) ClientAddr {
	if f == nil {
		return ClientAddr{err: errors.New("AddrFunc: the function is nil")}
	}
	return ClientAddr{find: func(r *http.Request, _ peer) (netip.Addr, bool) { return f(r), true }}
}

func trustedPeers(rule string, texts []string) (peers, error) {
	if len(texts) == 0 {
		return peers{}, fmt.Errorf("%s: no trusted peers given; without them anybody could write the header", rule)
	}
	return parsePeers(rule+": trusted", texts)
}
