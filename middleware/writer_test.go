package middleware_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// The same answers with and without us, over HTTP/1.1 and HTTP/2, passing,
// captured and held: what the client gets must not differ.
func TestAnswersAreUnchanged(t *testing.T) {
	handlers := map[string]http.HandlerFunc{
		"nothing":      func(http.ResponseWriter, *http.Request) {},
		"body only":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") },
		"bytes":        func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"status only":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) },
		"redirect":     func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusFound) },
		"error":        func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusBadRequest) },
		"no content":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"not modified": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"superfluous":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); w.WriteHeader(500) },
		"status after": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")); w.WriteHeader(500) },
		"large":        func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, repeat(300_000)) },
		"many": func(w http.ResponseWriter, _ *http.Request) {
			for range 3000 {
				_, _ = io.WriteString(w, "0123456789")
			}
		},
		"flushed": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "b")
		},
		"flush first": func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); w.WriteHeader(500) },
		"read from": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, onlyReader{strings.NewReader(repeat(20_000))})
		},
		"header too late": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-A", "early")
			w.WriteHeader(200)
			w.Header().Set("X-A", "late")
			w.Header().Set("X-B", "late")
			_, _ = io.WriteString(w, "x")
		},
		"content length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "hello")
		},
		"too much": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, err1 := io.WriteString(w, "hello")
			_, err2 := io.WriteString(w, "!")
			w.Header().Set(http.TrailerPrefix+"X-Errors", fmt.Sprint(err1, err2))
		},
		"announced trailer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, "body")
			w.Header().Set("X-Sum", "42")
		},
		"trailer": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "body")
			w.(http.Flusher).Flush()
			w.Header().Set(http.TrailerPrefix+"X-Sum", "43")
		},
		"body where none may be": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			_, err := io.WriteString(w, "x")
			w.Header().Set(http.TrailerPrefix+"X-Error", fmt.Sprint(err))
		},
		"json": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"a":1}`)
		},
	}
	wants := map[string]traffic.Want{
		"passing":  {},
		"captured": {Limit: 4 << 10, Kinds: traffic.KindAny},
		"json":     {Limit: 4 << 10, Kinds: traffic.KindJSON},
		"held":     {Limit: 4 << 10, Kinds: traffic.KindAny, Hold: true},
		"header":   {Hold: true},
	}
	for _, h2 := range []bool{false, true} {
		for name, handler := range handlers {
			if h2 && name == "too much" {
				continue // clients take it for a broken connection
			}
			proto := func(srv *httptest.Server) { srv.EnableHTTP2, srv.Config.ErrorLog = h2, quiet }
			bare := httptest.NewUnstartedServer(handler)
			proto(bare)
			if h2 {
				bare.StartTLS()
			} else {
				bare.Start()
			}
			for _, method := range []string{"GET", "HEAD"} {
				wantRes, wantBody := do(t, bare, method, "/", nil)
				for how, wanted := range wants {
					t.Run(fmt.Sprintf("%s/%s/%s/http2=%v", name, method, how, h2), func(t *testing.T) {
						s := newSpy()
						s.begin = want(wanted.Limit, wanted.Kinds, wanted.Hold)
						res, body := do(t, serve(t, build(t, s, middleware.Config{}), handler, proto), method, "/", nil)
						x := s.last()
						require.Equal(t, wantRes.StatusCode, res.StatusCode)
						require.Equal(t, wantBody, body)
						require.Equal(t, header(wantRes), header(res))
						require.Equal(t, wantRes.ContentLength, res.ContentLength)
						require.Equal(t, wantRes.Trailer, res.Trailer)
						require.Equal(t, res.StatusCode, x.Status)
						require.EqualValues(t, len(body), x.Out)
						require.Equal(t, len(x.Body) == len(body), x.Whole)
						require.True(t, strings.HasPrefix(body, x.Body))
						if how == "captured" && method == "GET" {
							require.Equal(t, body[:min(len(body), 4<<10)], x.Body)
						}
					})
				}
			}
			bare.Close()
		}
	}
}

// header leaves out what differs from answer to answer.
func header(res *http.Response) http.Header {
	h := res.Header.Clone()
	h.Del("Date")
	return h
}

func TestCaptureByKind(t *testing.T) {
	f := func(contentType string, kinds traffic.Kinds, captured bool) {
		t.Helper()
		s := newSpy()
		s.begin = want(100, kinds, false)
		m := build(t, s, middleware.Config{})
		m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if contentType != "" {
				w.Header().Set("Content-Type", contentType)
			}
			_, _ = io.WriteString(w, "body")
		})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		x := s.last()
		require.Equal(t, captured, x.Body == "body")
		require.Equal(t, captured, x.Whole)
		require.EqualValues(t, 4, x.Out)
		require.Zero(t, x.Marks)
	}
	f("application/json", traffic.KindJSON, true)
	f("application/problem+json; charset=utf-8", traffic.KindJSON|traffic.KindXML, true)
	f("text/html", traffic.KindJSON, false)
	f("", traffic.KindJSON, false)
	f("", traffic.KindJSON|traffic.KindNone, true)
	f("image/png", traffic.KindAny, true)
	f("image/png", 0, false)
}

func TestCaptureLimit(t *testing.T) {
	f := func(limit int, c middleware.Config, n int, wantBody string, truncated bool) {
		t.Helper()
		s := newSpy()
		s.begin = want(limit, traffic.KindAny, false)
		rec := httptest.NewRecorder()
		build(t, s, c).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for i := range n {
				_, _ = w.Write([]byte{byte('a' + i)})
			}
		})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		x := s.last()
		require.Equal(t, wantBody, x.Body)
		require.Equal(t, truncated, x.Marks.Has(traffic.ResponseTruncated))
		require.Equal(t, !truncated && limit > 0 && c.CaptureLimit >= 0, x.Whole)
		require.Len(t, rec.Body.String(), n)
	}
	f(5, middleware.Config{}, 5, "abcde", false)
	f(5, middleware.Config{}, 6, "abcde", true)
	f(5, middleware.Config{CaptureLimit: 3}, 5, "abc", true)
	f(5, middleware.Config{CaptureLimit: -1}, 5, "", false)
	f(-5, middleware.Config{}, 5, "", false)
}

// A compressed body is captured as it goes over the wire.
func TestCaptureIsRaw(t *testing.T) {
	s := newSpy()
	s.begin = want(100, traffic.KindAny, false)
	build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write([]byte{0x1f, 0x8b, 8})
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	x := s.last()
	require.Equal(t, "\x1f\x8b\x08", x.Body)
	require.Equal(t, "gzip", x.Header.Get("Content-Encoding"))
}

// Server-sent events: each arrives while the handler still runs.
func TestFlushArrivesAtOnce(t *testing.T) {
	for _, hold := range []bool{false, true} {
		for _, h2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("hold=%v/http2=%v", hold, h2), func(t *testing.T) {
				s := newSpy()
				s.begin = want(1000, traffic.KindAny, hold)
				next := make(chan struct{})
				srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/event-stream")
					for i := range 3 {
						fmt.Fprintf(w, "data: %d\n\n", i)
						if i == 0 {
							w.(http.Flusher).Flush()
						} else if err := http.NewResponseController(w).Flush(); err != nil {
							t.Error(err)
						}
						<-next
					}
				}, func(srv *httptest.Server) { srv.EnableHTTP2 = h2 })
				res, err := srv.Client().Get(srv.URL)
				require.NoError(t, err)
				br := bufio.NewReader(res.Body)
				for i := range 3 {
					line, err := br.ReadString('\n')
					require.NoError(t, err)
					require.Equal(t, fmt.Sprintf("data: %d\n", i), line)
					_, _ = br.ReadString('\n')
					next <- struct{}{}
				}
				require.NoError(t, res.Body.Close())
				x := s.last()
				require.False(t, x.Held, "what was flushed cannot be withheld")
				require.Equal(t, "data: 0\n\ndata: 1\n\ndata: 2\n\n", x.Body)
			})
		}
	}
}

// A connection taken over, as for WebSocket.
func TestHijack(t *testing.T) {
	ways := map[string]func(http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error){
		"assertion": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) { return w.(http.Hijacker).Hijack() },
		"controller": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
			return http.NewResponseController(w).Hijack()
		},
	}
	for name, hijack := range ways {
		for _, hold := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/hold=%v", name, hold), func(t *testing.T) {
				s := newSpy()
				s.begin = want(1000, traffic.KindAny, hold)
				s.end = withhold
				srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
					c, rw, err := hijack(w)
					if err != nil {
						t.Error(err)
						return
					}
					defer c.Close() //nolint:errcheck // the end of the conversation
					_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
					_ = rw.Flush()
					line, _ := rw.ReadString('\n')
					_, _ = rw.WriteString("you said " + line)
					_ = rw.Flush()
					if _, err := w.Write([]byte("x")); err != http.ErrHijacked {
						t.Error(err)
					}
				})
				out := raw(t, srv, "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello\n")
				require.True(t, strings.HasSuffix(out, "you said hello\n"), out)
				x := s.last()
				require.Equal(t, 101, x.Status)
				require.True(t, x.Marks.Has(traffic.Hijacked))
				require.False(t, x.Held)
				require.False(t, x.Whole)
			})
		}
	}
	t.Run("without an upgrade", func(t *testing.T) {
		s := newSpy()
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = c.Close()
			}
		})
		require.Empty(t, raw(t, srv, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
		require.Equal(t, 0, s.last().Status)
	})
	t.Run("after a held status", func(t *testing.T) {
		s := newSpy()
		s.begin = want(1000, traffic.KindAny, true)
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2")
			w.WriteHeader(http.StatusOK)
			c, rw, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = rw.WriteString("ok")
			_ = rw.Flush()
			_ = c.Close()
		})
		out := raw(t, srv, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		require.True(t, strings.HasPrefix(out, "HTTP/1.1 200"), out)
		require.True(t, strings.HasSuffix(out, "\r\n\r\nok"), out)
		require.Equal(t, 200, s.last().Status)
	})
	t.Run("not possible", func(t *testing.T) {
		s := newSpy()
		s.begin, s.end = want(1000, traffic.KindAny, true), withhold
		rec := httptest.NewRecorder()
		build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _, err := http.NewResponseController(w).Hijack()
			require.ErrorIs(t, err, http.ErrNotSupported)
			_, _ = io.WriteString(w, "secret")
		})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, 403, rec.Code, "a failed hijack does not end holding")
	})
}

// Files: counted to the byte, whether copied by us, by the server, or by the
// kernel.
func TestReadFrom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.bin")
	content := repeat(1 << 20)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	for name, wanted := range map[string]traffic.Want{
		"passing":         {},
		"captured":        {Limit: 10_000, Kinds: traffic.KindAny},
		"unfit":           {Limit: 10_000, Kinds: traffic.KindJSON},
		"held":            {Limit: 10_000, Kinds: traffic.KindAny, Hold: true},
		"held as a whole": {Limit: 2 << 20, Kinds: traffic.KindAny, Hold: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSpy()
			s.begin = want(wanted.Limit, wanted.Kinds, wanted.Hold)
			srv := serve(t, build(t, s, middleware.Config{CaptureLimit: 4 << 20}), func(w http.ResponseWriter, r *http.Request) {
				if _, ok := w.(io.ReaderFrom); !ok {
					t.Error("no ReadFrom")
				}
				http.ServeFile(w, r, path)
			})
			res, body := get(t, srv, "/")
			require.EqualValues(t, len(content), res.ContentLength)
			require.True(t, body == content)
			x := s.last()
			require.EqualValues(t, len(content), x.Out)
			if name == "captured" || name == "held" {
				require.Equal(t, content[:10_000], x.Body)
				require.True(t, x.Marks.Has(traffic.ResponseTruncated))
			}
			require.Equal(t, name == "held as a whole", x.Held)
			require.Equal(t, name == "held as a whole", x.Whole)
			res, body = get(t, srv, "/", "Range", "bytes=5-9")
			require.Equal(t, http.StatusPartialContent, res.StatusCode)
			require.Equal(t, content[5:10], body)
			require.EqualValues(t, 5, s.last().Out)
		})
	}
	t.Run("a source that fails at once leaves the status open", func(t *testing.T) {
		s := newSpy()
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
			if _, err := io.Copy(w, onlyReader{failing{}}); err != nil {
				http.Error(w, "no", http.StatusBadGateway)
			}
		})
		res, _ := get(t, srv, "/")
		require.Equal(t, 502, res.StatusCode)
		require.Equal(t, 502, s.last().Status)
	})
	t.Run("a source that fails is reported", func(t *testing.T) {
		s := newSpy()
		s.begin = want(100, traffic.KindAny, true)
		rec := httptest.NewRecorder()
		build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n, err := io.Copy(w, onlyReader{io.MultiReader(strings.NewReader("abc"), failing{})})
			require.EqualValues(t, 3, n)
			require.Equal(t, io.ErrClosedPipe, err)
		})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, "abc", rec.Body.String())
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Deadlines reach the connection.
func TestResponseController(t *testing.T) {
	s := newSpy()
	s.begin = want(1000, traffic.KindAny, true)
	srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		for _, err := range []error{
			rc.SetWriteDeadline(time.Now().Add(time.Hour)), rc.EnableFullDuplex(),
			rc.SetReadDeadline(time.Now().Add(-time.Second)),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		_, err := io.ReadAll(r.Body)
		fmt.Fprint(w, err != nil)
	})
	out := raw(t, srv, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5\r\n\r\n")
	require.True(t, strings.HasSuffix(out, "true"), "the read deadline had passed: %s", out)
}

// Early hints go out at once, even when the answer is held, and are not the
// final status.
func TestEarlyHints(t *testing.T) {
	for _, hold := range []bool{false, true} {
		s := newSpy()
		s.begin = want(1000, traffic.KindAny, hold)
		hinted := make(chan struct{})
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</a.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			<-hinted
			w.Header().Set("X-A", "b")
			w.WriteHeader(http.StatusAccepted)
		})
		hints := 0
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
				if code == http.StatusEarlyHints && h.Get("Link") != "" {
					hints++
				}
				close(hinted)
				return nil
			},
		})
		r, err := http.NewRequestWithContext(ctx, "GET", srv.URL, nil)
		require.NoError(t, err)
		res, err := srv.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, 1, hints)
		require.Equal(t, http.StatusAccepted, res.StatusCode)
		require.Equal(t, http.StatusAccepted, s.last().Status)
	}
}

// A status code that is none: the original objects, in every state.
func TestInvalidStatus(t *testing.T) {
	for _, hold := range []bool{false, true} {
		for _, code := range []int{0, 42, 1000, -1} {
			s := newSpy()
			s.begin = want(1000, traffic.KindAny, hold)
			require.PanicsWithValue(t, fmt.Sprintf("invalid WriteHeader code %d", code), func() {
				build(t, s, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(code)
				})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			})
			require.Equal(t, 500, s.last().Status)
		}
	}
}

// The client is gone: writes fail, End still runs.
func TestClientGoneWhileWriting(t *testing.T) {
	for _, hold := range []bool{false, true} {
		s := newSpy()
		s.begin = want(1000, traffic.KindAny, hold)
		failed := make(chan error, 1)
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := io.WriteString(w, repeat(64<<10)); err != nil {
					<-r.Context().Done()
					failed <- err
					return
				}
			}
		})
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 100))
		require.NoError(t, err)
		require.NoError(t, c.Close())
		require.Error(t, <-failed)
		require.True(t, s.last().Marks.Has(traffic.ClientGone))
	}
}

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
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("body")))
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

func TestCloseNotify(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	build(t, newSpy(), middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		gone := w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
		select {
		case <-gone:
			t.Error("too early")
		default:
		}
		cancel()
		require.True(t, <-gone)
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx))
}
