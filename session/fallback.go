package session

import (
	"net/netip"

	"github.com/chaperone-go/chaperone/traffic"
)

// fallback is the end of the order: who nothing else identifies is known by
// the address, together with the TLS fingerprint or the user agent where there
// is one.
type fallback struct {
	addr, addrAgent, addrPrint *hashKey
	fingerprint                bool
	ipv6Bits                   int
}

// maxAgent is how much of a user agent counts, so that nobody makes us hash a
// whole header block.
const maxAgent = 1024

func (f *fallback) compile(c *Config, g *groupKeys) (err error) {
	f.fingerprint, f.ipv6Bits = c.Fingerprint, c.IPv6Bits
	if f.addr, err = g.key(addrGroup, ""); err != nil {
		return err
	}
	if f.addrAgent, err = g.key(addrAgentGroup, ""); err != nil {
		return err
	}
	f.addrPrint, err = g.key(fingerprintGroup, "")
	return err
}

// The names of the fallbacks, as [traffic.Key] shows them.
const (
	nameAddrPrint = "address and TLS fingerprint"
	nameAddrAgent = "address and user agent"
	nameAddr      = "address"
)

// identify sets the identity of a request that no key identified. Without an
// address there is none.
func (f *fallback) identify(h *hasher, id *traffic.Identity, c *traffic.Client) {
	if !c.Addr.IsValid() {
		return
	}
	h.block = f.block(c.Addr)
	fp := f.print(c)
	k, second := f.addr, ""
	id.Strength = traffic.StrengthWeak
	switch {
	case fp != "":
		// The index tells the two apart that share a source.
		id.Key = traffic.Key{Source: traffic.AddrKey, Index: 0, Name: nameAddrPrint}
		id.Strength = traffic.StrengthMedium
		k, second = f.addrPrint, fp
	case c.UserAgent != "":
		id.Key = traffic.Key{Source: traffic.AddrUserAgentKey, Name: nameAddrAgent}
		k, second = f.addrAgent, clip(c.UserAgent, maxAgent)
	default:
		id.Key = traffic.Key{Source: traffic.AddrKey, Index: f.plainIndex(), Name: nameAddr}
	}
	id.ID = h.addrID(k, second)
}

// plainIndex is the place of the plain address in its family: after the
// fingerprint, if that is used.
func (f *fallback) plainIndex() int {
	if f.fingerprint {
		return 1
	}
	return 0
}

// print returns the fingerprint to use, "" for none.
func (f *fallback) print(c *traffic.Client) string {
	switch {
	case !f.fingerprint:
		return ""
	case c.JA4 != "":
		return c.JA4
	}
	return c.JA3
}

// block returns the 16 bytes of an address that count. IPv4 addresses are
// there in their mapped form, which no IPv6 client has: addresses of exchanges
// are unmapped.
func (f *fallback) block(a netip.Addr) [16]byte {
	if a.Is6() && f.ipv6Bits < 128 {
		if p, err := a.Prefix(f.ipv6Bits); err == nil {
			a = p.Addr()
		}
	}
	return a.As16()
}
