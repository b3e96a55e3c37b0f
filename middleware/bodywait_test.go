package middleware_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// A client slower than BodyWait: the inspector sees what came, the handler
// gets everything.
func TestBodyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpy()
		begin, got := readAhead(100, 100)
		s.begin = begin
		pr, pw := io.Pipe()
		go func() {
			for _, part := range []string{"one ", "two ", "three"} {
				_, _ = io.WriteString(pw, part)
				<-time.After(40 * time.Second) // the client's slowness, in the bubble's time
			}
			_ = pw.Close()
		}()
		start := time.Now()
		var handlerStart time.Duration
		x, m := post(t, s, middleware.Config{BodyWait: time.Minute}, pr, func(_ http.ResponseWriter, r *http.Request) {
			handlerStart = time.Since(start)
			readAll(t, r, "one two three")
		})
		require.Equal(t, time.Minute, handlerStart, "the wait is bounded, once for all calls")
		require.Equal(t, []ahead{{"one two ", false, nil}, {"one two ", false, nil}}, *got)
		require.Equal(t, traffic.OverBudget|traffic.BodyTruncated, x.Marks)
		require.EqualValues(t, 13, x.In)
		require.EqualValues(t, 1, m.Stats().BodyLate)
	})
}

func TestBodyWaitInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, body := range []string{"", "hello", repeat(100_000)} {
			s := newSpy()
			begin, got := readAhead(10, 50_000)
			s.begin = begin
			x, m := post(t, s, middleware.Config{BodyWait: time.Minute}, onlyReader{strings.NewReader(body)}, func(_ http.ResponseWriter, r *http.Request) {
				readAll(t, r, body)
			})
			require.Equal(t, body[:min(10, len(body))], (*got)[0].bytes)
			require.Equal(t, body[:min(50_000, len(body))], (*got)[1].bytes)
			require.Equal(t, len(body) <= 50_000, (*got)[1].whole)
			require.False(t, x.Marks.Has(traffic.OverBudget))
			require.Zero(t, m.Stats().BodyLate)
		}
	})
}

// The request is over while the goroutine still waits for the client: it
// leaves as soon as the body is closed, and touches nothing.
func TestBodyWaitOutlivedByReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpy()
		s.begin, _ = readAhead(100)
		pr, pw := io.Pipe()
		var kept io.ReadCloser
		post(t, s, middleware.Config{BodyWait: time.Second}, pr, func(_ http.ResponseWriter, r *http.Request) { kept = r.Body })
		go func() { _, _ = io.WriteString(pw, "late") }()
		synctest.Wait()
		_, err := kept.Read(make([]byte, 4))
		require.Equal(t, http.ErrBodyReadAfterClose, err)
		_ = pw.Close()
	})
}

// A body that panics does so in a goroutine of ours, and must not end the
// process.
func TestBodyWaitReaderPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpy()
		begin, got := readAhead(100)
		s.begin = begin
		var told error
		post(t, s, middleware.Config{BodyWait: time.Second, OnError: func(err error) { told = err }}, onlyReader{panicky{}}, func(_ http.ResponseWriter, r *http.Request) {
			_, err := r.Body.Read(make([]byte, 1))
			require.Error(t, err)
		})
		require.Error(t, (*got)[0].err)
		require.ErrorContains(t, told, "panic in the request's body: oh")
	})
}

type panicky struct{}

func (panicky) Read([]byte) (int, error) { panic("oh") }

// A conversation would wait for ever if its body were read ahead.
func TestDuplexOverHTTP2(t *testing.T) {
	s := newSpy()
	s.begin, _ = readAhead(1000)
	srv := serve(t, build(t, s, middleware.Config{Duplex: middleware.IsGRPC}), func(w http.ResponseWriter, r *http.Request) {
		buf := make([]byte, 4)
		for {
			n, err := io.ReadFull(r.Body, buf)
			if err != nil {
				return
			}
			_, _ = w.Write(buf[:n])
			w.(http.Flusher).Flush()
		}
	}, http2)
	pr, pw := io.Pipe()
	r, err := http.NewRequest("POST", srv.URL, pr)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/grpc+proto")
	go func() { _, _ = io.WriteString(pw, "ping") }()
	res, err := srv.Client().Do(r)
	require.NoError(t, err)
	buf := make([]byte, 4)
	_, err = io.ReadFull(res.Body, buf)
	require.NoError(t, err)
	require.Equal(t, "ping", string(buf))
	require.NoError(t, pw.Close())
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.True(t, s.last().Marks.Has(traffic.BodyTruncated), "it was not inspected, and the record says so")
}

func TestIsGRPC(t *testing.T) {
	f := func(want bool, major int, length int64, ct string) {
		t.Helper()
		r := httptest.NewRequestWithContext(context.Background(), "POST", "/", nil)
		r.ProtoMajor, r.ContentLength = major, length
		if ct != "" {
			r.Header.Set("Content-Type", ct)
		}
		require.Equal(t, want, middleware.IsGRPC(r))
	}
	f(true, 2, -1, "application/grpc")
	f(true, 2, -1, "Application/gRPC+json")
	f(true, 2, -1, "application/connect+json")
	f(false, 2, 10, "application/grpc")
	f(false, 1, -1, "application/grpc")
	f(false, 2, -1, "application/json")
	f(false, 2, -1, "")
}
