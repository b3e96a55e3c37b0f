package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// What can be withheld, and what cannot.
func TestWithhold(t *testing.T) {
	tests := []struct {
		name     string
		want     traffic.Want
		handler  http.HandlerFunc
		withheld bool
	}{
		{"held", traffic.Want{Limit: 100, Kinds: traffic.KindAny, Hold: true}, secretAnswer(10), true},
		{"held though its type is not copied", traffic.Want{Limit: 100, Kinds: traffic.KindXML, Hold: true}, secretAnswer(10), true},
		{"exactly the limit", traffic.Want{Limit: 100, Kinds: traffic.KindAny, Hold: true}, secretAnswer(100), true},
		{"larger", traffic.Want{Limit: 100, Kinds: traffic.KindAny, Hold: true}, secretAnswer(101), false},
		{"not held", traffic.Want{Limit: 100, Kinds: traffic.KindAny}, secretAnswer(10), false},
		{"header only", traffic.Want{Hold: true}, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Secret", "1"); w.WriteHeader(204) }, true},
		{"header only, with a body", traffic.Want{Hold: true}, secretAnswer(1), false},
		{"nothing written, not held", traffic.Want{}, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Secret", "1") }, true},
		{"flushed", traffic.Want{Limit: 100, Kinds: traffic.KindAny, Hold: true}, func(w http.ResponseWriter, r *http.Request) {
			secretAnswer(10)(w, r)
			w.(http.Flusher).Flush()
		}, false},
		{"switching protocols", traffic.Want{Limit: 100, Kinds: traffic.KindAny, Hold: true}, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(101) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSpy()
			s.begin, s.end = want(tt.want.Limit, tt.want.Kinds, tt.want.Hold), withhold
			m := build(t, s, middleware.Config{})
			rec := httptest.NewRecorder()
			rec.Header().Set("X-Outer", "kept")
			m.Wrap(tt.handler).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
			x := s.last()
			require.Equal(t, tt.withheld, x.Held)
			require.Equal(t, tt.withheld, x.Verdict.Withheld)
			require.NotEqual(t, 403, x.Status, "End sees the handler's answer")
			if !tt.withheld {
				require.NotEqual(t, 403, rec.Code)
				require.Zero(t, m.Stats().Withheld)
				return
			}
			require.Equal(t, 403, rec.Code)
			require.Empty(t, rec.Header().Get("X-Secret"))
			require.NotContains(t, rec.Body.String(), "s3cret")
			require.Contains(t, rec.Body.String(), x.RequestID)
			require.Equal(t, fmt.Sprint(rec.Body.Len()), rec.Header().Get("Content-Length"))
			if tt.want.Hold {
				require.Equal(t, "kept", rec.Header().Get("X-Outer"), "what was set around us stays")
			}
			require.EqualValues(t, 1, m.Stats().Withheld)
			require.EqualValues(t, 1, m.Stats().Held)
			require.Zero(t, m.Stats().Blocked)
		})
	}
}

func secretAnswer(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Secret", "1")
		w.Header().Set("Content-Length", fmt.Sprint(n))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, strings.Repeat("s3cret", 30)[:n])
	}
}

// Withheld over the wire: the length declared for the held answer is gone, the
// connection stays usable.
func TestWithholdOverTheWire(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newSpy()
		s.begin = want(1000, traffic.KindAny, true)
		deny := true
		s.end = func(ctx contextT, x *traffic.Exchange) {
			if deny {
				withhold(ctx, x)
			}
		}
		srv := serve(t, build(t, s, middleware.Config{}), secretAnswer(60), func(srv *httptest.Server) { srv.EnableHTTP2 = h2 })
		for _, method := range []string{"GET", "HEAD"} {
			res, body := do(t, srv, method, "/", nil)
			require.Equal(t, 403, res.StatusCode)
			require.NotContains(t, body, "s3cret")
			require.NotEqualValues(t, 60, res.ContentLength)
		}
		deny = false
		res, body := get(t, srv, "/")
		require.Equal(t, 201, res.StatusCode)
		require.EqualValues(t, 60, res.ContentLength)
		require.Len(t, body, 60)
	}
}

