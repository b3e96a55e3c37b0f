package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestNewReportsAllProblems(t *testing.T) {
	_, err := middleware.New(nil, middleware.Config{
		Proxies:         []string{"10.0.0.1/8", "nonsense"},
		Apps:            []middleware.AppRule{{Host: "a..b", App: 1}, {Path: "x", App: 0}},
		RequestIDHeader: "X Bad",
		JA3Headers:      []string{""},
		BodyWait:        -time.Second,
	})
	require.Error(t, err)
	for _, part := range []string{
		"inspector: is nil", "Client: not chosen", "Proxies[0]", "write 10.0.0.0/8", "Proxies[1]",
		"Apps[0].Host", "Apps[1].Path", "App: 0", "RequestIDHeader", "JA3Headers[0]", "BodyWait",
	} {
		require.ErrorContains(t, err, part)
	}
}

func TestBelievedHeadersNeedProxies(t *testing.T) {
	_, err := middleware.New(newSpy(), middleware.Config{Client: middleware.Direct(), SchemeHeader: "X-Forwarded-Proto"})
	require.ErrorContains(t, err, "Proxies: empty")
}

// What the exchange says of a plain request over a real connection.
func TestExchangeDescribesRequest(t *testing.T) {
	s := newSpy()
	var atBegin traffic.Exchange
	var length int64
	s.begin = func(_ context.Context, x *traffic.Exchange) { atBegin, length = *x, x.Request.Length }
	srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("short"))
	})
	before := time.Now()
	res, _ := do(t, srv, http.MethodPost, "/a%20b?q=%31", strings.NewReader("body"), "User-Agent", "test/1")
	x := s.last()
	require.Equal(t, http.StatusTeapot, res.StatusCode)
	require.Equal(t, http.MethodPost, x.Method)
	require.Equal(t, "http", x.Scheme)
	require.Equal(t, "1.1", x.Proto)
	require.Equal(t, strings.TrimPrefix(srv.URL, "http://"), x.Host)
	require.Equal(t, "/a%20b?q=%31", x.Target)
	require.Equal(t, netip.MustParseAddr("127.0.0.1"), x.Client.Addr)
	require.Equal(t, "test/1", x.Client.UserAgent)
	require.Equal(t, traffic.DefaultApp, x.App)
	require.Equal(t, http.StatusTeapot, x.Status)
	require.Equal(t, "text/plain", x.Header.Get("Content-Type"))
	require.EqualValues(t, 4, length, "the declared length at Begin")
	require.EqualValues(t, 4, x.In, "the length read at End")
	require.EqualValues(t, 5, x.Out)
	require.False(t, x.ID.IsZero())
	require.Equal(t, atBegin.ID, x.ID)
	require.False(t, x.Time.Before(before))
	require.GreaterOrEqual(t, x.Duration, time.Duration(0))
	require.Zero(t, x.Marks)
}

func TestRoute(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "7", r.PathValue("id"))
	})
	t.Run("middleware around the mux", func(t *testing.T) {
		s := newSpy()
		build(t, s, middleware.Config{}).Wrap(mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/orders/7", nil))
		require.Equal(t, "GET /orders/{id}", s.last().Route)
	})
	t.Run("middleware inside the mux", func(t *testing.T) {
		s := newSpy()
		atBegin := ""
		s.begin = func(_ context.Context, x *traffic.Exchange) { atBegin = x.Request.Route }
		outer := http.NewServeMux()
		outer.Handle("/orders/", build(t, s, middleware.Config{}).Wrap(mux))
		outer.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/orders/7", nil))
		require.Equal(t, "/orders/", atBegin)
		require.Equal(t, "GET /orders/{id}", s.last().Route, "the innermost router knows best")
	})
	t.Run("pattern is visible outside", func(t *testing.T) {
		r := httptest.NewRequest("GET", "/orders/7", nil)
		build(t, newSpy(), middleware.Config{}).Wrap(mux).ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, "GET /orders/{id}", r.Pattern)
	})
	t.Run("unrouted", func(t *testing.T) {
		s := newSpy()
		build(t, s, middleware.Config{}).Wrap(mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/nowhere", nil))
		x := s.last()
		require.Equal(t, http.StatusNotFound, x.Status)
		require.Empty(t, x.Route)
	})
}

