package chaperone_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// These tests send what no good client sends, over real TCP, and look at
// three things: the application gets what it would have got without us, the
// record says what was unusual, and nothing of ours panics.

// wire is a house behind a real server.
type wire struct {
	*house
	server *httptest.Server
}

func newWire(t *testing.T, cfg chaperone.Config) *wire {
	h := newHouse(t, cfg)
	s := httptest.NewServer(h.handler)
	t.Cleanup(s.Close)
	return &wire{h, s}
}

func (w *wire) addr() string { return w.server.Listener.Addr().String() }

// one waits for the single record and returns it.
func (w *wire) one() *traffic.Record {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return w.guard.Stats().Recorded > 0 }, 10*time.Second, time.Millisecond)
	all := w.records()
	require.Len(w.t, all, 1)
	require.Zero(w.t, w.guard.Stats().Panics)
	return all[0]
}

var bodyKeys = chaperone.Policy{Parameters: []session.Parameter{
	{Name: "token", Path: "REQUEST → BODY → JSON → PROPERTY → token", Key: true},
	{Name: "in response", Path: "RESPONSE → BODY → JSON → PROPERTY → token", Key: true},
}}

// digest is a handler that answers the hash of the body it read.
func digest(w http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	n, err := io.Copy(sum, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%d %x", n, sum.Sum(nil))
}

func TestHundredMegabytesPassThroughUnchanged(t *testing.T) {
	w := newWire(t, chaperone.Config{Policy: bodyKeys})
	w.answer = digest
	const size = 100 << 20
	want := sha256.New()
	body := io.TeeReader(io.LimitReader(&pattern{}, size), want)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	resp, err := http.Post(w.server.URL, "application/json", body)
	require.NoError(t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Equal(t, fmt.Sprintf("%d %x", size, want.Sum(nil)), string(got))
	require.Less(t, after.HeapInuse, before.HeapInuse+32<<20, "the body is streamed, not kept")
	r := w.one()
	require.EqualValues(t, size, r.BytesIn)
	require.True(t, r.Marks.Has(traffic.BodyTruncated), "more than the read-ahead is said to be unseen")
}

// pattern is an endless reader of text without a JSON value in it.
type pattern struct{ n int }

func (p *pattern) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte('a' + p.n%23)
		p.n++
	}
	return len(b), nil
}

func TestDecompressionBomb(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, err := io.Copy(z, io.LimitReader(zeros{}, 64<<20))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	w := newWire(t, chaperone.Config{Policy: bodyKeys})
	w.answer = digest
	r, err := http.NewRequest(http.MethodPost, w.server.URL, bytes.NewReader(bomb.Bytes()[:min(bomb.Len(), 60<<10)]))
	require.NoError(t, err)
	r.Header.Set("Content-Encoding", "gzip")
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
	require.True(t, w.one().Marks.Has(traffic.LimitMet), "the bomb was cut off")
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func TestTenThousandParametersAndHeaders(t *testing.T) {
	seen := 0
	count := chaperone.DetectorFunc(func(_ *traffic.Exchange, v point.Value) { seen++ })
	w := newWire(t, chaperone.Config{Detectors: []chaperone.Detector{count}})
	target := "/?" + strings.Repeat("a=1&", 10_000) + "sid=x"
	resp, err := http.Get(w.server.URL + target)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
	require.True(t, w.one().Marks.Has(traffic.LimitMet))
	require.LessOrEqual(t, seen, 20_100, "values and names are bounded")
}

func TestInvalidUTF8(t *testing.T) {
	w := newWire(t, chaperone.Config{Policy: bodyKeys})
	w.answer = digest
	body := "{\"token\":\"a\xff\xfeb\",\"x\xc0\":1}"
	resp, err := http.Post(w.server.URL+"/%ff%fe", "application/json", strings.NewReader(body))
	require.NoError(t, err)
	resp.Body.Close()
	r := w.one()
	require.Equal(t, traffic.OwnKey, r.Session.Key.Source, "a value that is no UTF-8 is still a value")
	require.Equal(t, "/%ff%fe", r.Path)
}

func TestClientThatGoesAwayMidBody(t *testing.T) {
	w := newWire(t, chaperone.Config{Policy: bodyKeys})
	w.answer = digest
	conn, err := net.Dial("tcp", w.addr())
	require.NoError(t, err)
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"token\":\"aaa\",")
	require.NoError(t, conn.Close())
	r := w.one()
	require.Equal(t, traffic.OwnKey, r.Session.Key.Source, "what was readable was read")
	require.Equal(t, 400, r.Status, "the handler met the broken body itself")
}

func TestSlowBody(t *testing.T) {
	w := newWire(t, chaperone.Config{Policy: bodyKeys})
	w.answer = digest
	body, feed := io.Pipe()
	go func() {
		for _, piece := range []string{`{"tok`, `en":"a`, `aa"}`} {
			if _, err := io.WriteString(feed, piece); err != nil {
				return
			}
		}
		feed.Close()
	}()
	resp, err := http.Post(w.server.URL, "application/json", body)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, traffic.OwnKey, w.one().Session.Key.Source)
}

func TestHandlerThatPanics(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"before writing": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"after writing": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(w, "half")
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, chaperone.Config{Policy: bodyKeys})
			w.answer = answer
			resp, err := http.Get(w.server.URL)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			require.Error(t, err, "the client sees the panic as it would without us")
			r := w.one()
			require.True(t, r.Marks.Has(traffic.Panicked))
		})
	}
}

func TestHijackedConnection(t *testing.T) {
	w := newWire(t, chaperone.Config{Policy: bodyKeys})
	w.answer = func(rw http.ResponseWriter, _ *http.Request) {
		conn, buf, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = buf.WriteString("HTTP/1.1 101 Switching Protocols\r\n\r\nhello")
		_ = buf.Flush()
	}
	conn, err := net.Dial("tcp", w.addr())
	require.NoError(t, err)
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
	all, err := io.ReadAll(bufio.NewReader(conn))
	require.True(t, err == nil || errors.Is(err, io.EOF))
	require.Contains(t, string(all), "101")
	require.Contains(t, string(all), "hello")
	require.True(t, w.one().Marks.Has(traffic.Hijacked))
}

func TestDeniedSessionKnownOnlyFromTheAnswer(t *testing.T) {
	w := newWire(t, chaperone.Config{Policy: bodyKeys})
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, `{"token":"aaa"}`)
	}
	get := func() (int, string) {
		resp, err := http.Get(w.server.URL)
		require.NoError(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(b)
	}
	status, body := get()
	require.Equal(t, 200, status)
	require.JSONEq(t, `{"token":"aaa"}`, body)
	w.list(denySession(w.one().Session.ID))
	status, body = get()
	require.Equal(t, 403, status, "the answer is withheld")
	require.NotContains(t, body, "token", "nothing of the answer is left")
	r := w.records()[1]
	require.True(t, r.Verdict.Withheld)
	require.Equal(t, traffic.SessionDenied, r.Verdict.Reason)
}
