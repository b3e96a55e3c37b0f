package middleware_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// ahead makes Begin read ahead and keep copies of what it got.
type ahead struct {
	bytes string
	whole bool
	err   error
}

func readAhead(limits ...int) (func(context.Context, *traffic.Exchange), *[]ahead) {
	got := new([]ahead)
	return func(_ context.Context, x *traffic.Exchange) {
		for _, n := range limits {
			if x.Request.Body == nil {
				*got = append(*got, ahead{bytes: "no body"})
				continue
			}
			b, whole, err := x.Request.Body.ReadAhead(n)
			*got = append(*got, ahead{string(b), whole, err})
		}
	}, got
}

// post runs one request through the middleware without a server.
func post(t *testing.T, s *spy, c middleware.Config, body io.Reader, h http.HandlerFunc) (seen, *middleware.Middleware) {
	t.Helper()
	m := build(t, s, c)
	m.Wrap(h).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", body))
	return s.last(), m
}

func readAll(t *testing.T, r *http.Request, want string) {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Equal(t, want, string(b))
}

func TestReadAhead(t *testing.T) {
	tests := []struct {
		name   string
		body   string
		limits []int
		config middleware.Config
		want   []ahead
		marks  traffic.Mark
	}{
		{name: "whole", body: "hello", limits: []int{10}, want: []ahead{{"hello", true, nil}}},
		{name: "exactly the limit", body: "hello", limits: []int{5}, want: []ahead{{"hello", true, nil}}},
		{name: "longer", body: "hello", limits: []int{4}, want: []ahead{{"hell", false, nil}}, marks: traffic.BodyTruncated},
		{name: "again the same", body: "hello", limits: []int{4, 4, 2}, want: []ahead{{"hell", false, nil}, {"hell", false, nil}, {"he", false, nil}}, marks: traffic.BodyTruncated},
		{name: "then more", body: "hello", limits: []int{2, 100}, want: []ahead{{"he", false, nil}, {"hello", true, nil}}},
		{name: "none of it", body: "hello", limits: []int{0, -1}, want: []ahead{{"", false, nil}, {"", false, nil}}, marks: traffic.BodyTruncated},
		{name: "configured cap", body: "hello", limits: []int{100}, config: middleware.Config{BodyLimit: 3}, want: []ahead{{"hel", false, nil}}, marks: traffic.BodyTruncated},
		{name: "switched off", body: "hello", limits: []int{100}, config: middleware.Config{BodyLimit: -1}, want: []ahead{{"", false, nil}}, marks: traffic.BodyTruncated},
		{name: "large", body: repeat(200_000), limits: []int{150_000}, want: []ahead{{repeat(200_000)[:150_000], false, nil}}, marks: traffic.BodyTruncated},
		{name: "conversation", body: "hello", limits: []int{100}, config: middleware.Config{Duplex: func(*http.Request) bool { return true }}, want: []ahead{{"", false, nil}}, marks: traffic.BodyTruncated},
	}
	readers := map[string]func(string) io.Reader{
		"strings":  func(s string) io.Reader { return strings.NewReader(s) },
		"one byte": func(s string) io.Reader { return iotest.OneByteReader(strings.NewReader(s)) },
		"data+EOF": func(s string) io.Reader { return iotest.DataErrReader(strings.NewReader(s)) },
		"lazy":     func(s string) io.Reader { return &lazyReader{r: strings.NewReader(s)} },
	}
	for _, tt := range tests {
		for kind, reader := range readers {
			t.Run(tt.name+"/"+kind, func(t *testing.T) {
				s := newSpy()
				begin, got := readAhead(tt.limits...)
				s.begin = begin
				x, _ := post(t, s, tt.config, reader(tt.body), func(_ http.ResponseWriter, r *http.Request) {
					readAll(t, r, tt.body)
					readAll(t, r, "") // the end is the end, again and again
				})
				require.Equal(t, tt.want, *got)
				require.Equal(t, tt.marks, x.Marks)
				require.EqualValues(t, len(tt.body), x.In)
			})
		}
	}
}

// lazyReader returns nothing every other time.
type lazyReader struct {
	r    io.Reader
	busy bool
}

func (l *lazyReader) Read(p []byte) (int, error) {
	if l.busy = !l.busy; l.busy {
		return 0, nil
	}
	return l.r.Read(p)
}