func TestTarget(t *testing.T) {
	f := func(method, uri, want string) {
		t.Helper()
		s := newSpy()
		r := httptest.NewRequest(method, "/x", nil)
		r.RequestURI = uri
		build(t, s, middleware.Config{}).Wrap(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, want, s.last().Target)
	}
	f("GET", "/a/../b?x=%zz", "/a/../b?x=%zz")
	f("OPTIONS", "*", "*")
	f("CONNECT", "host:443", "host:443")
	f("GET", "http://other/admin?x=1", "/admin?x=1")
	f("GET", "http://other", "/")
	f("GET", "http://other?q=/a", "/x")
	f("GET", "", "/x")
	f("GET", "garbage", "garbage")
}

func TestSchemeAndHost(t *testing.T) {
	m := func(s *spy) *middleware.Middleware {
		return build(t, s, middleware.Config{Proxies: []string{"192.0.2.1"}, SchemeHeader: "x-forwarded-proto"})
	}
	f := func(remote, proto, host, wantScheme, wantHost string) {
		t.Helper()
		s := newSpy()
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host = remote, host
		if proto != "" {
			r.Header.Set("X-Forwarded-Proto", proto)
		}
		m(s).Wrap(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
		x := s.last()
		require.Equal(t, wantScheme, x.Scheme)
		require.Equal(t, wantHost, x.Host)
	}
	f("192.0.2.1:1", "https", "h:443", "https", "h")
	f("192.0.2.1:1", "HTTP", "h:80", "http", "h")
	f("192.0.2.1:1", "gopher", "h:8080", "http", "h:8080")
	f("192.0.2.9:1", "https", "h:443", "http", "h:443")
	f("192.0.2.9:1", "", "[2001:db8::1]:80", "http", "[2001:db8::1]")
}

func TestProto(t *testing.T) {
	for want, v := range map[string][2]int{"1.0": {1, 0}, "1.1": {1, 1}, "2.0": {2, 0}, "3.0": {3, 0}} {
		s := newSpy()
		r := httptest.NewRequest("GET", "/", nil)
		r.ProtoMajor, r.ProtoMinor = v[0], v[1]
		build(t, s, middleware.Config{}).Wrap(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, want, s.last().Proto)
	}
}

func TestFromContext(t *testing.T) {
	var none context.Context
	require.Nil(t, middleware.FromContext(none))
	require.Nil(t, middleware.FromContext(t.Context()))
	require.False(t, middleware.FromContext(t.Context()).SetUser("x"), "a nil handle is harmless")

	var kept *traffic.Handle
	s := newSpy()
	s.begin = func(ctx context.Context, x *traffic.Exchange) {
		require.Same(t, x.Handle, middleware.FromContext(ctx))
		x.Handle.Open(x.ID, traffic.SessionID{1})
	}
	var said traffic.Said
	s.end = func(_ context.Context, x *traffic.Exchange) { said = x.Handle.Close() }
	type key struct{}
	h := build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
		defer cancel()
		kept = middleware.FromContext(ctx)
		require.Equal(t, "parent", ctx.Value(key{}))
		require.True(t, kept.SetUser("ann"))
		require.Equal(t, traffic.SessionID{1}, kept.SessionID())
	}))
	r := httptest.NewRequest("GET", "/", nil)
	h.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithValue(r.Context(), key{}, "parent")))
	require.Equal(t, "ann", said.User)
	require.False(t, kept.SetUser("late"), "after the request nothing can be stated")
}

// The handle is closed even when the inspector does not care for it.
func TestHandleIsClosed(t *testing.T) {
	var kept *traffic.Handle
	h := build(t, newSpy(), middleware.Config{}).Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		kept = middleware.FromContext(r.Context())
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	require.False(t, kept.Tag("late"))
}

