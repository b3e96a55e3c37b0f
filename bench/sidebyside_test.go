package bench

import (
	"context"
	"net/http"
	"testing"

	"github.com/alexedwards/scs/v2"
	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

var answer = []byte(`{"id":4711,"status":"accepted","token":"00000000000000000000000000004711"}`)

// handler is the application of every benchmark: it answers a little JSON.
var handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(answer)
})

var jsonType = []string{"application/json"}

func newGuard(tb testing.TB, p chaperone.Policy) *chaperone.Guard {
	g, err := chaperone.New(chaperone.Config{Client: middleware.Direct(), Policy: p})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, g.Close(context.Background())) })
	return g
}

// threeKeys are the seed's keys: the token in the response, in the query, in
// the body.
var threeKeys = chaperone.Policy{Parameters: []session.Parameter{
	{Name: "token", Path: "RESPONSE → BODY → JSON → PROPERTY → token", Key: true},
	{Name: "token in query", Path: "REQUEST → QUERY → token", Key: true},
	{Name: "token in body", Path: "REQUEST → BODY → JSON → PROPERTY → token", Key: true},
}}

// serve runs h over the requests of many clients in turn.
func serve(b *testing.B, h http.Handler, c *client) {
	w := newSink()
	one := func(i int) {
		w.reset()
		h.ServeHTTP(w, c.next(i))
	}
	for i := range sessions {
		one(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		one(i)
	}
}

func BenchmarkGet(b *testing.B) {
	b.Run("bare", func(b *testing.B) { serve(b, handler, getClient()) })
	b.Run("floor", func(b *testing.B) { serve(b, newFloor(handler), getClient()) })
	b.Run("chaperone", func(b *testing.B) {
		g := newGuard(b, chaperone.Policy{})
		serve(b, g.Wrap(handler), getClient())
		reportDrops(b, g)
	})
	b.Run("off", func(b *testing.B) {
		serve(b, newGuard(b, chaperone.Policy{Mode: traffic.ModeOff}).Wrap(handler), getClient())
	})
	b.Run("scs", func(b *testing.B) { serve(b, scs.New().LoadAndSave(handler), getClient()) })
}

func BenchmarkPost(b *testing.B) {
	b.Run("bare", func(b *testing.B) { serve(b, handler, postClient()) })
	b.Run("floor", func(b *testing.B) { serve(b, newFloor(handler), postClient()) })
	b.Run("chaperone", func(b *testing.B) {
		g := newGuard(b, threeKeys)
		serve(b, g.Wrap(handler), postClient())
		reportDrops(b, g)
	})
}

// reportDrops says which share of the records the queue refused, because the
// benchmark sends faster than the store takes: what is dropped is cheaper.
func reportDrops(b *testing.B, g *chaperone.Guard) {
	s := g.Stats()
	b.ReportMetric(100*float64(s.Dropped)/float64(s.Recorded+s.Dropped), "%dropped")
}
