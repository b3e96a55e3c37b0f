package chaperone_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Everything one session did, as a spreadsheet. The text that clients choose
// is made safe to open.
func Example_exportCSV() {
	ctx := context.Background()
	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	var id traffic.SessionID
	handler := guard.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.UserAgent() == "=cmd()" {
			id = chaperone.FromContext(r.Context()).SessionID()
		}
	}))
	for _, agent := range []string{"=cmd()", "curl/8", "=cmd()"} {
		r := httptest.NewRequest("GET", "/orders", nil)
		r.Header.Set("User-Agent", agent)
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}

	guard.Flush(ctx)
	var file bytes.Buffer
	err = export.WriteCSV(&file, guard.Records(ctx, session.Query{Sessions: []traffic.SessionID{id}}))
	if err != nil {
		fmt.Println(err)
		return
	}

	rows, err := csv.NewReader(&file).ReadAll()
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, column := range rows[0] {
		switch column {
		case "key_source", "addr", "user_agent", "method", "path", "status", "action":
			fmt.Printf("%-10s %q %q\n", column, rows[1][i], rows[2][i])
		}
	}
	fmt.Println(len(rows)-1, "requests")
	// Output:
	// key_source "addr_ua" "addr_ua"
	// addr       "192.0.2.1" "192.0.2.1"
	// user_agent "'=cmd()" "'=cmd()"
	// method     "GET" "GET"
	// path       "/orders" "/orders"
	// status     "200" "200"
	// action     "pass" "pass"
	// 2 requests
}
