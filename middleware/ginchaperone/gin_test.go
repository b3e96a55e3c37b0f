package ginchaperone_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/middleware/ginchaperone"
	"github.com/chaperone-go/chaperone/traffic"
)

// witness is an inspector that remembers what End saw.
type witness struct {
	block bool

	mu     sync.Mutex
	status int
	bytes  int64
	route  string
	marks  traffic.Mark
	user   string
	body   string
}

func (w *witness) Begin(_ context.Context, x *traffic.Exchange) {
	if w.block {
		x.Verdict.Action = traffic.Block
	}
	if x.Request.Body != nil {
		b, _, _ := x.Request.Body.ReadAhead(1024)
		w.mu.Lock()
		w.body = string(b)
		w.mu.Unlock()
	}
}

func (w *witness) End(_ context.Context, x *traffic.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status, w.bytes, w.route, w.marks = x.Response.Status, x.Response.Length, x.Request.Route, x.Marks
	w.user = x.Handle.Close().User
}

func engine(t *testing.T, w *witness) *gin.Engine {
	gin.SetMode(gin.TestMode)
	m, err := middleware.New(w, middleware.Config{Client: middleware.Direct()})
	require.NoError(t, err)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.Use(ginchaperone.New(m), gin.CustomRecoveryWithWriter(io.Discard, func(c *gin.Context, _ any) { c.AbortWithStatus(500) }))
	r.GET("/orders/:id", func(c *gin.Context) {
		middleware.FromContext(c.Request.Context()).SetUser("ada")
		c.String(http.StatusOK, "order "+c.Param("id"))
	})
	r.GET("/teapot", func(c *gin.Context) { c.Status(http.StatusTeapot) })
	r.GET("/json", func(c *gin.Context) { c.JSON(http.StatusCreated, gin.H{"a": 1}) })
	r.GET("/abort", func(c *gin.Context) { c.AbortWithStatusJSON(http.StatusConflict, gin.H{"error": "x"}) })
	r.GET("/error", func(c *gin.Context) { _ = c.AbortWithError(http.StatusBadGateway, io.ErrUnexpectedEOF) })
	r.GET("/panic", func(*gin.Context) { panic("boom") })
	r.GET("/stream", func(c *gin.Context) {
		for range 3 {
			_, _ = c.Writer.WriteString("x")
			c.Writer.Flush()
		}
	})
	r.POST("/echo", func(c *gin.Context) {
		b, _ := io.ReadAll(c.Request.Body)
		c.Data(http.StatusOK, "text/plain", b)
	})
	return r
}

// TestFinalStatus asks the same of an engine with and without Chaperone: the
// client must see the same, and the inspector what the client saw.
func TestFinalStatus(t *testing.T) {
	for _, c := range []struct {
		name, method, target, route string
		status                      int
	}{
		{"routed", "GET", "/orders/7", "/orders/:id", 200},
		{"status without body", "GET", "/teapot", "/teapot", 418},
		{"json", "GET", "/json", "/json", 201},
		{"abort", "GET", "/abort", "/abort", 409},
		{"error", "GET", "/error", "/error", 502},
		{"unrouted", "GET", "/nowhere", "", 404},
		{"wrong method", "DELETE", "/teapot", "", 405},
		{"panic, recovered inside", "GET", "/panic", "/panic", 500},
		{"stream", "GET", "/stream", "/stream", 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := new(witness)
			s := httptest.NewServer(engine(t, w))
			defer s.Close()
			req, err := http.NewRequest(c.method, s.URL+c.target, nil)
			require.NoError(t, err)
			resp, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			resp.Body.Close()
			require.Equal(t, c.status, resp.StatusCode)
			w.mu.Lock()
			defer w.mu.Unlock()
			require.Equal(t, c.status, w.status, "the inspector sees the final status")
			require.Equal(t, c.route, w.route)
			require.EqualValues(t, len(body), w.bytes)
		})
	}
}

func TestNoRouteHandlerIsSeen(t *testing.T) {
	w := new(witness)
	r := engine(t, w)
	r.NoRoute(func(c *gin.Context) { c.String(http.StatusGone, "moved away") })
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, request("GET", "/nowhere", ""))
	require.Equal(t, http.StatusGone, rec.Code)
	require.Equal(t, http.StatusGone, w.status)
}

func TestHandleAndBody(t *testing.T) {
	w := new(witness)
	r := engine(t, w)
	r.ServeHTTP(httptest.NewRecorder(), request("GET", "/orders/7", ""))
	require.Equal(t, "ada", w.user)
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, request("POST", "/echo", "hello"))
	require.Equal(t, "hello", w.body, "read ahead")
	require.Equal(t, "hello", rec.Body.String(), "and given back")
}

func TestBlocked(t *testing.T) {
	w := &witness{block: true}
	r := engine(t, w)
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, request("GET", "/orders/7", ""))
	require.Equal(t, http.StatusForbidden, rec.Code)
	require.NotContains(t, rec.Body.String(), "order 7")
	require.Empty(t, w.user, "the handler did not run")
}

func TestPanicGoesOnThroughUs(t *testing.T) {
	w := new(witness)
	m, err := middleware.New(w, middleware.Config{Client: middleware.Direct()})
	require.NoError(t, err)
	gin.SetMode(gin.TestMode)
	r := gin.New()
	r.Use(ginchaperone.New(m))
	r.GET("/panic", func(*gin.Context) { panic("boom") })
	require.PanicsWithValue(t, "boom", func() { r.ServeHTTP(httptest.NewRecorder(), request("GET", "/panic", "")) })
	require.True(t, w.marks.Has(traffic.Panicked))
}

func request(method, target, body string) *http.Request {
	var b io.Reader
	if body != "" {
		b = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, b)
	r.RemoteAddr = "192.0.2.1:1234"
	return r
}

func TestNilIsRefusedAtOnce(t *testing.T) {
	require.Panics(t, func() { ginchaperone.New(nil) })
}
