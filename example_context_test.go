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

// The application says what only it can know: who logged in, which route
// served the request, that a session is over. A user stays with the session.
func ExampleFromContext() {
	ctx := context.Background()
	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	handler := guard.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		says := chaperone.FromContext(r.Context())
		switch r.URL.Path {
		case "/login":
			says.LoginSucceeded("ada")
			says.SetRole("admin")
		case "/logout":
			says.EndSession()
		default:
			says.SetRoute("/orders/{id}")
			says.Tag("paid")
		}
	}))
	for _, target := range []string{"/login", "/orders/1", "/logout", "/orders/2"} {
		r := httptest.NewRequest("GET", target, nil)
		r.AddCookie(&http.Cookie{Name: "PHPSESSID", Value: "k3jd8s0qw1zx7v5b"})
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}

	guard.Flush(ctx)
	for r, err := range guard.Records(ctx, session.Query{Users: []string{"ada"}}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: user %s, role %s, login %q, route %q, tags %q, marks %q\n",
			r.Path, r.Session.User, r.Session.Role, r.Login, r.Route, r.Tags, r.Marks.Names())
	}
	// Output:
	// /login: user ada, role admin, login "succeeded", route "", tags [], marks []
	// /orders/1: user ada, role admin, login "", route "/orders/{id}", tags ["paid"], marks []
	// /logout: user ada, role admin, login "", route "", tags [], marks ["session_ended"]
	// /orders/2: user ada, role admin, login "", route "/orders/{id}", tags ["paid"], marks ["after_end"]
}
