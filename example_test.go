package chaperone_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
)

// Wrap a handler, and read back who asked for what.
func Example() {
	ctx := context.Background()
	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a teapot") })
	handler := guard.Wrap(mux)

	for _, target := range []string{"/orders/1?details=yes", "/orders/2", "/nowhere"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", target, nil))
	}

	guard.Flush(ctx) // a record is stored a moment after its request ended
	for r, err := range guard.Records(ctx, session.Query{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %s %s → %d, %d bytes; route %q; session by %s\n",
			r.Client.Addr, r.Method, r.Path, r.Status, r.BytesOut, r.Route, r.Session.Key.Source)
	}
	// Output:
	// 192.0.2.1 GET /orders/1 → 200, 8 bytes; route "GET /orders/{id}"; session by addr
	// 192.0.2.1 GET /orders/2 → 200, 8 bytes; route "GET /orders/{id}"; session by addr
	// 192.0.2.1 GET /nowhere → 404, 19 bytes; route ""; session by addr
}
