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

// A handler that goes on after it returned gets errors and harms nobody. Run
// under the race detector, with recycled buffers poisoned.
func TestHandlerOutlivesRequest(t *testing.T) {
	s := newSpy()
	s.begin = func(ctx context.Context, x *traffic.Exchange) {
		want(1000, traffic.KindAny, true)(ctx, x)
		if x.Request.Body != nil {
			_, _, _ = x.Request.Body.ReadAhead(3)
		}
	}
	var kept []http.ResponseWriter
	h := build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "answer")
		kept = append(kept, w)
	}))
	for range 10 {
		h.ServeHTTP(struct {
			*httptest.ResponseRecorder
			hijack
		}{httptest.NewRecorder(), hijack{}}, httptest.NewRequest("POST", "/", strings.NewReader("body")))
	}
	var wg sync.WaitGroup
	for _, w := range kept {
		wg.Go(func() {
			n, err := w.Write([]byte("late"))
			require.Zero(t, n)
			require.Equal(t, middleware.ErrOver, err)
			_, err = io.WriteString(w, "late")
			require.Equal(t, middleware.ErrOver, err)
			_, err = w.(io.ReaderFrom).ReadFrom(strings.NewReader("late"))
			require.Equal(t, middleware.ErrOver, err)
			require.Equal(t, middleware.ErrOver, http.NewResponseController(w).Flush())
			_, _, err = w.(http.Hijacker).Hijack()
			require.Equal(t, middleware.ErrOver, err)
			w.(http.Flusher).Flush()
			w.WriteHeader(500)
			w.Header().Set("X", "late")
			require.Empty(t, w.Header())
		})
	}
	wg.Wait()
}

// The same while the handler's goroutine races with the end of the request,
// on a real server.
func TestHandlerRacesWithEnd(t *testing.T) {
	s := newSpy()
	s.begin = func(ctx context.Context, x *traffic.Exchange) {
		want(1000, traffic.KindAny, true)(ctx, x)
		_, _, _ = x.Request.Body.ReadAhead(3)
	}
	var wg sync.WaitGroup
	srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
		h := middleware.FromContext(r.Context())
		wg.Go(func() {
			b := make([]byte, 1)
			for {
				n, err := r.Body.Read(b)
				if n > 0 && b[0] != 'b' {
					t.Errorf("foreign byte %q", b[0])
				}
				h.Tag("x")
				_ = r.Context().Err()
				if err != nil {
					return
				}
			}
		})
		wg.Go(func() {
			for {
				if _, err := w.Write(nil); err != nil {
					return
				}
			}
		})
	})
	for range 50 {
		do(t, srv, "POST", "/", strings.NewReader(strings.Repeat("b", 100)))
	}
	wg.Wait()
}

// A handler that goes on writing cannot get a withheld answer out, nor spoil
// the one that is given in its place.
func TestLateHandlerCannotUndoWithholding(t *testing.T) {
	var kept http.ResponseWriter
	s := newSpy()
	s.begin, s.end = want(1000, traffic.KindAny, true), withhold
	m := build(t, s, middleware.Config{Answer: func(w http.ResponseWriter, r *http.Request, b middleware.Blocked) {
		_, err := io.WriteString(kept, "s3cret")
		require.Equal(t, middleware.ErrOver, err)
		kept.WriteHeader(200)
		kept.Header().Set("X-Secret", "1")
		middleware.DefaultAnswer(w, r, b)
	}})
	rec := httptest.NewRecorder()
	m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		kept = w
		_, _ = io.WriteString(w, "s3cret")
	})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	require.Equal(t, 403, rec.Code)
	require.NotContains(t, rec.Body.String(), "s3cret")
	require.Empty(t, rec.Header().Get("X-Secret"))
}
