package traffic_test

import (
	"fmt"

	"github.com/chaperone-go/chaperone/traffic"
)

// Marks say what was unusual about a request; several may be set.
func ExampleMark() {
	m := traffic.BodyTruncated | traffic.ClientGone
	fmt.Println(m.Names(), m.Has(traffic.ClientGone), m.Has(traffic.Panicked))
	// Output: [body_truncated client_gone] true false
}
