package traffic_test

import (
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// An exchange is filled by whoever makes it, and used again for the next
// request.
func ExampleExchange() {
	x := new(traffic.Exchange)
	for i, target := range []string{"/login", "/orders/1?token=aaa"} {
		x.Time = time.Date(2026, 8, 21, 10, 0, i, 0, time.UTC) // the only clock there is
		x.ID = traffic.RequestID{byte(i)}
		x.App = traffic.DefaultApp
		x.Request.Method, x.Request.Target = "GET", target
		x.Params = append(x.Params, traffic.Param{Name: "seen", Value: target}) // a room adds something

		fmt.Println(x.Time.Format(time.TimeOnly), x.Request.Method, x.Request.Target, len(x.Params))
		x.Reset()
	}
	// Output:
	// 10:00:00 GET /login 1
	// 10:00:01 GET /orders/1?token=aaa 1
}
