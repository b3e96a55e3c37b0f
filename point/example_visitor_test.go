package point_test

import (
	"fmt"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// printer is a visitor that prints what it sees.
type printer struct{}

func (printer) Visit(v point.Value) {
	if !v.IsName {
		fmt.Printf("%s = %q\n", v.AppendPath(nil), v.Text)
	}
}

// A visitor sees every value of an exchange, each where it stands.
func ExampleVisitor() {
	x := &traffic.Exchange{Request: traffic.Request{
		Method: "POST",
		Target: "/shop/cart.json?id=7&id=8",
		Header: traffic.Header{"Content-Type": {"application/json"}, "Cookie": {"theme=dark"}},
		Body:   traffic.Bytes(`{"items": [{"sku": "SOCK"}]}`),
	}}
	var scan point.Scan
	scan.Reset(nil, printer{})
	scan.Request(x)
	// Output:
	// REQUEST → METHOD = "POST"
	// REQUEST → URI = "/shop/cart.json?id=7&id=8"
	// REQUEST → PATH → 0 = "shop"
	// REQUEST → ACTION_NAME = "cart"
	// REQUEST → ACTION_EXT = "json"
	// REQUEST → QUERY → id = "7"
	// REQUEST → QUERY → id → ITEM → 1 = "8"
	// REQUEST → HEADER → CONTENT-TYPE = "application/json"
	// REQUEST → COOKIE → theme = "dark"
	// REQUEST → BODY → JSON → PROPERTY → items → ITEM → 0 → PROPERTY → sku = "SOCK"
}
