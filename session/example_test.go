package session_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// A login answers with a token, later requests carry it in the query or in
// the body: all of them are one session.
func ExampleCompile() {
	var places point.Set
	resolver, err := session.Compile(session.Config{
		Parameters: []session.Parameter{
			{Name: "answer", Path: "RESPONSE → BODY → JSON → PROPERTY → token", Key: true},
			{Name: "query", Path: "REQUEST → QUERY → token", Key: true},
			{Name: "body", Path: "REQUEST → BODY → JSON → PROPERTY → token", Key: true},
		},
		Secrets: []session.Secret{{ID: "2026", Key: []byte("keep this one to yourself")}},
	}, &places)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan := places.Compile(point.Limits{})
	live := session.NewLive(0)

	var scan point.Scan
	show := func(target, body, answer string) {
		x := &traffic.Exchange{
			Client:   traffic.Client{Addr: netip.MustParseAddr("192.0.2.1"), UserAgent: "curl/8"},
			Request:  traffic.Request{Method: "POST", Target: target, Body: traffic.Bytes(body)},
			Response: traffic.Response{Status: 200, Body: []byte(answer), Whole: true},
		}
		scan.Reset(plan, nil)
		scan.Request(x)
		resolver.Open(x, &scan, live)
		scan.Response(x)
		resolver.Settle(x, &scan, live, traffic.Said{})
		fmt.Printf("%.8s by %s, %v, %v\n", x.Session.ID, x.Session.Key.Name, x.Session.Strength, x.Session.Standing)
	}
	show("/login", `{"in":"bbb"}`, `{"token":"aaa"}`)
	show("/orders", `{"in":"ccc","token":"aaa"}`, `{}`)
	show("/orders?token=aaa", ``, `{}`)
	show("/orders", `{}`, `{}`)
	// Output:
	// 1431dce4 by answer, strong, issued
	// 1431dce4 by body, strong, issued
	// 1431dce4 by query, strong, issued
	// 1f44ffb1 by address and user agent, weak, observed
}

// Explain says why a request is in its session.
func ExampleResolver_Explain() {
	var places point.Set
	resolver, err := session.Compile(session.Config{
		NoBuiltin: true,
		Parameters: []session.Parameter{
			{Path: "REQUEST → HEADER → X-CARD", Key: true},
			{Path: "REQUEST → QUERY → token", Key: true},
			{Path: "RESPONSE → BODY → JSON → PROPERTY → session", Key: true},
		},
		Masks: []string{"REQUEST → HEADER → X-CARD"},
	}, &places)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := &traffic.Exchange{
		Client:  traffic.Client{Addr: netip.MustParseAddr("192.0.2.1")},
		Request: traffic.Request{Method: "GET", Target: "/?token="},
	}
	var scan point.Scan
	scan.Reset(places.Compile(point.Limits{}), nil)
	scan.Request(x)
	resolver.Open(x, &scan, nil)
	for _, tried := range resolver.Explain(x, &scan) {
		fmt.Printf("%s: %v, %s\n", tried.Name, tried.Outcome, tried.Why)
	}
	// Output:
	// X-Card: masked, affected by the mask REQUEST → HEADER → X-CARD
	// token: empty, the value is empty
	// session: not_yet, stands in the response, which is not known yet
	// address and user agent: absent, no user agent, or no address
	// address: found, only the address is known
}

// A query that is used for many records is compiled once.
func ExampleQuery_Compile() {
	matcher, err := session.Query{
		Path:   "/orders/*",
		Status: []session.StatusRange{{From: 400, To: 499}},
		Addrs:  []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
	}.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	addr := netip.MustParseAddr("192.0.2.7")
	for _, r := range []traffic.Record{
		{Path: "/orders/1", Status: 200, Client: traffic.Client{Addr: addr}},
		{Path: "/orders/2", Status: 404, Client: traffic.Client{Addr: addr}},
		{Path: "/login", Status: 401, Client: traffic.Client{Addr: addr}},
	} {
		fmt.Println(r.Path, matcher.Match(&r))
	}
	// Output:
	// /orders/1 false
	// /orders/2 true
	// /login false
}

// A part tells what a session did on one day.
func ExampleFold() {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var fold session.Fold
	for i, path := range []string{"/login", "/orders/1", "/orders/1"} {
		fold.Add(&traffic.Record{Time: start.Add(time.Duration(i) * time.Minute), Method: "GET", Path: path, Status: 200})
	}
	part := fold.Part(traffic.DayOf(start))
	fmt.Println(part.Day, part.Requests, part.Duration())
	for _, e := range part.Endpoints.List {
		fmt.Println(e.Value, e.Count)
	}
	// Output:
	// 2026-03-01 3 2m0s
	// /orders/1 2
	// /login 1
}

// The built-in identifiers are a published list.
func ExampleBuiltin() {
	for _, id := range session.Builtin()[:3] {
		fmt.Println(id.Path)
	}
	// Output:
	// REQUEST → COOKIE → PHPSESSID
	// REQUEST → HEADER → PHPSESSID
	// REQUEST → COOKIE → JSESSIONID
}
