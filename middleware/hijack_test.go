package middleware_test

import (
	"bufio"
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

// A connection taken over, as for WebSocket.
func TestHijack(t *testing.T) {
	ways := map[string]func(http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error){
		"assertion": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) { return w.(http.Hijacker).Hijack() },
		"controller": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
			return http.NewResponseController(w).Hijack()
		},
	}
	for name, hijack := range ways {
		for _, hold := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/hold=%v", name, hold), func(t *testing.T) {
				s := newSpy()
				s.begin = want(1000, traffic.KindAny, hold)
				s.end = withhold
				srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
					c, rw, err := hijack(w)
					if err != nil {
						t.Error(err)
						return
					}
					defer c.Close() //nolint:errcheck // the end of the conversation
					_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
					_ = rw.Flush()
					line, _ := rw.ReadString('\n')
					_, _ = rw.WriteString("you said " + line)
					_ = rw.Flush()
					if _, err := w.Write([]byte("x")); err != http.ErrHijacked {
						t.Error(err)
					}
				})
				out := raw(t, srv, "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello\n")
				require.True(t, strings.HasSuffix(out, "you said hello\n"), out)
				x := s.last()
				require.Equal(t, 101, x.Status)
				require.True(t, x.Marks.Has(traffic.Hijacked))
				require.False(t, x.Held)
				require.False(t, x.Whole)
			})
		}
	}
	t.Run("without an upgrade", func(t *testing.T) {
		s := newSpy()
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = c.Close()
			}
		})
		require.Empty(t, raw(t, srv, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
		require.Equal(t, 0, s.last().Status)
	})
	t.Run("after a held status", func(t *testing.T) {
		s := newSpy()
		s.begin = want(1000, traffic.KindAny, true)
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2")
			w.WriteHeader(http.StatusOK)
			c, rw, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = rw.WriteString("ok")
			_ = rw.Flush()
			_ = c.Close()
		})
		out := raw(t, srv, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		require.True(t, strings.HasPrefix(out, "HTTP/1.1 200"), out)
		require.True(t, strings.HasSuffix(out, "\r\n\r\nok"), out)
		require.Equal(t, 200, s.last().Status)
	})
	t.Run("not possible", func(t *testing.T) {
		s := newSpy()
		s.begin, s.end = want(1000, traffic.KindAny, true), withhold
		rec := httptest.NewRecorder()
		build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _, err := http.NewResponseController(w).Hijack()
			require.ErrorIs(t, err, http.ErrNotSupported)
			_, _ = io.WriteString(w, "secret")
		})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, 403, rec.Code, "a failed hijack does not end holding")
	})
}
