package traffic_test

import (
	"fmt"

	"github.com/chaperone-go/chaperone/traffic"
)

// Whoever makes an exchange copies only bodies of the wanted kinds.
func ExampleKindOf() {
	want := traffic.KindJSON | traffic.KindXML
	for _, ct := range []string{"application/json; charset=utf-8", "application/problem+json", "image/svg+xml", "text/html", ""} {
		fmt.Printf("%q %t\n", ct, want&traffic.KindOf(ct) != 0)
	}
	// Output:
	// "application/json; charset=utf-8" true
	// "application/problem+json" true
	// "image/svg+xml" true
	// "text/html" false
	// "" false
}
