package traffic

import "net/netip"

// Addr is a client's address. Addresses in an [Exchange] are always
// normalised, see [NormalAddr].
type Addr = netip.Addr

// NormalAddr unmaps an IPv4-mapped IPv6 address and drops the zone. An
// address that is not normalised slips past a list that names it in its other
// form, so every maker of exchanges calls this at the door.
func NormalAddr(a Addr) Addr {
	return a.Unmap().WithZone("")
}