// A reader that never gets on must not hold us for ever.
func TestReadAheadWithoutProgress(t *testing.T) {
	s := newSpy()
	begin, got := readAhead(10)
	s.begin = begin
	post(t, s, middleware.Config{}, onlyReader{stuck{}}, func(http.ResponseWriter, *http.Request) {})
	require.Equal(t, []ahead{{"", false, nil}}, *got)
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestNoBody(t *testing.T) {
	s := newSpy()
	begin, got := readAhead(10)
	s.begin = begin
	m := build(t, s, middleware.Config{})
	h := m.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		require.Equal(t, http.NoBody, r.Body, "code that compares with NoBody must still find it")
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", http.NoBody))
	require.Equal(t, []ahead{{bytes: "no body"}}, *got)
	require.Zero(t, s.last().In)
}

// Whatever the inspector looks at, the handler reads the same bytes: compared
// with the plain body on random limits and reads.
func TestBodyIsGivenBackWhole(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		size := rnd.IntN(3 * middleware.KeepBytes)
		if rnd.IntN(2) == 0 {
			size = rnd.IntN(100)
		}
		want := make([]byte, size)
		for i := range want {
			want[i] = byte(rnd.Uint32())
		}
		limits := make([]int, rnd.IntN(4))
		for i := range limits {
			limits[i] = rnd.IntN(size + 100)
		}
		s := newSpy()
		s.begin, _ = readAhead(limits...)
		var src io.Reader = bytes.NewReader(want)
		if rnd.IntN(2) == 0 {
			src = iotest.HalfReader(src)
		}
		var got bytes.Buffer
		x, _ := post(t, s, middleware.Config{}, src, func(_ http.ResponseWriter, r *http.Request) {
			buf := make([]byte, 1+rnd.IntN(5000))
			for {
				n, err := r.Body.Read(buf)
				got.Write(buf[:n])
				if err != nil {
					require.Equal(t, io.EOF, err)
					return
				}
			}
		})
		require.True(t, bytes.Equal(want, got.Bytes()), "size %d limits %v", size, limits)
		require.EqualValues(t, size, x.In)
	}
}

// The handler meets an error of the body at the place where it was met.
func TestBodyErrorKeepsItsPlace(t *testing.T) {
	boom := errors.New("boom")
	for _, limit := range []int{0, 2, 3, 4, 100} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			s := newSpy()
			begin, got := readAhead(limit)
			s.begin = begin
			post(t, s, middleware.Config{}, io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(boom)), func(_ http.ResponseWriter, r *http.Request) {
				b, err := io.ReadAll(r.Body)
				require.Equal(t, "abc", string(b))
				require.Equal(t, boom, err)
			})
			if limit >= 3 {
				require.Equal(t, []ahead{{"abc", false, boom}}, *got)
			}
		})
	}
}

// A handler may close early, or close and read: as with the server's own body.
func TestBodyClose(t *testing.T) {
	closed := 0
	src := struct {
		io.Reader
		io.Closer
	}{strings.NewReader("hello"), closer(func() error { closed++; return io.ErrClosedPipe })}
	s := newSpy()
	s.begin, _ = readAhead(2)
	x, _ := post(t, s, middleware.Config{}, src, func(_ http.ResponseWriter, r *http.Request) {
		b := make([]byte, 1)
		_, err := r.Body.Read(b)
		require.NoError(t, err)
		require.Equal(t, io.ErrClosedPipe, r.Body.Close(), "the original's answer")
		_, err = r.Body.Read(b)
		require.Equal(t, http.ErrBodyReadAfterClose, err)
	})
	require.Equal(t, 1, closed)
	require.EqualValues(t, 1, x.In)
}

type contextT = context.Context

type closer func() error

func (c closer) Close() error { return c() }

// Once the handler runs, nothing more is read ahead; what was, stays.
func TestReadAheadInEnd(t *testing.T) {
	s := newSpy()
	s.begin, _ = readAhead(3)
	var late ahead
	s.end = func(_ context.Context, x *traffic.Exchange) {
		b, whole, err := x.Request.Body.ReadAhead(100)
		late = ahead{string(b), whole, err}
	}
	post(t, s, middleware.Config{}, strings.NewReader("hello"), func(http.ResponseWriter, *http.Request) {})
	require.Equal(t, ahead{"hell", false, nil}, late)
}

func TestBodyAfterRequest(t *testing.T) {
	for _, limit := range []int{0, 3, 100} {
		var kept io.ReadCloser
		s := newSpy()
		s.begin, _ = readAhead(limit)
		post(t, s, middleware.Config{}, strings.NewReader("hello"), func(_ http.ResponseWriter, r *http.Request) { kept = r.Body })
		n, err := kept.Read(make([]byte, 10))
		require.Zero(t, n)
		require.Equal(t, http.ErrBodyReadAfterClose, err)
		require.NoError(t, kept.Close())
	}
}

func TestMaxBytesReader(t *testing.T) {
	for _, limit := range []int{0, 5, 100} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			s := newSpy()
			s.begin, _ = readAhead(limit)
			srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
				_, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 10))
				var tooBig *http.MaxBytesError
				if errors.As(err, &tooBig) && tooBig.Limit == 10 {
					w.WriteHeader(http.StatusRequestEntityTooLarge)
				}
			})
			res, _ := do(t, srv, "POST", "/", strings.NewReader("more than ten bytes"))
			require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
			require.Equal(t, 413, s.last().Status)
		})
	}
	t.Run("around us", func(t *testing.T) {
		s := newSpy()
		begin, got := readAhead(100)
		s.begin = begin
		var err error
		h := http.MaxBytesHandler(build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, err = io.ReadAll(r.Body)
		})), 4)
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("hello")))
		require.Equal(t, "hell", (*got)[0].bytes)
		var tooBig *http.MaxBytesError
		require.ErrorAs(t, (*got)[0].err, &tooBig)
		require.ErrorAs(t, err, &tooBig)
	})
}

