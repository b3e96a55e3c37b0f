package lists_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/store/memory"
	"github.com/chaperone-go/chaperone/traffic"
)

// A book answers for every request what its address is listed for.
func Example() {
	ctx := context.Background()
	now := time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)
	book, err := lists.Open(ctx, memory.NewLists(), lists.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	anna := traffic.Author{Kind: traffic.Manual, ID: "anna"}
	block, _ := lists.ParseObject("203.0.113.0/24")
	_, err = book.Add(ctx, now, lists.Entry{
		List: lists.Deny, Object: block, Apps: []traffic.App{1},
		Expires: book.Until(now, lists.Deny, 2*time.Hour), By: anna, Reason: "credential stuffing",
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	addr := netip.MustParseAddr("203.0.113.7")
	fmt.Println("application 1:", book.Check(now, addr, 1).Deny)
	fmt.Println("application 2:", book.Check(now, addr, 2).Deny)
	fmt.Println("two hours later:", book.Check(now.Add(2*time.Hour), addr, 1).Deny)
	// Output:
	// application 1: 1
	// application 2: 0
	// two hours later: 0
}

// History is the fold of a log: any moment can be asked for, and who ended
// what is known.
func ExampleBook_Between() {
	ctx := context.Background()
	now := time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)
	book, _ := lists.Open(ctx, memory.NewLists(), lists.Config{})
	session := lists.OfSession(traffic.SessionID{0xab})
	e, _ := book.Add(ctx, now, lists.Entry{
		List: lists.Deny, Object: session, By: traffic.Author{Kind: traffic.Control, ID: "bola-1", Name: "Orders"},
	})
	_, _ = book.Remove(ctx, now.Add(time.Hour), e.ID, traffic.Author{Kind: traffic.Manual, ID: "ben"})

	for e := range book.Between(now, now.Add(24*time.Hour)) {
		at, how := e.End(now.Add(24 * time.Hour))
		fmt.Printf("%s by %s, %s at %s by %s\n", e.List, e.By.Name, how, at.Format(time.TimeOnly), e.RemovedBy.ID)
	}
	for c := range book.Changes(ctx, 0) {
		fmt.Println(c.Seq, c.Time.Format(time.TimeOnly), c.Op, c.By.ID)
	}
	// Output:
	// deny by Orders, removed at 13:00:00 by ben
	// 1 12:00:00 add bola-1
	// 2 13:00:00 remove ben
}

// What a person took off, automatic authors leave alone for half of its
// period.
func ExampleBook_Suppressed() {
	ctx := context.Background()
	now := time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)
	book, _ := lists.Open(ctx, memory.NewLists(), lists.Config{})
	found := lists.Entry{
		List: lists.Deny, Object: lists.OfAddr(netip.MustParseAddr("192.0.2.1")),
		Expires: now.Add(4 * time.Hour), By: traffic.Author{Kind: traffic.Trigger, ID: "payloads"},
	}
	e, _ := book.Add(ctx, now, found)
	_, _ = book.Remove(ctx, now, e.ID, traffic.Author{Kind: traffic.Manual, ID: "anna"})

	_, err := book.Add(ctx, now.Add(time.Hour), found)
	fmt.Println(errors.Is(err, lists.ErrSuppressed))
	until, _ := book.Suppressed(now, lists.Deny, found.Object, traffic.AllApps)
	fmt.Println(until.Format(time.TimeOnly))
	_, err = book.Add(ctx, until, found)
	fmt.Println(err)
	// Output:
	// true
	// 14:00:00
	// <nil>
}

// Entries and objects are pleasant to read as JSON.
func ExampleEntry() {
	e := lists.Entry{
		ID: 7, List: lists.Deny, Object: lists.OfPrefix(netip.MustParsePrefix("2001:db8::/48")),
		By: traffic.Author{Kind: traffic.Manual, ID: "anna"}, Added: time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC),
	}
	b, _ := json.Marshal(e)
	fmt.Println(string(b))
	// Output:
	// {"id":7,"list":"deny","object":{"kind":"prefix","value":"2001:db8::/48"},"by":{"kind":"manual","id":"anna"},"added":"2026-08-21T12:00:00Z"}
}
