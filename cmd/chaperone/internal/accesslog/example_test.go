package accesslog_test

import (
	"fmt"
	"strings"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/traffic"
)

func ExampleReader() {
	log := `192.0.2.1 - - [21/Aug/2026:10:00:00 +0200] "GET /orders/1 HTTP/1.1" 200 512 "-" "curl/8.14.1"
nonsense
192.0.2.1 - - [21/Aug/2026:10:00:01 +0200] "\x16\x03\x01" 400 0 "-" "-"
`
	r, err := accesslog.NewReader("access.log", strings.NewReader(log), accesslog.Options{})
	var e accesslog.Entry
	var x traffic.Exchange
	for err == nil {
		if err = r.Next(&e); err == nil {
			e.Request(&x)  // then Begin
			e.Response(&x) // then End
			fmt.Printf("%s %q %q %d\n", x.Time.Format("15:04:05"), x.Request.Method, x.Request.Target, x.Response.Status)
		}
	}
	s := r.Stats()
	fmt.Println(r.Format(), s.Lines, "lines,", s.Accepted, "accepted,", s.Examples[0])
	// Output:
	// 08:00:00 "GET" "/orders/1" 200
	// 08:00:01 "" "" 400
	// text 3 lines, 2 accepted, access.log:2: not an access log line: "nonsense"
}
