package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// The standard library's own handlers and middlewares, around us and inside.

// A reverse proxy behind us: plain answers, streams, upgrades, an upstream
// that breaks off.
func TestReverseProxyInside(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/plain":
			w.Header().Set("X-Up", "1")
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.Copy(w, r.Body)
		case "/stream":
			for range 2 {
				_, _ = io.WriteString(w, "x")
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
		case "/break":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "part")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case "/upgrade":
			c, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
			_ = rw.Flush()
			line, _ := rw.ReadString('\n')
			_, _ = rw.WriteString("got " + line)
			_ = rw.Flush()
			_ = c.Close()
		}
	}))
	upstream.Config.ErrorLog = quiet
	defer upstream.Close()
	u, err := url.Parse(upstream.URL)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ErrorLog = quiet

	for _, hold := range []bool{false, true} {
		s := newSpy()
		s.begin = func(ctx context.Context, x *traffic.Exchange) {
			want(1000, traffic.KindAny, hold)(ctx, x)
			if x.Request.Body != nil {
				_, _, _ = x.Request.Body.ReadAhead(3)
			}
		}
		srv := serve(t, build(t, s, middleware.Config{}), proxy.ServeHTTP)

		res, body := do(t, srv, "POST", "/plain", strings.NewReader("hello"))
		require.Equal(t, http.StatusAccepted, res.StatusCode)
		require.Equal(t, "hello", body)
		require.Equal(t, "1", res.Header.Get("X-Up"))
		x := s.last()
		require.EqualValues(t, 5, x.In)
		require.EqualValues(t, 5, x.Out)

		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/stream", nil)
		require.NoError(t, err)
		res, err = srv.Client().Do(r)
		require.NoError(t, err)
		_, err = io.ReadFull(res.Body, make([]byte, 2))
		require.NoError(t, err)
		cancel()
		require.NoError(t, res.Body.Close())
		require.True(t, s.last().Marks.Has(traffic.ClientGone))

		_, err = srv.Client().Get(srv.URL + "/break")
		x = s.last()
		require.True(t, x.Marks.Has(traffic.Panicked), "the proxy aborts")
		require.Equal(t, 200, x.Status)
		require.Equal(t, "part", x.Body)
		_ = err // the client sees a broken answer, at one place or another

		require.Equal(t, "got hello\n", upgrade(t, srv))
		x = s.last()
		require.Equal(t, 101, x.Status)
		require.True(t, x.Marks.Has(traffic.Hijacked))
	}
}

// upgrade asks for another protocol, says hello, and returns what comes back.
func upgrade(t *testing.T, srv *httptest.Server) string {
	t.Helper()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck // the end of the conversation
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(c, "GET /upgrade HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
	require.NoError(t, err)
	br := bufio.NewReader(c)
	res, err := http.ReadResponse(br, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, res.StatusCode)
	_, err = io.WriteString(c, "hello\n")
	require.NoError(t, err)
	answer, err := br.ReadString('\n')
	require.NoError(t, err)
	return answer
}

func TestTimeoutHandler(t *testing.T) {
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		_, err := io.WriteString(w, "late")
		if err == nil && r.Context().Err() == nil {
			t.Error("written in time")
		}
	})
	t.Run("inside", func(t *testing.T) {
		s := newSpy()
		srv := serve(t, build(t, s, middleware.Config{}), http.TimeoutHandler(slow, time.Millisecond, "too slow").ServeHTTP)
		res, body := get(t, srv, "/")
		require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
		require.Equal(t, "too slow", body)
		x := s.last()
		require.Equal(t, 503, x.Status)
		require.Zero(t, x.Marks)
	})
	t.Run("around us", func(t *testing.T) {
		s := newSpy()
		m := build(t, s, middleware.Config{})
		srv := httptest.NewServer(http.TimeoutHandler(m.Wrap(slow), time.Millisecond, "too slow"))
		defer srv.Close()
		res, err := srv.Client().Get(srv.URL)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
		require.False(t, s.last().Marks.Has(traffic.ClientGone), "a deadline is not a client that went away")
	})
}

// A body that stops coming: the server's own timeout ends the wait, and the
// handler meets the same error.
func TestSlowBodyMeetsReadTimeout(t *testing.T) {
	for _, limit := range []int{0, 100} {
		s := newSpy()
		begin, got := readAhead(limit)
		s.begin = begin
		read := make(chan error, 1)
		srv := serve(t, build(t, s, middleware.Config{}), func(_ http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			if string(b) != "part" {
				t.Errorf("%q", b)
			}
			read <- err
		}, func(srv *httptest.Server) { srv.Config.ReadTimeout = 30 * time.Millisecond })
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\npart")
		require.NoError(t, err)
		require.ErrorIs(t, <-read, os.ErrDeadlineExceeded)
		if limit > 0 {
			require.Equal(t, "part", (*got)[0].bytes)
			require.True(t, errors.Is((*got)[0].err, os.ErrDeadlineExceeded))
		}
		require.EqualValues(t, 4, s.last().In)
		require.NoError(t, c.Close())
	}
}

// Many requests on one connection: whatever we did to one leaves the next
// alone.
func TestKeepAliveAcrossKinds(t *testing.T) {
	s := newSpy()
	n := 0
	s.begin = func(ctx context.Context, x *traffic.Exchange) {
		n++
		want(64, traffic.KindAny, n%2 == 0)(ctx, x)
		if n%3 == 0 {
			block(ctx, x)
		}
		if x.Request.Body != nil && n%4 < 2 {
			_, _, _ = x.Request.Body.ReadAhead(n)
		}
	}
	srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck // the end of the test
	br := bufio.NewReader(c)
	for i := range 60 {
		body := repeat(i * 7)
		r, err := http.NewRequest("POST", srv.URL, strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, r.Write(c))
		res, err := http.ReadResponse(br, r)
		require.NoError(t, err)
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		if res.StatusCode == 200 {
			require.Equal(t, body, string(b))
		}
		if res.Close {
			_ = c.Close()
			c, err = net.Dial("tcp", srv.Listener.Addr().String())
			require.NoError(t, err)
			br = bufio.NewReader(c)
		}
	}
}

// As many headers as the server lets in; more never reach us.
func TestManyHeaders(t *testing.T) {
	s := newSpy()
	var fields int
	s.begin = func(_ context.Context, x *traffic.Exchange) { fields = len(x.Request.Header) }
	srv := serve(t, build(t, s, middleware.Config{}), func(http.ResponseWriter, *http.Request) {})
	var head strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&head, "X-%d: %d\r\n", i, i)
	}
	out := raw(t, srv, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"+head.String()+"\r\n")
	require.True(t, strings.HasPrefix(out, "HTTP/1.1 200"), out)
	require.Equal(t, 10_001, fields)
	require.Equal(t, 200, s.last().Status)

	m := build(t, s, middleware.Config{})
	small := serve(t, m, func(http.ResponseWriter, *http.Request) {}, func(srv *httptest.Server) { srv.Config.MaxHeaderBytes = 1000 })
	res, _ := get(t, small, "/", "X-Long", repeat(20_000))
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, res.StatusCode)
	require.Zero(t, m.Stats().Requests)
}
