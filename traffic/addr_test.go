package traffic_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

func TestNormalAddr(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got := traffic.NormalAddr(netip.MustParseAddr(in))
		require.Equal(t, netip.MustParseAddr(want), got)
		require.Equal(t, got, traffic.NormalAddr(got), "normal is normal")
	}
	f("192.0.2.1", "192.0.2.1")
	f("::ffff:192.0.2.1", "192.0.2.1")
	f("::ffff:192.0.2.1%eth0", "192.0.2.1")
	f("::ffff:c000:201", "192.0.2.1")
	f("2001:db8::1", "2001:db8::1")
	f("2001:DB8:0:0::1", "2001:db8::1")
	f("fe80::1%eth0", "fe80::1")
	f("fe80::1%25", "fe80::1")
	f("::", "::")
	f("::192.0.2.1", "::192.0.2.1")              // long obsolete, and not the same host
	f("64:ff9b::c000:201", "64:ff9b::192.0.2.1") // a translator's address, not its client's

	require.False(t, traffic.NormalAddr(traffic.Addr{}).IsValid(), "an unknown address stays unknown")
}