// End sees the header as the client would, also when the handler changed it
// after WriteHeader.
func TestHeldHeaderIsFrozen(t *testing.T) {
	s := newSpy()
	s.begin = want(1000, traffic.KindAny, true)
	rec := httptest.NewRecorder()
	build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-A", "early")
		w.WriteHeader(200)
		w.Header().Set("X-A", "late")
	})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	require.Equal(t, "early", s.last().Header.Get("X-A"))
	require.Equal(t, "early", rec.Result().Header.Get("X-A"))
	require.Equal(t, "late", rec.Header().Get("X-A"), "the map is the handler's again: it may hold trailers")
}

// A panic does not let a withheld answer out.
func TestWithholdDespitePanic(t *testing.T) {
	s := newSpy()
	s.begin, s.end = want(1000, traffic.KindAny, true), withhold
	rec := httptest.NewRecorder()
	require.Panics(t, func() {
		build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "s3cret")
			panic("x")
		})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	})
	require.Equal(t, 403, rec.Code)
	require.NotContains(t, rec.Body.String(), "s3cret")
}

// bomb is an original that panics.
type bomb struct {
	http.ResponseWriter
	header, body bool
}

func (b bomb) WriteHeader(code int) {
	if b.header {
		panic("header")
	}
	b.ResponseWriter.WriteHeader(code)
}

func (b bomb) Write(p []byte) (int, error) {
	if b.body {
		panic("body")
	}
	return b.ResponseWriter.Write(p)
}

// An original that panics while it is given what was held back: the panic goes
// on, and nothing stays locked.
func TestOriginalPanics(t *testing.T) {
	ways := map[string]http.HandlerFunc{
		"at the end": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") },
		"larger": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "x")
			_, _ = io.WriteString(w, repeat(200))
		},
		"flush": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "x")
			_ = http.NewResponseController(w).Flush()
		},
		"hijack": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "x")
			_, _, _ = w.(http.Hijacker).Hijack()
		},
		"read from": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, onlyReader{strings.NewReader(repeat(200))})
		},
		"protocols": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(101); _, _ = io.WriteString(w, "x") },
	}
	for name, handler := range ways {
		for _, part := range []string{"header", "body"} {
			t.Run(name+"/"+part, func(t *testing.T) {
				s := newSpy()
				s.begin = want(100, traffic.KindAny, true)
				m := build(t, s, middleware.Config{})
				orig := struct {
					bomb
					flusher
					hijack
				}{bomb{httptest.NewRecorder(), part == "header", part == "body"}, flusher{new(int)}, hijack{}}
				require.PanicsWithValue(t, part, func() { m.Wrap(handler).ServeHTTP(orig, httptest.NewRequest("GET", "/", nil)) })
				s.last()
				require.Zero(t, m.Stats().InFlight)
			})
		}
	}
}

// full is an original that takes no body.
type full struct{ http.ResponseWriter }

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// What the original refuses of an answer held back is the handler's error.
func TestReleaseFails(t *testing.T) {
	s := newSpy()
	s.begin = want(10, traffic.KindAny, true)
	build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.WriteString(w, "held")
		require.NoError(t, err)
		_, err = io.WriteString(w, "more than fits")
		require.Equal(t, io.ErrShortWrite, err)
		_, err = io.WriteString(w, "more")
		require.Equal(t, io.ErrShortWrite, err)
	})).ServeHTTP(full{httptest.NewRecorder()}, httptest.NewRequest("GET", "/", nil))
	require.False(t, s.last().Held)

	build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "held")
		_, _, err := w.(http.Hijacker).Hijack()
		require.Equal(t, io.ErrShortWrite, err)
	})).ServeHTTP(struct {
		full
		hijack
	}{full{httptest.NewRecorder()}, hijack{}}, httptest.NewRequest("GET", "/", nil))
	s.last()
}

// A header of any size can be held; only small ones keep their memory.
func TestHoldManyHeaders(t *testing.T) {
	s := newSpy()
	s.begin = want(10, traffic.KindAny, true)
	rec := httptest.NewRecorder()
	build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range 1000 {
			w.Header().Add(fmt.Sprint("X-", i), "a")
			w.Header().Add(fmt.Sprint("X-", i), "b")
		}
		w.WriteHeader(200)
		w.Header().Set("X-Late", "1")
	})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	require.Len(t, rec.Result().Header, 1000)
	require.Equal(t, []string{"a", "b"}, rec.Result().Header["X-999"])
	require.Len(t, s.last().Header, 1000)
}
