package chaperone_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Why is this request in that session? Explain walks it through the policy
// in force and records nothing.
func ExampleGuard_Explain() {
	ctx := context.Background()
	guard, err := chaperone.New(chaperone.Config{
		Client: middleware.Direct(),
		Policy: chaperone.Policy{Parameters: []session.Parameter{
			{Name: "answered", Path: "RESPONSE → BODY → JSON → PROPERTY → token", Key: true},
			{Name: "header", Path: "REQUEST → HEADER → X-TOKEN", Key: true},
			{Name: "body", Path: "REQUEST → BODY → JSON → PROPERTY → token", Key: true},
			{Name: "query", Path: "REQUEST → QUERY → token", Key: true},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	e := guard.Explain(ctx, &traffic.Exchange{
		Time:   time.Date(2026, 8, 21, 10, 0, 0, 0, time.UTC),
		Client: traffic.Client{Addr: netip.MustParseAddr("192.0.2.1")},
		Request: traffic.Request{
			Method: "POST", Target: "/orders?token=aaa",
			Header: traffic.Header{"Content-Type": {"application/json"}},
			Body:   traffic.Bytes(`{"token":`),
		},
	})
	for _, tried := range e.Tried {
		fmt.Printf("%s %d %s: %s\n", tried.Source, tried.Index, tried.Name, tried.Why)
	}
	fmt.Println("verdict:", e.Verdict.Action, "marks:", e.Marks.Names())
	// Output:
	// own 0 answered: stands in the response, which is not known yet
	// own 1 header: nothing there
	// own 2 body: something is there that could not be read as the path says
	// own 3 query: the first value that works: it names the session
	// verdict: pass marks: [body_undecodable]
}
