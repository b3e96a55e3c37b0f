package point_test

import (
	"fmt"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// What was readable is found, also when the rest is not; for the rest the
// result says why.
func ExampleScan_Get() {
	var set point.Set
	user := set.Reserve(point.MustParsePath("REQUEST → BODY → JSON → PROPERTY → user"))
	token := set.Reserve(point.MustParsePath("REQUEST → BODY → JSON → PROPERTY → token"))
	x := &traffic.Exchange{Request: traffic.Request{Body: traffic.Bytes(`{"user": "joe", "comment": "a long text", "token": "aaa"}`)}}

	var scan point.Scan
	for _, limits := range []point.Limits{{}, {BodyBytes: 32}} {
		scan.Reset(set.Compile(limits), nil)
		scan.Request(x)
		fmt.Println(scan.Get(user).Found, scan.Get(token).Found, scan.Marks().Names())
	}
	// Output:
	// value value []
	// value too_large [body_truncated limit_met]
}
