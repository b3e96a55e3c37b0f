package traffic_test

import (
	"fmt"

	"github.com/chaperone-go/chaperone/traffic"
)

// A body is read ahead as far as somebody wants to look; the rest is for the
// handler alone. Bytes is a body that is already there, as in a log.
func ExampleBytes() {
	var body traffic.Body = traffic.Bytes(`{"token":"aaa"}`)
	b, whole, err := body.ReadAhead(8)
	fmt.Printf("%s whole=%t %v\n", b, whole, err)
	b, whole, err = body.ReadAhead(64 << 10)
	fmt.Printf("%s whole=%t %v\n", b, whole, err)
	// Output:
	// {"token" whole=false <nil>
	// {"token":"aaa"} whole=true <nil>
}
