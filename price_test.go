package chaperone_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/internal/testkit"
)

// TestAllocationsOfARequest holds the price of the full way in and out in
// allocations; what it costs in time is measured side by side in bench.
func TestAllocationsOfARequest(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates")
	}
	answer := []byte(`{"token":"00000000000000000000000000004711"}`)
	body := append([]byte(`{"note":"`), append(bytes.Repeat([]byte("x"), 1000), `","token":"abcdefghijklmnop"}`...)...)
	for _, c := range []struct {
		name   string
		policy chaperone.Policy
		most   float64
		next   func(r *http.Request)
	}{
		{"GET with browser headers, query and cookies", chaperone.Policy{}, 2, func(*http.Request) {}},
		{"1 KB JSON POST with three keys", chaperone.Policy{Parameters: seedKeys}, 4, func(r *http.Request) {
			r.Method, r.ContentLength = http.MethodPost, int64(len(body))
			r.Header["Content-Type"] = []string{"application/json"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, chaperone.Config{Policy: c.policy})
			h.answer = func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = jsonType
				_, _ = w.Write(answer)
			}
			r := httptest.NewRequest("GET", "/products?category=books&page=2&sort=price&limit=20", nil)
			r.RemoteAddr = "192.0.2.1:1234"
			r.Header.Set("User-Agent", "Mozilla/5.0")
			r.Header.Set("Cookie", "theme=dark; PHPSESSID=abcdefghijklmnop; consent=1")
			c.next(r)
			source := &again{b: body}
			w := quiet{h: http.Header{}}
			got := testing.AllocsPerRun(2000, func() {
				clear(w.h)
				if r.ContentLength > 0 {
					source.at = 0
					r.Body = source
				}
				h.handler.ServeHTTP(w, r)
			})
			require.LessOrEqual(t, got, c.most)
		})
	}
}

var jsonType = []string{"application/json"}

// again is a body that can be read again.
type again struct {
	b  []byte
	at int
}

func (a *again) Read(b []byte) (int, error) {
	if a.at == len(a.b) {
		return 0, io.EOF
	}
	n := copy(b, a.b[a.at:])
	a.at += n
	return n, nil
}

func (a *again) Close() error { return nil }

// quiet is a ResponseWriter that costs nothing.
type quiet struct{ h http.Header }

func (q quiet) Header() http.Header         { return q.h }
func (q quiet) WriteHeader(int)             {}
func (q quiet) Write(b []byte) (int, error) { return len(b), nil }
