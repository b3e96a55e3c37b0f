package ginchaperone_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/middleware/ginchaperone"
	"github.com/chaperone-go/chaperone/traffic"
)

// holder holds every answer back, and withholds it when told to.
type holder struct {
	withhold bool
	status   int
	route    string
	atBegin  string
	answer   string
	held     bool
	marks    traffic.Mark
	bytes    int64
	ends     int
	ended    chan struct{} // gets a value after each End when not nil
}

func (h *holder) Begin(_ context.Context, x *traffic.Exchange) {
	h.atBegin = x.Request.Route
	x.Response.Want = traffic.Want{Limit: 4096, Kinds: traffic.KindAny, Hold: true}
}

func (h *holder) End(_ context.Context, x *traffic.Exchange) {
	h.ends++
	h.status, h.answer, h.held, h.marks = x.Response.Status, string(x.Response.Body), x.Response.Held, x.Marks
	h.bytes, h.route = x.Response.Length, x.Request.Route
	if said := x.Handle.Close(); said.Route != "" {
		h.route = said.Route
	}
	if h.withhold && h.held {
		x.Verdict.Action, x.Verdict.Withheld = traffic.Block, true
	}
	if h.ended != nil {
		h.ended <- struct{}{}
	}
}

func newMiddleware(t *testing.T, in middleware.Inspector) *middleware.Middleware {
	m, err := middleware.New(in, middleware.Config{Client: middleware.Direct()})
	require.NoError(t, err)
	return m
}

// routes registers the handlers of these tests.
func routes(r *gin.Engine) {
	r.HandleMethodNotAllowed = true
	r.GET("/orders/:id", func(c *gin.Context) { c.String(http.StatusOK, "order "+c.Param("id")) })
	r.GET("/teapot", func(c *gin.Context) { c.Status(http.StatusTeapot) })
	r.GET("/nothing", func(*gin.Context) {})
	r.GET("/changed", func(c *gin.Context) { c.Status(500); c.String(http.StatusAccepted, "x") })
	r.GET("/abort", func(c *gin.Context) { c.AbortWithStatusJSON(http.StatusConflict, gin.H{"error": "x"}) })
	r.GET("/redirect", func(c *gin.Context) { c.Redirect(http.StatusFound, "/x") })
	r.GET("/again", func(c *gin.Context) { c.Request.URL.Path = "/orders/7"; r.HandleContext(c) })
	r.GET("/panic", func(*gin.Context) { panic("boom") })
}

func fetch(t *testing.T, h http.Handler, method, target string) (*http.Response, string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	req, err := http.NewRequest(method, s.URL+target, nil)
	require.NoError(t, err)
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp, string(body)
}

// The same answers as without us, held back or not; none of them when
// withheld; and a logger outside sees what is sent.
func TestHeld(t *testing.T) {
	gin.SetMode(gin.TestMode)
	for _, c := range []struct{ method, target, route string }{
		{"GET", "/orders/7", "/orders/:id"}, {"HEAD", "/orders/7", ""}, {"GET", "/teapot", "/teapot"}, {"GET", "/nothing", "/nothing"},
		{"GET", "/changed", "/changed"}, {"GET", "/abort", "/abort"}, {"GET", "/redirect", "/redirect"},
		{"GET", "/nowhere", ""}, {"POST", "/teapot", ""},
	} {
		t.Run(c.method+c.target, func(t *testing.T) {
			bare := gin.New()
			routes(bare)
			want, wantBody := fetch(t, bare, c.method, c.target)

			h := new(holder)
			logged := 0
			r := gin.New()
			r.Use(func(ctx *gin.Context) { ctx.Next(); logged = ctx.Writer.Status() }, ginchaperone.New(newMiddleware(t, h)))
			routes(r)
			resp, body := fetch(t, r, c.method, c.target)
			require.Equal(t, want.StatusCode, resp.StatusCode)
			require.Equal(t, wantBody, body)
			want.Header.Del("Date")
			resp.Header.Del("Date")
			require.Equal(t, want.Header, resp.Header)
			require.Equal(t, want.StatusCode, h.status)
			require.Equal(t, want.StatusCode, logged)
			require.EqualValues(t, len(body), h.bytes)
			require.Equal(t, c.route, h.route)
			require.Equal(t, c.route, h.atBegin)
			require.True(t, h.held)

			h.withhold = true
			resp, body = fetch(t, r, c.method, c.target)
			require.Equal(t, 403, resp.StatusCode)
			require.Equal(t, 403, logged)
			if c.method == "GET" {
				require.Contains(t, body, "request_id")
			}
		})
	}
}

