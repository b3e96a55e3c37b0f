package chaperone_test

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

func addr(s string) netip.Addr       { return netip.MustParseAddr(s) }
func prefixOf(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func ids(entries iter.Seq[lists.Entry]) []uint64 {
	var all []uint64
	for e := range entries {
		all = append(all, e.ID)
	}
	return all
}

// union is a detector of one attack, as an application might write it.
type union struct{}

func (union) Detect(x *traffic.Exchange, v point.Value) {
	if bytes.Contains(bytes.ToLower(v.Text), []byte("union select")) {
		x.Hits = append(x.Hits, traffic.Hit{Type: "sqli", Point: string(v.AppendPath(nil)), Payload: string(v.Text), Detector: "union"})
	}
}

type sinkFunc func(context.Context, []export.Event) error

func (f sinkFunc) Send(ctx context.Context, e []export.Event) error { return f(ctx, e) }

// discard is a ResponseWriter for requests whose answer does not matter.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) WriteHeader(int)             {}
func (discard) Write(b []byte) (int, error) { return len(b), nil }

func plainRequest() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "192.0.2.1:1234"
	return r
}

// waitStored waits until the recorder has stored what was recorded, without
// waiting for the sinks.
func waitStored(g *chaperone.Guard) error {
	for {
		if s := g.Stats(); s.Stored+s.Lost == s.Recorded {
			return nil
		}
		runtime.Gosched()
	}
}

// pass lets d of a synctest bubble's time pass.
func pass(d time.Duration) { <-time.After(d) }

func denySession(id traffic.SessionID) lists.Entry {
	return lists.Entry{List: lists.Deny, Object: lists.OfSession(id)}
}