func TestContextCancellationReachesHandler(t *testing.T) {
	s := newSpy()
	started := make(chan struct{})
	srv := serve(t, build(t, s, middleware.Config{}), func(_ http.ResponseWriter, r *http.Request) {
		close(started)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", srv.URL, nil)
	require.NoError(t, err)
	go func() { <-started; cancel() }()
	_, err = srv.Client().Do(r)
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, s.last().Marks.Has(traffic.ClientGone))
}

// Panics of the handler: End runs, the value goes on unchanged.
func TestHandlerPanics(t *testing.T) {
	boom := errors.New("boom")
	tests := []struct {
		name    string
		handler http.HandlerFunc
		value   any
		status  int
	}{
		{"before writing", func(http.ResponseWriter, *http.Request) { panic(boom) }, boom, 500},
		{"after the status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); panic(boom) }, boom, 201},
		{"after the body", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")); panic(boom) }, boom, 200},
		{"abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, http.ErrAbortHandler, 500},
	}
	for _, tt := range tests {
		for _, hold := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/hold=%v", tt.name, hold), func(t *testing.T) {
				s := newSpy()
				s.begin = want(1000, traffic.KindAny, hold)
				m := build(t, s, middleware.Config{})
				rec := httptest.NewRecorder()
				require.PanicsWithValue(t, tt.value, func() {
					m.Wrap(tt.handler).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
				})
				x := s.last()
				require.Equal(t, tt.status, x.Status)
				require.True(t, x.Marks.Has(traffic.Panicked))
				require.EqualValues(t, 1, m.Stats().HandlerPanics)
				require.Zero(t, m.Stats().Panics)
				require.Zero(t, m.Stats().InFlight)
				if tt.status != 500 {
					require.Equal(t, tt.status, rec.Code, "what was written before the panic goes out as it would without us")
				}
			})
		}
	}
}

// A recovering middleware around us can still answer.
func TestRecoveringMiddlewareOutside(t *testing.T) {
	s := newSpy()
	s.begin = want(1000, traffic.KindAny, true)
	inner := build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }))
	rec := httptest.NewRecorder()
	func() {
		defer func() {
			if recover() != nil {
				rec.WriteHeader(http.StatusInternalServerError)
			}
		}()
		inner.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	}()
	require.Equal(t, 500, rec.Code)
	require.Equal(t, 500, s.last().Status)
}

func TestInspectorPanics(t *testing.T) {
	for _, where := range []string{"Begin", "End"} {
		t.Run(where, func(t *testing.T) {
			s := newSpy()
			boom := func(context.Context, *traffic.Exchange) { panic(io.ErrNoProgress) }
			if where == "Begin" {
				s.begin = boom
			} else {
				s.end = boom
			}
			var got error
			m := build(t, s, middleware.Config{OnError: func(err error) { got = err }})
			rec := httptest.NewRecorder()
			m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("fine")) })).
				ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
			require.Equal(t, "fine", rec.Body.String(), "the request goes on")
			var p *middleware.PanicError
			require.ErrorAs(t, got, &p)
			require.ErrorIs(t, got, io.ErrNoProgress)
			require.Equal(t, where, p.In)
			require.NotEmpty(t, p.Stack)
			require.EqualValues(t, 1, m.Stats().Panics)
			if where == "Begin" {
				require.True(t, s.last().Marks.Has(traffic.EngineFailed), "End runs after a panic of Begin and is told")
			}
		})
	}
	t.Run("a verdict set before the panic holds", func(t *testing.T) {
		s := newSpy()
		s.begin = func(ctx context.Context, x *traffic.Exchange) { block(ctx, x); panic("x") }
		rec := httptest.NewRecorder()
		build(t, s, middleware.Config{OnError: func(error) {}}).Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("handler ran") })).
			ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, 403, rec.Code)
	})
	t.Run("OnError panics too", func(t *testing.T) {
		s := newSpy()
		s.begin = func(context.Context, *traffic.Exchange) { panic("x") }
		rec := httptest.NewRecorder()
		build(t, s, middleware.Config{OnError: func(error) { panic("y") }}).Wrap(http.NotFoundHandler()).
			ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, 404, rec.Code)
	})
}

