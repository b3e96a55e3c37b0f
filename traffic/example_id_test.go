package traffic_test

import (
	"fmt"

	"github.com/chaperone-go/chaperone/traffic"
)

// Ids are hexadecimal digits as text. What is not an id is named in the
// error, however long it is.
func ExampleParseRequestID() {
	id, err := traffic.ParseRequestID("000102030405060708090A0B0C0D0E0F")
	fmt.Println(id, err)
	_, err = traffic.ParseRequestID("../../etc/passwd")
	fmt.Println(err)
	// Output:
	// 000102030405060708090a0b0c0d0e0f <nil>
	// request id "../../etc/passwd": want 32 hexadecimal digits
}
