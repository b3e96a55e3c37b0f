package point_test

import (
	"errors"
	"fmt"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// One use from start to end: reserve, compile, scan, read.
func Example() {
	var set point.Set
	token := set.Reserve(point.MustParsePath("REQUEST → QUERY → token"))
	email := set.Reserve(point.MustParsePath("REQUEST → BODY → JSON → PROPERTY → email"))
	plan := set.Compile(point.Limits{})

	x := &traffic.Exchange{Request: traffic.Request{
		Method: "POST",
		Target: "/login?token=aaa",
		Header: traffic.Header{"Content-Type": {"application/json"}},
		Body:   traffic.Bytes(`{"email": "joe@example.com"}`),
	}}
	var scan point.Scan
	scan.Reset(plan, nil)
	scan.Request(x)
	fmt.Printf("%s\n%s\n", scan.Get(token).Text, scan.Get(email).Text)
	// Output:
	// aaa
	// joe@example.com
}

// Both notations are read, in any spelling, and printed canonically.
func ExampleParsePath() {
	for _, text := range []string{
		"RESPONSE → BODY JSON → PROPERTY → token",
		"response > body > json > property > token",
		"[response_body, json_doc, hash, 'token']",
	} {
		p, err := point.ParsePath(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(p, p.Tags())
	}
	// Output:
	// RESPONSE → BODY → JSON → PROPERTY → token [response_body, json_doc, hash, 'token']
	// RESPONSE → BODY → JSON → PROPERTY → token [response_body, json_doc, hash, 'token']
	// RESPONSE → BODY → JSON → PROPERTY → token [response_body, json_doc, hash, 'token']
}

// An error points at the step that is wrong and says what was expected there.
func ExamplePathError() {
	_, err := point.ParsePath("REQUEST → COOKIE → sid → JSN")
	fmt.Println(err)

	var pe *point.PathError
	if errors.As(err, &pe) {
		fmt.Println("step", pe.Step, "begins at", pe.Text[pe.Offset:])
	}
	// Output:
	// path "REQUEST → COOKIE → sid → JSN": step 2, at byte 31: "JSN" is not a step; did you mean JSON? Expected JSON, ITEM, POLLUTION, XML, BASE64, GZIP, DEFLATE, HTMLJS, URLENCODED, JWT or GRAPHQL after COOKIE
	// step 2 begins at JSN
}

// A sample shows what a path means in a message.
func ExamplePath_Sample() {
	fmt.Print(point.MustParsePath("REQUEST → BODY → JSON → PROPERTY → user → PROPERTY → email").Sample())
	// Output:
	// POST / HTTP/1.1
	// Host: example.com
	// Content-Type: application/json
	//
	// {"user": {"email": "***"}}
}

// Paths can be made of what was seen in traffic.
func ExamplePathFrom() {
	p, err := point.PathFrom(point.Request,
		point.Step{Kind: point.Header, Name: "Authorization"},
		point.Step{Kind: point.JWT},
		point.Step{Kind: point.JWTPayload},
		point.Step{Kind: point.Property, Name: "sub"},
	)
	fmt.Println(p, err)
	// Output:
	// REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → sub <nil>
}

// A mask on a path hides all that the path covers.
func ExamplePath_Covers() {
	mask := point.MustParsePath("REQUEST → HEADER → COOKIE")
	fmt.Println(mask.Covers(point.MustParsePath("REQUEST → COOKIE → sid")))
	fmt.Println(mask.Covers(point.MustParsePath("REQUEST → QUERY → sid")))
	// Output:
	// true
	// false
}

// A norm stands for every value; All returns those that were kept.
func ExampleScan_All() {
	var set point.Set
	ids := set.Reserve(point.MustParsePath("REQUEST → BODY → JSON → ITEM → ALL → PROPERTY → id"))
	plan := set.Compile(point.Limits{})

	x := &traffic.Exchange{Request: traffic.Request{
		Method: "POST",
		Target: "/orders",
		Body:   traffic.Bytes(`[{"id": 7}, {"id": 8}, {"name": "x"}, {"id": 9}]`),
	}}
	var scan point.Scan
	scan.Reset(plan, nil)
	scan.Request(x)
	for id := range scan.All(ids) {
		fmt.Printf("%s ", id)
	}
	// Output:
	// 7 8 9
}

// The plan says what it needs, so that nobody copies a body in vain.
func ExamplePlan_Want() {
	var set point.Set
	set.Reserve(point.MustParsePath("RESPONSE → BODY → JSON → PROPERTY → token"))
	plan := set.Compile(point.Limits{BodyBytes: 4096})

	want := plan.Want()
	fmt.Println(plan.NeedsBody(), want.Limit)
	fmt.Println(want.Kinds&traffic.KindOf("application/json") != 0)
	fmt.Println(want.Kinds&traffic.KindOf("image/png") != 0)
	// Output:
	// false 4096
	// true
	// false
}
