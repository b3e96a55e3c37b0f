package chaperone_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// A detector is shown every value of a request, decoded, with the place it
// stands in. In mode block a hit blocks the request.
func ExampleDetectorFunc() {
	ctx := context.Background()
	traversal := func(x *traffic.Exchange, v point.Value) {
		if bytes.Contains(v.Text, []byte("../")) {
			x.Hits = append(x.Hits, traffic.Hit{
				Type:     "ptrav",
				Point:    string(v.AppendPath(nil)),
				Payload:  string(v.Text), // v is borrowed: what is kept of it is copied
				Detector: "dots",
			})
		}
	}
	guard, err := chaperone.New(chaperone.Config{
		Client:    middleware.Direct(),
		Policy:    chaperone.Policy{Mode: traffic.ModeBlock},
		Detectors: []chaperone.Detector{chaperone.DetectorFunc(traversal)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	handler := guard.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, target := range []string{"/show?file=a.txt", "/show?file=..%2f..%2fetc%2fpasswd"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		fmt.Println(w.Code)
	}

	guard.Flush(ctx)
	for r, err := range guard.Records(ctx, session.Query{Malicious: session.Yes}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Verdict.Action, r.Verdict.Reason, r.Hits[0].Type, "in", r.Hits[0].Point, "=", r.Hits[0].Payload)
	}
	// Output:
	// 200
	// 403
	// block attack ptrav in REQUEST → QUERY → file = ../../etc/passwd
}
