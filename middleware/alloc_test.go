package middleware_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// idle is an inspector that does nothing.
type idle struct{}

func (idle) Begin(context.Context, *traffic.Exchange) {}
func (idle) End(context.Context, *traffic.Exchange)   {}

// eager reads the body ahead and captures the answer.
type eager struct{ hold bool }

func (e eager) Begin(_ context.Context, x *traffic.Exchange) {
	if x.Request.Body != nil {
		_, _, _ = x.Request.Body.ReadAhead(64 << 10)
	}
	x.Response.Want = traffic.Want{Limit: 64 << 10, Kinds: traffic.KindAny, Hold: e.hold}
}
func (eager) End(context.Context, *traffic.Exchange) {}

// sink is a response writer without costs of its own.
type sink struct{ h http.Header }

func (s *sink) Header() http.Header         { return s.h }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) Flush()                      {}

// browserGet is a GET with 13 headers, 4 query parameters and 3 cookies.
func browserGet() *http.Request {
	r := httptest.NewRequest("GET", "/catalog/items?page=2&sort=price&q=red+shoes&lang=en", nil)
	for name, value := range map[string]string{
		"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
		"Accept":     "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language": "en-US,en;q=0.5",
		"Accept-Encoding": "gzip, deflate, br, zstd", "Referer": "https://shop.example.com/", "Dnt": "1", "Sec-Gpc": "1",
		"Cookie":                    "theme=dark; consent=1; PHPSESSID=0123456789abcdef0123456789",
		"Upgrade-Insecure-Requests": "1", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin",
		"Priority": "u=0, i",
	} {
		r.Header.Set(name, value)
	}
	return r
}

// rewind is a body that can be read again.
type rewind struct{ strings.Reader }

func (*rewind) Close() error { return nil }

var answerBytes = []byte(`{"ok":true,"items":[1,2,3]}`)

func jsonHandler(w http.ResponseWriter, r *http.Request) {
	if r.Body != http.NoBody {
		b := scratch.Get().(*[512]byte)
		for {
			if _, err := r.Body.Read(b[:]); err != nil {
				break
			}
		}
		scratch.Put(b)
	}
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(answerBytes)
}

var scratch = sync.Pool{New: func() any { return new([512]byte) }}

var jsonType = []string{"application/json"}

// A request costs one allocation of ours: the flow with the request's copy in
// it. That the copy is part of it hangs on inlining in net/http; two are what
// we promise.
func TestAllocations(t *testing.T) {
	if raceOn {
		t.Skip("allocations differ under race")
	}
	h := http.HandlerFunc(jsonHandler)
	payload := repeat(1024)
	body := &rewind{}
	post := httptest.NewRequest("POST", "/orders", nil)
	post.Body, post.ContentLength = body, int64(len(payload))
	get := browserGet()
	f := func(name string, in middleware.Inspector, r *http.Request, want float64) {
		t.Helper()
		wrapped := build(t, in, middleware.Config{Apps: []middleware.AppRule{{Host: "*.example.com", App: 1}}}).Wrap(h)
		w := &sink{http.Header{}}
		got := testing.AllocsPerRun(1000, func() {
			body.Reset(payload)
			wrapped.ServeHTTP(w, r)
		})
		require.LessOrEqual(t, got, want, name)
	}
	f("GET", idle{}, get, 1)
	f("GET, captured", eager{}, get, 1)
	f("GET, held", eager{hold: true}, get, 1)
	f("POST", idle{}, post, 1)
	f("POST, read ahead and held", eager{hold: true}, post, 1)
	f("POST, read ahead and captured", eager{}, post, 1)
	f("GET, behind a proxy", idle{}, get, 1)
}

func TestFlowSize(t *testing.T) {
	require.LessOrEqual(t, middleware.FlowBytes, uintptr(704), "the size class that the package's documentation names")
}

func BenchmarkServe(b *testing.B) {
	payload := repeat(1024)
	bench := func(name string, wrap func(http.Handler) http.Handler, post bool) {
		b.Run(name, func(b *testing.B) {
			h := wrap(http.HandlerFunc(jsonHandler))
			w := &sink{http.Header{}}
			r := browserGet()
			body := &rewind{}
			if post {
				r = httptest.NewRequest("POST", "/orders", nil)
				r.Body, r.ContentLength = body, int64(len(payload))
			}
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(payload)
				h.ServeHTTP(w, r)
			}
		})
	}
	none := func(h http.Handler) http.Handler { return h }
	with := func(in middleware.Inspector) func(http.Handler) http.Handler {
		return build(b, in, middleware.Config{}).Wrap
	}
	bench("GET/bare", none, false)
	bench("GET/idle", with(idle{}), false)
	bench("GET/captured", with(eager{}), false)
	bench("GET/held", with(eager{hold: true}), false)
	bench("POST/bare", none, true)
	bench("POST/idle", with(idle{}), true)
	bench("POST/ahead+captured", with(eager{}), true)
	bench("POST/ahead+held", with(eager{hold: true}), true)
}

func BenchmarkServeParallel(b *testing.B) {
	h := build(b, idle{}, middleware.Config{}).Wrap(http.HandlerFunc(jsonHandler))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		w, r := &sink{http.Header{}}, browserGet()
		for pb.Next() {
			h.ServeHTTP(w, r)
		}
	})
}

func BenchmarkClientAddr(b *testing.B) {
	r := from("10.0.0.1:1234", "X-Forwarded-For", "6.6.6.6, 203.0.113.9, 10.0.0.2")
	r.Header.Set("Forwarded", `for=6.6.6.6, for="[2001:db8::9]:443";proto=https, for=10.0.0.2`)
	for name, rule := range map[string]middleware.ClientAddr{
		"direct": middleware.Direct(), "xff": middleware.XForwardedFor("10.0.0.0/8", "fd00::/8"),
		"forwarded": middleware.Forwarded("10.0.0.0/8"),
	} {
		find := rule.Finder(b)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				find(r)
			}
		})
	}
}

func BenchmarkClientHello(b *testing.B) {
	msg := helloBytes(exampleHello())
	b.ReportAllocs()
	for b.Loop() {
		h, err := middleware.ParseClientHello(msg)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = h.JA3(), h.JA4()
	}
}

// Whole bodies through the middleware, in bytes per second.
func BenchmarkStream(b *testing.B) {
	const size = 16 << 20
	for name, in := range map[string]middleware.Inspector{"idle": idle{}, "ahead": eager{}} {
		b.Run(name, func(b *testing.B) {
			h := build(b, in, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
			r := httptest.NewRequest("POST", "/", nil)
			w := &sink{http.Header{}}
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				r.Body = io.NopCloser(io.LimitReader(zeros{}, size))
				h.ServeHTTP(w, r)
			}
		})
	}
}
