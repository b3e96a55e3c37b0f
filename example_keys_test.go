package chaperone_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
)

// The answer to the login holds a token, a later request carries it in its
// body, another one in its query: with these keys all three are one session.
// Keys are tried in order, the next one only if the one before did not work.
func Example_groupingKeys() {
	ctx := context.Background()
	guard, err := chaperone.New(chaperone.Config{
		Client: middleware.Direct(),
		Policy: chaperone.Policy{Parameters: []session.Parameter{
			{Name: "answered", Path: "RESPONSE → BODY → JSON → PROPERTY → token", Key: true},
			{Name: "in the query", Path: "REQUEST → QUERY → token", Key: true},
			{Name: "in the body", Path: "REQUEST → BODY → JSON → PROPERTY → token", Key: true},
		}},
		Sessions: session.Config{ // ids are the same in every process that has the secret
			Secrets: []session.Secret{{ID: "2026", Key: []byte("keep this one to yourself")}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	handler := guard.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/login" {
			fmt.Fprint(w, `{"token":"aaa"}`)
		}
	}))
	send := func(method, target, body string) {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, target, strings.NewReader(body)))
	}
	send("POST", "/login", `{"in":"bbb"}`)
	send("POST", "/orders", `{"in":"ccc","token":"aaa"}`)
	send("GET", "/orders?token=aaa", "")
	send("GET", "/orders", "")

	guard.Flush(ctx)
	for r, err := range guard.Records(ctx, session.Query{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		key := r.Session.Key
		fmt.Printf("%-4s %-7s %.8s by %s %d, %s\n", r.Method, r.Path, r.Session.ID, key.Source, key.Index, r.Session.Standing)
	}
	// Output:
	// POST /login  1431dce4 by own 0, issued
	// POST /orders 1431dce4 by own 2, issued
	// GET  /orders 1431dce4 by own 1, issued
	// GET  /orders 6f4efcbf by addr 0, observed
}
