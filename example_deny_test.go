package chaperone_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// Deny one session for an hour, whatever address it comes from, and take it
// off again. The book remembers who did what.
func ExampleGuard_Lists() {
	ctx := context.Background()
	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	var id traffic.SessionID
	handler := guard.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		id = chaperone.FromContext(r.Context()).SessionID()
	}))
	send := func(session, addr string) int {
		r := httptest.NewRequest("GET", "/orders", nil)
		r.RemoteAddr = addr + ":1234"
		r.AddCookie(&http.Cookie{Name: "PHPSESSID", Value: session})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code
	}
	fmt.Println("before:", send("k3jd8s0qw1zx7v5b", "192.0.2.1"))

	entry, err := guard.Lists().Add(ctx, time.Now(), lists.Entry{
		List:    lists.Deny,
		Object:  lists.OfSession(id),
		Expires: time.Now().Add(time.Hour),
		Reason:  "walks through other people's orders",
		By:      traffic.Author{Kind: traffic.Manual, ID: "ada"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("denied:", send("k3jd8s0qw1zx7v5b", "192.0.2.1"))
	fmt.Println("from elsewhere:", send("k3jd8s0qw1zx7v5b", "198.51.100.7"))
	fmt.Println("another session:", send("p0d8f7g6h5j4k3l2", "192.0.2.1"))

	grace := traffic.Author{Kind: traffic.Manual, ID: "grace"}
	if _, err := guard.Lists().Remove(ctx, time.Now(), entry.ID, grace); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("afterwards:", send("k3jd8s0qw1zx7v5b", "192.0.2.1"))

	was, _ := guard.Lists().Entry(entry.ID)
	fmt.Printf("%s added it because it %s, %s took it off\n", was.By.ID, was.Reason, was.RemovedBy.ID)
	// Output:
	// before: 200
	// denied: 403
	// from elsewhere: 403
	// another session: 200
	// afterwards: 200
	// ada added it because it walks through other people's orders, grace took it off
}
