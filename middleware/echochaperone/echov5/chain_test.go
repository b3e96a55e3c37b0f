package echov5_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"
	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/middleware/echochaperone/echov5"
	"github.com/chaperone-go/chaperone/middleware/echochaperone/internal/witness"
	"github.com/chaperone-go/chaperone/traffic"
)

// fetch sends a GET over TCP.
func fetch(t *testing.T, h http.Handler, method, target string, header ...string) (*http.Response, string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	req, err := http.NewRequest(method, s.URL+target, nil)
	require.NoError(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp, string(body)
}

// Nobody's path is nobody's route: no attacker shall fill a table of routes.
func TestUnroutedHasNoRoute(t *testing.T) {
	for _, target := range []string{"/nowhere", "/orders", "/tea"} {
		w := new(witness.Witness)
		resp, _ := fetch(t, server(t, w), "GET", target)
		require.Equal(t, 404, resp.StatusCode)
		require.Empty(t, w.Seen().Route, target)
	}
}

// The same answers when they are held back, an error after the chain among
// them; and none of them when withheld.
func TestHeld(t *testing.T) {
	for target, status := range map[string]int{"/orders/7": 200, "/httperror": 409, "/error": 500, "/late": 202, "/nowhere": 404, "/nothing": 200, "/teapot": 418} {
		t.Run(target, func(t *testing.T) {
			want, wantBody := fetch(t, server(t, new(witness.Witness)), "GET", target)
			w := &witness.Witness{Hold: true}
			resp, body := fetch(t, server(t, w), "GET", target)
			require.Equal(t, status, resp.StatusCode)
			require.Equal(t, wantBody, body)
			require.Equal(t, want.Header.Get("Content-Type"), resp.Header.Get("Content-Type"))
			require.Equal(t, body, w.Seen().Answer)
			require.True(t, w.Seen().Held)

			w.Withhold = true
			logged := 0
			e := echo.New()
			e.Use(statusLogger(&logged), echov5.New(build(t, w)))
			routes(e)
			resp, body = fetch(t, e, "GET", target)
			require.Equal(t, 403, resp.StatusCode)
			require.Contains(t, body, "request_id")
			if wantBody != "" {
				require.NotContains(t, body, wantBody)
			}
			require.Equal(t, 403, logged, "whoever looks from outside sees what is sent")
			require.Equal(t, status, w.Seen().Status)
		})
	}
}

// A blocked request, as seen by a logger outside of us, with an answer of the
// application's own.
func TestBlockedSeenFromOutside(t *testing.T) {
	w := &witness.Witness{Block: true}
	m, err := middleware.New(w, middleware.Config{Client: middleware.Direct(), Answer: func(w http.ResponseWriter, _ *http.Request, _ middleware.Blocked) {
		w.WriteHeader(http.StatusTooManyRequests)
	}})
	require.NoError(t, err)
	logged := 0
	e := echo.New()
	e.Use(statusLogger(&logged), echov5.New(m))
	routes(e)
	resp, _ := fetch(t, e, "GET", "/orders/7")
	require.Equal(t, 429, resp.StatusCode)
	require.Equal(t, 429, logged)
	require.Equal(t, 429, w.Seen().Status)
}

// Registered before the router runs.
func TestPre(t *testing.T) {
	w := new(witness.Witness)
	e := echo.New()
	e.Pre(echov5.New(build(t, w)))
	routes(e)
	resp, body := fetch(t, e, "GET", "/orders/7")
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "order 7", body)
	require.Equal(t, "/orders/:id", w.Seen().Route)
	require.Equal(t, "ada", w.Seen().User)
}

// Compression around us: the copy is of the plain answer, and complete.
func TestGzipOutside(t *testing.T) {
	w := &witness.Witness{Hold: true}
	e := echo.New()
	e.Use(echomiddleware.Gzip(), echov5.New(build(t, w)))
	routes(e)
	resp, _ := fetch(t, e, "GET", "/orders/7", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
	require.Equal(t, "order 7", w.Seen().Answer)
	require.EqualValues(t, 7, w.Seen().Bytes)
}

// Streams arrive piece by piece, and connections can be taken over.
func TestStreamAndHijack(t *testing.T) {
	w := &witness.Witness{Hold: true, Ended: make(chan struct{}, 10)}
	e := server(t, w)
	next := make(chan struct{})
	e.GET("/stream", func(c *echo.Context) error {
		for range 2 {
			_, _ = io.WriteString(c.Response(), "x")
			if err := http.NewResponseController(c.Response()).Flush(); err != nil {
				t.Error(err)
			}
			<-next
		}
		return nil
	})
	e.GET("/hijack", func(c *echo.Context) error {
		conn, _, err := http.NewResponseController(c.Response()).Hijack()
		if err != nil {
			return err
		}
		_, _ = io.WriteString(conn, "mine")
		return conn.Close()
	})
	s := httptest.NewServer(e)
	defer s.Close()
	resp, err := http.Get(s.URL + "/stream")
	require.NoError(t, err)
	br := bufio.NewReader(resp.Body)
	for range 2 {
		b, err := br.ReadByte()
		require.NoError(t, err)
		require.Equal(t, byte('x'), b)
		next <- struct{}{}
	}
	_, err = br.ReadByte()
	require.Equal(t, io.EOF, err)
	require.NoError(t, resp.Body.Close())

	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	require.NoError(t, err)
	_, err = io.WriteString(conn, "GET /hijack HTTP/1.1\r\nHost: h\r\n\r\n")
	require.NoError(t, err)
	b, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Equal(t, "mine", string(b))
	<-w.Ended // of the stream
	<-w.Ended
	require.True(t, w.Seen().Marks.Has(traffic.Hijacked))
}

// A recovery outside of us still answers, and the exchange says the same.
func TestRecoverOutside(t *testing.T) {
	w := new(witness.Witness)
	e := echo.New()
	e.Use(echomiddleware.Recover(), echov5.New(build(t, w)))
	routes(e)
	resp, _ := fetch(t, e, "GET", "/panic")
	require.Equal(t, 500, resp.StatusCode)
	require.Equal(t, 500, w.Seen().Status)
	require.True(t, w.Seen().Marks.Has(traffic.Panicked))
}

func build(t *testing.T, w *witness.Witness) *middleware.Middleware {
	m, err := middleware.New(w, middleware.Config{Client: middleware.Direct()})
	require.NoError(t, err)
	return m
}

// statusLogger remembers the status as a middleware outside of us sees it.
func statusLogger(to *int) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			err := next(c)
			resp, uerr := echo.UnwrapResponse(c.Response())
			if uerr != nil {
				return uerr
			}
			*to = resp.Status
			return err
		}
	}
}

// echo answers HEAD by the handler of GET when told to, with a writer of its
// own in between.
func TestAutoHead(t *testing.T) {
	w := &witness.Witness{Hold: true}
	resp, body := fetch(t, server(t, w), "HEAD", "/orders/7")
	require.Empty(t, body)
	require.Equal(t, resp.StatusCode, w.Seen().Status)
}
