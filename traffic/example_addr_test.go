package traffic_test

import (
	"fmt"
	"net/netip"

	"github.com/chaperone-go/chaperone/traffic"
)

// One host, one address: however it was written, the lists know it.
func ExampleNormalAddr() {
	for _, s := range []string{"192.0.2.1", "::ffff:192.0.2.1", "fe80::1%eth0"} {
		fmt.Println(traffic.NormalAddr(netip.MustParseAddr(s)))
	}
	// Output:
	// 192.0.2.1
	// 192.0.2.1
	// fe80::1
}
