package middleware_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestMain(m *testing.M) {
	middleware.Poison()
	os.Exit(m.Run())
}

// spy is an inspector made of functions, which keeps copies of what End saw.
type spy struct {
	begin, end func(ctx context.Context, x *traffic.Exchange)

	mu   sync.Mutex
	done []seen
	ch   chan seen
}

// seen is what End saw, copied.
type seen struct {
	traffic.Exchange
	Status                         int
	In, Out                        int64
	Body                           string
	Whole, Held                    bool
	Header                         http.Header
	Method, Scheme, Proto          string
	Host, Target, Route, RequestID string
}

func newSpy() *spy { return &spy{ch: make(chan seen, 1000)} }

func (s *spy) Begin(ctx context.Context, x *traffic.Exchange) {
	if s.begin != nil {
		s.begin(ctx, x)
	}
}

func (s *spy) End(ctx context.Context, x *traffic.Exchange) {
	v := seen{
		Exchange: *x, Status: x.Response.Status, In: x.Request.Length, Out: x.Response.Length,
		Body: string(x.Response.Body), Whole: x.Response.Whole, Held: x.Response.Held,
		Header: http.Header(x.Response.Header).Clone(),
		Method: x.Request.Method, Scheme: x.Request.Scheme, Proto: x.Request.Proto,
		Host: x.Request.Host, Target: x.Request.Target, Route: x.Request.Route, RequestID: x.ID.String(),
	}
	if s.end != nil {
		s.end(ctx, x)
	}
	v.Verdict = x.Verdict
	s.mu.Lock()
	s.done = append(s.done, v)
	s.mu.Unlock()
	s.ch <- v
}

// last waits for the next exchange to end.
func (s *spy) last() seen { return <-s.ch }

func build(t testing.TB, in middleware.Inspector, c middleware.Config) *middleware.Middleware {
	t.Helper()
	if c.Client.IsZero() {
		c.Client = middleware.Direct()
	}
	m, err := middleware.New(in, c)
	require.NoError(t, err)
	return m
}

// serve starts a real server with h behind the middleware.
func serve(t testing.TB, m *middleware.Middleware, h http.HandlerFunc, adjust ...func(*httptest.Server)) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(m.Wrap(h))
	srv.Config.ErrorLog = quiet
	for _, f := range adjust {
		f(srv)
	}
	if srv.TLS == nil && !srv.EnableHTTP2 {
		srv.Start()
	} else {
		srv.StartTLS()
	}
	t.Cleanup(srv.Close)
	return srv
}

func http2(srv *httptest.Server) { srv.EnableHTTP2 = true }

// want makes Begin ask for a part of the answer.
func want(limit int, kinds traffic.Kinds, hold bool) func(context.Context, *traffic.Exchange) {
	return func(_ context.Context, x *traffic.Exchange) {
		x.Response.Want = traffic.Want{Limit: limit, Kinds: kinds, Hold: hold}
	}
}

// withhold makes End turn a held answer into a block.
func withhold(_ context.Context, x *traffic.Exchange) {
	if x.Response.Held {
		x.Verdict.Action, x.Verdict.Reason, x.Verdict.Withheld = traffic.Block, traffic.SessionDenied, true
	}
}

func block(_ context.Context, x *traffic.Exchange) {
	x.Verdict.Action, x.Verdict.Reason = traffic.Block, traffic.AddrDenied
}

func get(t testing.TB, srv *httptest.Server, path string, header ...string) (*http.Response, string) {
	t.Helper()
	return do(t, srv, http.MethodGet, path, nil, header...)
}

func do(t testing.TB, srv *httptest.Server, method, path string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, srv.URL+path, body)
	require.NoError(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	client := *srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(r)
	require.NoError(t, err)
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res, string(b)
}

// onlyReader hides everything but Read.
type onlyReader struct{ io.Reader }

func repeat(n int) string { return strings.Repeat("0123456789abcdef", n/16+1)[:n] }
