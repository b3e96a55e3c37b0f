package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

const raceOn = testkit.Race

func TestRequestID(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	f := func(name, remote string, taken bool, lines ...string) {
		t.Helper()
		s := newSpy()
		m := build(t, s, middleware.Config{Proxies: []string{"10.0.0.0/8"}})
		m.Wrap(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), from(remote, "X-Request-Id", lines...))
		x := s.last()
		require.Equal(t, taken, x.RequestID == id, name)
		require.False(t, x.ID.IsZero(), name)
	}
	f("trusted", "10.0.0.1:1", true, id)
	f("upper case", "10.0.0.1:1", true, strings.ToUpper(id))
	f("UUID", "10.0.0.1:1", true, "01234567-89ab-cdef-0123-456789abcdef")
	f("not trusted", "9.9.9.9:1", false, id)
	f("absent", "10.0.0.1:1", false)
	f("too short", "10.0.0.1:1", false, id[:31])
	f("no digits", "10.0.0.1:1", false, id[:31]+"g")
	f("dashes elsewhere", "10.0.0.1:1", false, "0123456789ab-cdef-0123-4567-89abcdef")
	f("two", "10.0.0.1:1", false, id, id)
	f("zero", "10.0.0.1:1", false, strings.Repeat("0", 32))
}

// Random ids do not repeat, whoever makes them.
func TestRandomRequestIDs(t *testing.T) {
	var mu sync.Mutex
	seen := map[traffic.RequestID]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				id := middleware.NewRequestID()
				mu.Lock()
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Len(t, seen, 8000)
}

func BenchmarkNewRequestID(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		middleware.NewRequestID()
	}
}
