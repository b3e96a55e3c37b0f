package memory_test

import (
	"context"
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/store/memory"
	"github.com/chaperone-go/chaperone/traffic"
)

// A session that goes on after midnight has two parts, both with its id.
func ExampleSessions() {
	ctx := context.Background()
	store := memory.NewSessions(memory.Options{})

	evening := time.Date(2026, 8, 21, 23, 59, 0, 0, time.UTC)
	var recs []traffic.Record
	for i := range 3 {
		var r traffic.Record
		r.ID = traffic.RequestID{byte(i)}
		r.Session.ID = traffic.SessionID{7}
		r.Time = evening.Add(time.Duration(i) * time.Minute)
		r.Method, r.Path, r.Status = "GET", fmt.Sprintf("/orders/%d", i), 200
		recs = append(recs, r)
	}
	if err := store.Append(ctx, recs); err != nil {
		fmt.Println(err)
	}

	for p, err := range store.Parts(ctx, session.Query{Sessions: []traffic.SessionID{{7}}}) {
		fmt.Println(p.Day, p.Requests, err)
	}
	for r, err := range store.Records(ctx, session.Query{Newest: true, Limit: 1}) {
		fmt.Println(r.Path, err)
	}
	deleted, err := store.Prune(ctx, session.KeptFrom(traffic.DayOf(evening)+7))
	fmt.Println(deleted, "part deleted a week later,", store.Stats().Parts, "left", err)
	// Output:
	// 2026-08-21 1 <nil>
	// 2026-08-22 2 <nil>
	// /orders/2 <nil>
	// 1 part deleted a week later, 1 left <nil>
}
