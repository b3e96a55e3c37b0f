package chaperone_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// A recorded log runs through the same engine: whoever can read it fills
// exchanges, and time is what they say. Each day of a session is a part.
func Example_replay() {
	ctx := context.Background()
	guard, err := chaperone.New(chaperone.Config{Replay: true, KeepDays: -1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	began := time.Date(2026, 8, 21, 23, 59, 0, 0, time.UTC)
	var x traffic.Exchange // used again for every request
	for i, path := range []string{"/", "/orders/1", "/orders/2"} {
		x.ID = traffic.RequestID{byte(i + 1)}
		x.Time = began.Add(time.Duration(i) * time.Minute)
		x.App = traffic.DefaultApp
		x.Client = traffic.Client{Addr: netip.MustParseAddr("192.0.2.1"), UserAgent: "curl/8"}
		x.Request = traffic.Request{Method: "GET", Target: path}
		guard.Begin(ctx, &x)
		x.Response.Status, x.Duration = 200, 3*time.Millisecond
		guard.End(ctx, &x)
		x.Reset()
	}

	guard.Flush(ctx)
	for part, err := range guard.Parts(ctx, session.Query{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(part.Day, part.Requests, "requests, median", part.Latency.Median)
		for _, e := range part.Endpoints.List {
			fmt.Println("  ", e.Value, e.Count)
		}
	}
	// Output:
	// 2026-08-21 1 requests, median 3ms
	//    / 1
	// 2026-08-22 2 requests, median 3ms
	//    /orders/1 1
	//    /orders/2 1
}
