package lists

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// Object is what an entry lists. Objects are comparable; two objects that
// mean the same are equal once they went through [OfAddr], [OfPrefix],
// [OfSession], [ParseObject] or [Book.Add].
//
// In JSON an object is {"kind":"address","value":"192.0.2.1"}.
type Object struct {
	Kind Kind
	// Prefix is the block of addresses; for an Address, the block of one.
	// Zero for other kinds.
	Prefix netip.Prefix
	// Session is the id of the session. Zero for other kinds.
	Session traffic.SessionID
}

// OfAddr returns the object for one address. An IPv4-mapped IPv6 address
// becomes the IPv4 address, a zone is dropped.
func OfAddr(a netip.Addr) Object {
	a = traffic.NormalAddr(a)
	return Object{Kind: Address, Prefix: netip.PrefixFrom(a, a.BitLen())}
}

// OfPrefix returns the object for a block of addresses. A block of one is the
// Address; a block inside ::ffff:0:0/96 becomes the IPv4 block. Bits after
// the prefix are not masked away: [Book.Add] refuses them.
func OfPrefix(p netip.Prefix) Object {
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	if p.IsValid() && p.IsSingleIP() {
		return OfAddr(p.Addr())
	}
	return Object{Kind: Prefix, Prefix: p}
}

// OfSession returns the object for a session.
func OfSession(id traffic.SessionID) Object {
	return Object{Kind: Session, Session: id}
}

// ParseObject reads an address ("192.0.2.1", "2001:db8::1"), a block
// ("192.0.2.0/24") or the 64 hexadecimal digits of a session id. A block with
// bits set after its prefix is refused: it may mean the block or the address,
// and guessing wrong lists thousands.
func ParseObject(s string) (Object, error) {
	o, err := parseObject(s)
	if err != nil {
		return Object{}, err
	}
	return o.normal()
}

func parseObject(s string) (Object, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return Object{}, fmt.Errorf("prefix %q: want address/bits", clip(s))
		}
		return OfPrefix(p), nil
	}
	if len(s) == 2*len(traffic.SessionID{}) {
		id, err := traffic.ParseSessionID(s)
		return OfSession(id), err
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return Object{}, fmt.Errorf("object %q: want an address, a prefix or a session id", clip(s))
	}
	return OfAddr(a), nil
}

// normal returns o in the one form in which equal objects are equal, or what
// is wrong with it.
func (o Object) normal() (Object, error) {
	switch o.Kind {
	case Address, Prefix:
		return o.normalPrefix()
	case Session:
		if o.Session.IsZero() {
			return Object{}, errors.New("the session id is zero")
		}
		return OfSession(o.Session), nil
	}
	return Object{}, fmt.Errorf("kind %s: want one of %q", o.Kind, kindNames[1:])
}

func (o Object) normalPrefix() (Object, error) {
	p := o.Prefix
	switch {
	case !p.IsValid():
		return Object{}, fmt.Errorf("%s: the address is invalid", o.Kind)
	case o.Kind == Address && !p.IsSingleIP():
		return Object{}, fmt.Errorf("address %s: want a single address, or kind %q", p, Prefix)
	case p.Addr().Is4In6() && p.Bits() < 96:
		return Object{}, fmt.Errorf("prefix %s: cuts through the IPv4-mapped addresses; list the IPv4 block", p)
	case p != p.Masked():
		return Object{}, fmt.Errorf("prefix %s: bits are set after the prefix; write %s for the block or %s for the address",
			p, p.Masked(), p.Addr())
	}
	return OfPrefix(p), nil
}

// String returns the address, the block or the session id.
func (o Object) String() string {
	switch o.Kind {
	case Address:
		return o.Prefix.Addr().String()
	case Prefix:
		return o.Prefix.String()
	case Session:
		return o.Session.String()
	}
	return o.Kind.String()
}

type objectJSON struct {
	Kind  Kind   `json:"kind"`
	Value string `json:"value"`
}

// MarshalJSON implements [json.Marshaler].
func (o Object) MarshalJSON() ([]byte, error) {
	return json.Marshal(objectJSON{o.Kind, o.String()})
}

// UnmarshalJSON implements [json.Unmarshaler]. The value must be of the kind.
func (o *Object) UnmarshalJSON(b []byte) error {
	var in objectJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	got, err := ParseObject(in.Value)
	if err != nil {
		return err
	}
	if got.Kind != in.Kind {
		return fmt.Errorf("object %q: is of kind %s, not %s", in.Value, got.Kind, in.Kind)
	}
	*o = got
	return nil
}