// Without OnError trouble goes to the default logger.
func TestDefaultOnError(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	s := newSpy()
	s.begin = func(context.Context, *traffic.Exchange) { panic("oh") }
	build(t, s, middleware.Config{}).Wrap(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	require.Contains(t, log.String(), "panic in Begin: oh")
}

// Functions of the configuration may panic without losing the request.
func TestConfigFunctionsPanic(t *testing.T) {
	var errs atomic.Int32
	s := newSpy()
	s.begin = func(_ context.Context, x *traffic.Exchange) { _, _, _ = x.Request.Body.ReadAhead(10) }
	m := build(t, s, middleware.Config{
		Client:  middleware.AddrFunc(func(*http.Request) netip.Addr { panic("addr") }),
		App:     func(*http.Request) traffic.App { panic("app") },
		Duplex:  func(*http.Request) bool { panic("duplex") },
		OnError: func(error) { errs.Add(1) },
	})
	rec := httptest.NewRecorder()
	m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })).
		ServeHTTP(rec, httptest.NewRequest("POST", "/", strings.NewReader("whole body here")))
	require.Equal(t, "whole body here", rec.Body.String())
	x := s.last()
	require.False(t, x.Client.Addr.IsValid())
	require.Equal(t, traffic.DefaultApp, x.App)
	require.EqualValues(t, 3, errs.Load())
	require.EqualValues(t, 3, m.Stats().Panics)
	require.EqualValues(t, 1, m.Stats().AddrUnknown)
}

// Temporary files of a multipart form are deleted by the server, which looks
// for them on the request it made, not on our copy.
func TestMultipartFilesAreRemoved(t *testing.T) {
	var body bytes.Buffer
	mw := multipart.NewWriter(&body)
	part, err := mw.CreateFormFile("f", "big.bin")
	require.NoError(t, err)
	_, err = part.Write(make([]byte, 1<<20))
	require.NoError(t, err)
	require.NoError(t, mw.Close())

	var file string
	srv := serve(t, build(t, newSpy(), middleware.Config{}), func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 10); err != nil {
			t.Error(err)
			return
		}
		f, err := r.MultipartForm.File["f"][0].Open()
		if err != nil {
			t.Error(err)
			return
		}
		file = f.(*os.File).Name()
		_ = f.Close()
	})
	do(t, srv, "POST", "/", &body, "Content-Type", mw.FormDataContentType())
	srv.Close() // waits for the request to be finished
	require.NotEmpty(t, file)
	_, err = os.Stat(file)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestWrapNil(t *testing.T) {
	rec := httptest.NewRecorder()
	build(t, newSpy(), middleware.Config{}).Wrap(nil).ServeHTTP(rec, httptest.NewRequest("GET", "/nothing/here", nil))
	require.Equal(t, 404, rec.Code)
}

// Two middlewares, one inside the other: the inner handle is the handler's.
func TestNested(t *testing.T) {
	outer, inner := newSpy(), newSpy()
	var handles []*traffic.Handle
	keep := func(_ context.Context, x *traffic.Exchange) { handles = append(handles, x.Handle) }
	outer.begin, inner.begin = keep, keep
	h := build(t, outer, middleware.Config{}).Wrap(build(t, inner, middleware.Config{}).Wrap(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			require.Same(t, handles[1], middleware.FromContext(r.Context()))
			w.WriteHeader(http.StatusAccepted)
		})))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	require.Equal(t, 202, inner.last().Status)
	require.Equal(t, 202, outer.last().Status)
}

func TestStatsInFlight(t *testing.T) {
	m := build(t, newSpy(), middleware.Config{})
	h := m.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		require.EqualValues(t, 1, m.Stats().InFlight)
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	require.Zero(t, m.Stats().InFlight)
	require.EqualValues(t, 1, m.Stats().Requests)
}