func TestBlockedIsAborted(t *testing.T) {
	logged, after := 0, false
	r := gin.New()
	r.Use(func(c *gin.Context) { c.Next(); logged = c.Writer.Status() },
		ginchaperone.New(newMiddleware(t, &witness{block: true})),
		func(*gin.Context) { after = true })
	routes(r)
	resp, _ := fetch(t, r, "GET", "/orders/7")
	require.Equal(t, 403, resp.StatusCode)
	require.Equal(t, 403, logged)
	require.False(t, after)
}

// HandleContext starts the chain again, past our writer: the outer exchange
// still ends with the status that was sent.
func TestHandleContext(t *testing.T) {
	h := new(holder)
	r := gin.New()
	r.Use(ginchaperone.New(newMiddleware(t, h)))
	routes(r)
	resp, body := fetch(t, r, "GET", "/again")
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "order 7", body)
	require.Equal(t, 2, h.ends)
	require.Equal(t, 200, h.status)
}

func TestRecoveryOutside(t *testing.T) {
	h := new(holder)
	r := gin.New()
	r.Use(gin.CustomRecoveryWithWriter(io.Discard, func(c *gin.Context, _ any) { c.AbortWithStatus(500) }), ginchaperone.New(newMiddleware(t, h)))
	routes(r)
	resp, _ := fetch(t, r, "GET", "/panic")
	require.Equal(t, 500, resp.StatusCode)
	require.Equal(t, 500, h.status)
	require.True(t, h.marks.Has(traffic.Panicked))
}

// The engine wrapped as a whole: redirects that gin makes itself are seen.
func TestWrappedEngine(t *testing.T) {
	h := new(holder)
	r := gin.New()
	r.Use(ginchaperone.Route())
	routes(r)
	wrapped := newMiddleware(t, h).Wrap(r)
	for target, want := range map[string]int{"/orders/7": 200, "/orders/7/": 301, "/nowhere": 404} {
		resp, body := fetch(t, wrapped, "GET", target)
		require.Equal(t, want, resp.StatusCode)
		require.Equal(t, want, h.status)
		require.EqualValues(t, len(body), h.bytes)
		if want == 200 {
			require.Equal(t, "/orders/:id", h.route)
		} else {
			require.Empty(t, h.route)
		}
	}
}

// Streams, files and connections taken over.
func TestStreamFileHijack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f.txt")
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat("x", 100_000)), 0o600))
	h := &holder{ended: make(chan struct{}, 10)}
	next := make(chan struct{})
	r := gin.New()
	r.Use(ginchaperone.New(newMiddleware(t, h)))
	r.GET("/stream", func(c *gin.Context) {
		i := 0
		c.Stream(func(w io.Writer) bool {
			if i > 0 {
				<-next
			}
			i++
			_, _ = io.WriteString(w, "x")
			return i < 3
		})
		<-next
	})
	r.GET("/file", func(c *gin.Context) { c.File(file) })
	r.GET("/hijack", func(c *gin.Context) {
		conn, _, err := c.Writer.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "mine")
		_ = conn.Close()
	})
	r.GET("/late", func(c *gin.Context) {
		c.String(200, "x")
		_, _, err := c.Writer.Hijack()
		if err == nil {
			t.Error("hijacked after the body was begun")
		}
	})
	s := httptest.NewServer(r)
	defer s.Close()

	resp, err := http.Get(s.URL + "/stream")
	require.NoError(t, err)
	br := bufio.NewReader(resp.Body)
	for range 3 {
		_, err := br.ReadByte()
		require.NoError(t, err)
		next <- struct{}{}
	}
	require.NoError(t, resp.Body.Close())
	<-h.ended

	resp, err = http.Get(s.URL + "/file")
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.EqualValues(t, 100_000, n)
	require.NoError(t, resp.Body.Close())
	<-h.ended

	resp, err = http.Get(s.URL + "/late")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	<-h.ended

	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	require.NoError(t, err)
	_, err = io.WriteString(conn, "GET /hijack HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
	require.NoError(t, err)
	b, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Equal(t, "mine", string(b))
	<-h.ended
	require.True(t, h.marks.Has(traffic.Hijacked))
	require.Equal(t, 101, h.status)
}