// Chunked bodies, their trailers, announced or not, and HTTP/2.
func TestBodyOverTheWire(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		for _, limit := range []int{0, 4, 1000} {
			t.Run(fmt.Sprintf("http2=%v/limit=%d", h2, limit), func(t *testing.T) {
				s := newSpy()
				var length int64
				begin, _ := readAhead(limit)
				s.begin = func(ctx context.Context, x *traffic.Exchange) {
					length = x.Request.Length
					begin(ctx, x)
				}
				srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
					b, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					fmt.Fprintf(w, "%s %s", b, r.Trailer.Get("X-Sum"))
				}, func(srv *httptest.Server) { srv.EnableHTTP2 = h2 })
				r, err := http.NewRequest("POST", srv.URL, onlyReader{strings.NewReader("streamed body")})
				require.NoError(t, err)
				r.Trailer = http.Header{"X-Sum": {"42"}}
				res, err := srv.Client().Do(r)
				require.NoError(t, err)
				b, err := io.ReadAll(res.Body)
				require.NoError(t, err)
				require.NoError(t, res.Body.Close())
				require.Equal(t, "streamed body 42", string(b))
				x := s.last()
				require.EqualValues(t, -1, length)
				require.EqualValues(t, 13, x.In)
				if h2 {
					require.Equal(t, "2.0", x.Proto)
				}
			})
		}
	}
}

func TestUnannouncedTrailer(t *testing.T) {
	for _, limit := range []int{0, 100} {
		s := newSpy()
		s.begin, _ = readAhead(limit)
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, r.Trailer.Get("X-Sum"))
		})
		res := raw(t, srv, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n0\r\nX-Sum: 7\r\n\r\n")
		require.True(t, strings.HasSuffix(res, "7"), res)
	}
}

// raw sends bytes over a connection of its own and returns all that comes back.
func raw(t *testing.T, srv *httptest.Server, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck // the end of the test
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(c, request)
	require.NoError(t, err)
	b, err := io.ReadAll(c)
	require.NoError(t, err)
	return string(b)
}

// Reading ahead makes the client send a body it held back; not asking for the
// body does not.
func TestExpectContinue(t *testing.T) {
	f := func(limit int, blocked bool, wantContinue bool, wantStatus int) {
		t.Helper()
		s := newSpy()
		begin, got := readAhead(limit)
		s.begin = func(ctx context.Context, x *traffic.Exchange) {
			if blocked {
				block(ctx, x)
			}
			if limit > 0 {
				begin(ctx, x)
			}
		}
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusAccepted)
		})
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		defer c.Close() //nolint:errcheck // the end of the test
		_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
		require.NoError(t, err)
		br := bufio.NewReader(c)
		res, err := http.ReadResponse(br, nil)
		require.NoError(t, err)
		if wantContinue {
			require.Equal(t, http.StatusContinue, res.StatusCode)
			_, err = io.WriteString(c, "hello")
			require.NoError(t, err)
			res, err = http.ReadResponse(br, nil)
			require.NoError(t, err)
			require.Equal(t, "hello", (*got)[0].bytes)
		}
		require.Equal(t, wantStatus, res.StatusCode)
	}
	f(100, false, true, http.StatusAccepted)
	f(0, false, false, http.StatusAccepted)
	f(0, true, false, http.StatusForbidden)
}

// A client that goes away in the middle of its body.
func TestClientGoesAwayMidBody(t *testing.T) {
	for _, limit := range []int{0, 100} {
		s := newSpy()
		begin, got := readAhead(limit)
		s.begin = begin
		read := make(chan error, 1)
		srv := serve(t, build(t, s, middleware.Config{}), func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			read <- err
		})
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\npart")
		require.NoError(t, err)
		require.NoError(t, c.Close())
		require.ErrorIs(t, <-read, io.ErrUnexpectedEOF)
		x := s.last()
		require.True(t, x.Marks.Has(traffic.ClientGone))
		require.EqualValues(t, 4, x.In)
		if limit > 0 {
			require.Equal(t, ahead{"part", false, io.ErrUnexpectedEOF}, (*got)[0])
		}
	}
}

// 100 MB go through with the memory of the read-ahead.
func TestHugeBodyStreamsThrough(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 100 MB")
	}
	const size = 100 << 20
	s := newSpy()
	s.begin, _ = readAhead(64 << 10)
	var before, after runtime.MemStats
	srv := serve(t, build(t, s, middleware.Config{}), func(_ http.ResponseWriter, r *http.Request) {
		runtime.ReadMemStats(&before)
		_, _ = io.Copy(io.Discard, r.Body)
		runtime.ReadMemStats(&after)
	})
	do(t, srv, "POST", "/", io.LimitReader(zeros{}, size))
	x := s.last()
	require.EqualValues(t, size, x.In)
	require.True(t, x.Marks.Has(traffic.BodyTruncated))
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20), "allocated while streaming")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
