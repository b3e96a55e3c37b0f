package middleware_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

var errAsked = errors.New("asked")

type (
	flusher struct{ flushed *int }
	hijack  struct{}
	push    struct{}
)

// Flush counts.
func (f flusher) Flush() { *f.flushed++ }

func (hijack) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, errAsked }

func (push) Push(string, *http.PushOptions) error { return errAsked }

// plain hides all optional methods of a writer.
type plain struct{ http.ResponseWriter }

// The handler's writer can do exactly what the original can.
func TestKinds(t *testing.T) {
	for can := range 8 {
		flush, hj, ps := can&1 != 0, can&2 != 0, can&4 != 0
		t.Run(fmt.Sprintf("flush=%v,hijack=%v,push=%v", flush, hj, ps), func(t *testing.T) {
			flushed := 0
			w := plain{httptest.NewRecorder()}
			var orig http.ResponseWriter
			f := flusher{&flushed}
			switch can {
			case 0:
				orig = w
			case 1:
				orig = struct {
					plain
					flusher
				}{w, f}
			case 2:
				orig = struct {
					plain
					hijack
				}{w, hijack{}}
			case 3:
				orig = struct {
					plain
					flusher
					hijack
				}{w, f, hijack{}}
			case 4:
				orig = struct {
					plain
					push
				}{w, push{}}
			case 5:
				orig = struct {
					plain
					flusher
					push
				}{w, f, push{}}
			case 6:
				orig = struct {
					plain
					hijack
					push
				}{w, hijack{}, push{}}
			case 7:
				orig = struct {
					plain
					flusher
					hijack
					push
				}{w, f, hijack{}, push{}}
			}
			build(t, newSpy(), middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fl, ok := w.(http.Flusher)
				require.Equal(t, flush, ok)
				if ok {
					fl.Flush()
				}
				h, ok := w.(http.Hijacker)
				require.Equal(t, hj, ok)
				if ok {
					_, _, err := h.Hijack()
					require.Equal(t, errAsked, err)
				}
				p, ok := w.(http.Pusher)
				require.Equal(t, ps, ok)
				if ok {
					require.Equal(t, errAsked, p.Push("/x", nil))
				}
				err := http.NewResponseController(w).Flush()
				if flush {
					require.NoError(t, err)
					require.Equal(t, 2, flushed)
				} else {
					require.ErrorIs(t, err, http.ErrNotSupported)
				}
				_, ok = w.(io.ReaderFrom)
				require.True(t, ok, "works with any original")
				_, ok = w.(io.StringWriter)
				require.True(t, ok, "works with any original")
				n, err := w.(io.ReaderFrom).ReadFrom(onlyReader{failing{}})
				require.Zero(t, n)
				require.Equal(t, io.ErrClosedPipe, err)
				require.Equal(t, orig, w.(interface{ Unwrap() http.ResponseWriter }).Unwrap())
			})).ServeHTTP(orig, httptest.NewRequest("GET", "/", nil))
		})
	}
}

// wrapping is a writer of some other middleware: nothing but Unwrap.
type wrapping struct{ plain }

func (w wrapping) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// A ResponseController climbs down through every Unwrap. Whatever it does on
// its way past us is seen: a flush ends holding, a hijack is noticed.
func TestControllerDoesNotSlipPast(t *testing.T) {
	t.Run("flush", func(t *testing.T) {
		s := newSpy()
		s.begin, s.end = want(1000, traffic.KindAny, true), withhold
		rec := httptest.NewRecorder()
		build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, ok := w.(http.Flusher)
			require.False(t, ok, "the original cannot, so we cannot")
			_, _ = io.WriteString(w, "sent")
			require.NoError(t, http.NewResponseController(w).Flush())
			require.Equal(t, "sent", rec.Body.String())
		})).ServeHTTP(wrapping{plain{rec}}, httptest.NewRequest("GET", "/", nil))
		require.True(t, rec.Flushed)
		require.False(t, s.last().Held)
		require.Equal(t, 200, rec.Code)
	})
	t.Run("hijack", func(t *testing.T) {
		s := newSpy()
		outer := func(next http.Handler) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(wrapping{plain{w}}, r) }
		}
		m := build(t, s, middleware.Config{})
		srv := httptest.NewServer(outer(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, ok := w.(http.Hijacker)
			if ok {
				t.Error("the original cannot, so we cannot")
			}
			rc := http.NewResponseController(w)
			if err := rc.EnableFullDuplex(); err != nil {
				t.Error(err)
			}
			c, _, err := rc.Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(c, "mine")
			_ = c.Close()
		}))))
		defer srv.Close()
		require.Equal(t, "mine", raw(t, srv, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
		require.True(t, s.last().Marks.Has(traffic.Hijacked))
	})
}
