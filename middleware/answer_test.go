package middleware_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// The default answer, over the wire.
func TestBlockedAnswer(t *testing.T) {
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, h2 := range []bool{false, true} {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			for _, accept := range []string{"", "*/*", "application/json", browser} {
				t.Run(fmt.Sprintf("%s/%s/http2=%v", method, accept, h2), func(t *testing.T) {
					s := newSpy()
					s.begin = block
					m := build(t, s, middleware.Config{})
					srv := serve(t, m, func(http.ResponseWriter, *http.Request) { t.Error("the handler ran") },
						func(srv *httptest.Server) { srv.EnableHTTP2 = h2 })
					var header []string
					if accept != "" {
						header = []string{"Accept", accept}
					}
					res, body := do(t, srv, method, "/", nil, header...)
					x := s.last()
					require.Equal(t, http.StatusForbidden, res.StatusCode)
					require.Equal(t, x.RequestID, res.Header.Get("X-Request-Id"))
					require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
					require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
					require.Positive(t, res.ContentLength)
					require.Equal(t, 403, x.Status, "End runs and sees what was answered")
					require.EqualValues(t, len(body), x.Out)
					require.EqualValues(t, 1, m.Stats().Blocked)
					require.False(t, x.Held)
					if method == "HEAD" {
						require.Empty(t, body)
						return
					}
					require.EqualValues(t, len(body), res.ContentLength)
					if accept == browser {
						require.Equal(t, "text/html; charset=utf-8", res.Header.Get("Content-Type"))
						require.Contains(t, body, "<code>"+x.RequestID+"</code>")
						require.Contains(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'")
						return
					}
					require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
					var p struct {
						Type, Title, Detail string
						Status              int
						ID                  string `json:"request_id"`
					}
					require.NoError(t, json.Unmarshal([]byte(body), &p))
					require.Equal(t, "about:blank", p.Type)
					require.Equal(t, "Forbidden", p.Title)
					require.Equal(t, 403, p.Status)
					require.Equal(t, x.RequestID, p.ID)
				})
			}
		}
	}
}

func TestOwnAnswer(t *testing.T) {
	s := newSpy()
	s.begin = block
	var got middleware.Blocked
	m := build(t, s, middleware.Config{RequestIDHeader: "x-ray", Answer: func(w http.ResponseWriter, r *http.Request, b middleware.Blocked) {
		got = b
		require.NotNil(t, middleware.FromContext(r.Context()))
		w.Header().Del("Cache-Control")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, b.ID.String())
	}})
	rec := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("User-Agent", "ua")
	m.Wrap(http.NotFoundHandler()).ServeHTTP(rec, r)
	x := s.last()
	require.Equal(t, http.StatusTeapot, rec.Code)
	require.Equal(t, x.RequestID, rec.Body.String())
	require.Equal(t, x.RequestID, rec.Header().Get("X-Ray"))
	require.Empty(t, rec.Header().Get("Cache-Control"))
	require.Equal(t, traffic.AddrDenied, got.Verdict.Reason)
	require.Equal(t, x.Client, got.Client)
	require.Equal(t, x.App, got.App)
	require.Equal(t, x.Time, got.Time)
	require.Equal(t, http.StatusTeapot, x.Status)
}

// A blocked client never gets an empty 200, whatever the application's answer
// does.
func TestOwnAnswerFails(t *testing.T) {
	f := func(name string, answer middleware.Answer, panics uint64, wantStatus int) {
		t.Helper()
		s := newSpy()
		s.begin = block
		m := build(t, s, middleware.Config{Answer: answer, OnError: func(error) {}})
		rec := httptest.NewRecorder()
		m.Wrap(http.NotFoundHandler()).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, wantStatus, rec.Code, name)
		require.Equal(t, panics, m.Stats().Panics, name)
		require.Empty(t, rec.Header().Get("Content-Encoding"), name)
		require.Equal(t, wantStatus, s.last().Status, name)
	}
	f("says nothing", func(http.ResponseWriter, *http.Request, middleware.Blocked) {}, 0, 403)
	f("panics at once", func(w http.ResponseWriter, _ *http.Request, _ middleware.Blocked) {
		w.Header().Set("Content-Encoding", "br")
		panic("x")
	}, 1, 403)
	f("panics after the status", func(w http.ResponseWriter, _ *http.Request, _ middleware.Blocked) {
		w.WriteHeader(429)
		panic("x")
	}, 1, 429)
}

// The unread body of a blocked client: not read when it is large, and the
// connection closed; kept open when the body was seen to its end.
func TestBlockedBody(t *testing.T) {
	f := func(name string, ahead int, request string, wantClose bool) {
		t.Helper()
		s := newSpy()
		s.begin = func(ctx context.Context, x *traffic.Exchange) {
			block(ctx, x)
			if ahead > 0 {
				_, _, _ = x.Request.Body.ReadAhead(ahead)
			}
		}
		srv := serve(t, build(t, s, middleware.Config{}), func(http.ResponseWriter, *http.Request) { t.Error("the handler ran") })
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		defer c.Close() //nolint:errcheck // the end of the test
		_, err = io.WriteString(c, request)
		require.NoError(t, err)
		b := make([]byte, 4096)
		n, err := c.Read(b)
		require.NoError(t, err)
		require.Contains(t, string(b[:n]), "HTTP/1.1 403 Forbidden", name)
		require.Equal(t, wantClose, strings.Contains(string(b[:n]), "Connection: close"), "%s: %s", name, b[:n])
	}
	f("huge and never sent", 0, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n", true)
	f("read ahead in part", 3, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\nstart", true)
	f("read ahead whole", 100, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", false)
	f("none", 0, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", false)
}

func TestPrefersHTML(t *testing.T) {
	f := func(want bool, accept ...string) {
		t.Helper()
		require.Equal(t, want, middleware.PrefersHTML(accept), accept)
	}
	for accept, want := range accepts {
		f(want, accept)
	}
	f(true, "text/html;q=0.5", "application/json;q=0.4")
	f(false)
	f(false, strings.Repeat("a/b,", 32)+"text/html") // beyond what is looked at
}

var accepts = map[string]bool{
	"":          false,
	"*/*":       false,
	"text/html": true,
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8": true,
	"application/json, text/html":                  false,
	"application/json;q=0.9, text/html":            true,
	"text/html;q=0.9, application/problem+json":    false,
	"text/html;q=0, */*":                           false,
	"text/*":                                       true,
	"text/*;q=0.3, application/*;q=0.4":            false,
	"TEXT/HTML; Q=1.000":                           true,
	"text/html;level=1;q=0.7, */*;q=0.8":           false,
	"text/html;q=2":                                false,
	"text/html;q=0.1234":                           false,
	"text/html;q=x, application/json;q=0.1":        false,
	"text/html;q=1.001":                            false,
	"text/html;q=.5":                               false,
	"text/html;q=1.":                               true,
	"application/xhtml+xml;q=0.2, image/png":       true,
	"*/*;q=0.1, application/json;q=0":              true,
	";;;,,,=":                                      false,
	"text/html, application/json;q=0.5, */*;q=1.0": true,
}
