package echov5_test

import (
	"errors"
	"io"
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

func server(t *testing.T, w *witness.Witness, more ...echo.MiddlewareFunc) *echo.Echo {
	e := echo.New()
	e.Use(echov5.New(build(t, w)))
	e.Use(more...)
	routes(e)
	return e
}

func routes(e *echo.Echo) {
	e.GET("/orders/:id", func(c *echo.Context) error {
		middleware.FromContext(c.Request().Context()).SetUser("ada")
		return c.String(http.StatusOK, "order "+c.Param("id"))
	})
	e.GET("/teapot", func(c *echo.Context) error { return c.NoContent(http.StatusTeapot) })
	e.GET("/nothing", func(*echo.Context) error { return nil })
	e.GET("/error", func(*echo.Context) error { return errors.New("broken") })
	e.GET("/httperror", func(*echo.Context) error { return echo.NewHTTPError(http.StatusConflict, "twice") })
	e.GET("/late", func(c *echo.Context) error {
		if err := c.String(http.StatusAccepted, "done"); err != nil {
			return err
		}
		return errors.New("after the answer")
	})
	e.GET("/panic", func(*echo.Context) error { panic("boom") })
	e.POST("/echo", func(c *echo.Context) error {
		b, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, string(b))
	})
}

// TestFinalStatus sends requests over TCP: the inspector must see what the
// client saw.
func TestFinalStatus(t *testing.T) {
	for _, c := range []struct {
		name, method, target, route string
		status                      int
	}{
		{"routed", "GET", "/orders/7", "/orders/:id", 200},
		{"no content", "GET", "/teapot", "/teapot", 418},
		{"nothing written", "GET", "/nothing", "/nothing", 200},
		{"returned error", "GET", "/error", "/error", 500},
		{"returned HTTP error", "GET", "/httperror", "/httperror", 409},
		{"error after the answer", "GET", "/late", "/late", 202},
		{"unrouted", "GET", "/nowhere", "", 404},
		{"wrong method", "DELETE", "/teapot", "", 405},
		{"panic, recovered inside", "GET", "/panic", "/panic", 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := new(witness.Witness)
			s := httptest.NewServer(server(t, w, echomiddleware.Recover()))
			defer s.Close()
			req, err := http.NewRequest(c.method, s.URL+c.target, nil)
			require.NoError(t, err)
			resp, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			resp.Body.Close()
			require.Equal(t, c.status, resp.StatusCode)
			seen := w.Seen()
			require.Equal(t, c.status, seen.Status, "the inspector sees the final status")
			require.EqualValues(t, len(body), seen.Bytes)
			if c.route != "" {
				require.Equal(t, c.route, seen.Route)
			}
		})
	}
}

func TestHandleAndBody(t *testing.T) {
	w := new(witness.Witness)
	e := server(t, w)
	e.ServeHTTP(httptest.NewRecorder(), request("GET", "/orders/7", ""))
	require.Equal(t, "ada", w.Seen().User)
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, request("POST", "/echo", "hello"))
	require.Equal(t, "hello", w.Seen().Body, "read ahead")
	require.Equal(t, "hello", rec.Body.String(), "and given back")
}

func TestBlocked(t *testing.T) {
	w := &witness.Witness{Block: true}
	rec := httptest.NewRecorder()
	server(t, w).ServeHTTP(rec, request("GET", "/orders/7", ""))
	require.Equal(t, http.StatusForbidden, rec.Code)
	require.NotContains(t, rec.Body.String(), "order 7")
	require.Empty(t, w.Seen().User, "the handler did not run")
}

func TestPanicGoesOnThroughUs(t *testing.T) {
	w := new(witness.Witness)
	e := server(t, w)
	require.PanicsWithValue(t, "boom", func() { e.ServeHTTP(httptest.NewRecorder(), request("GET", "/panic", "")) })
	require.True(t, w.Seen().Marks.Has(traffic.Panicked))
}

func TestNilIsRefusedAtOnce(t *testing.T) {
	require.Panics(t, func() { echov5.New(nil) })
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
