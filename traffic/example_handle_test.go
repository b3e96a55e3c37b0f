package traffic_test

import (
	"fmt"

	"github.com/chaperone-go/chaperone/traffic"
)

// A handler states what only the application can know. Once the request is
// over nobody listens any more.
func ExampleHandle() {
	h := new(traffic.Handle)
	h.Open(traffic.RequestID{1}, traffic.SessionID{2}) // when the request begins

	h.LoginSucceeded("ada") // in the handler
	h.SetRole("admin")
	h.Tag("first login")

	said := h.Close() // when it ends
	fmt.Println(said.Login, said.User, said.Role, said.Tags)
	fmt.Println("afterwards:", h.SetUser("eve"))
	// Output:
	// succeeded ada admin [first login]
	// afterwards: false
}

// A request that Chaperone does not know has no handle; asking it is no
// mistake.
func ExampleHandle_nil() {
	var h *traffic.Handle
	fmt.Println(h.SetUser("ada"), h.SessionID().IsZero())
	// Output: false true
}
