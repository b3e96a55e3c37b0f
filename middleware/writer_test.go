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
	"strings"
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
