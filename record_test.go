package chaperone_test

import (
	"context"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// keeper is a store that keeps the records as it gets them.
type keeper struct {
	session.Store
	records []traffic.Record
}

func (k *keeper) Append(_ context.Context, recs []traffic.Record) error {
	k.records = append(k.records, recs...)
	return nil
}

// settled returns the record of an exchange with this request.
func settled(t *testing.T, q traffic.Request) *traffic.Record {
	t.Helper()
	var k keeper
	g, err := chaperone.New(chaperone.Config{Replay: true, SessionStore: &k})
	require.NoError(t, err)
	x := traffic.Exchange{App: traffic.DefaultApp, Request: q}
	g.Begin(t.Context(), &x)
	x.Response.Status = 200
	g.End(t.Context(), &x)
	require.NoError(t, g.Close(t.Context()))
	require.Len(t, k.records, 1)
	return &k.records[0]
}

// net/http cuts method and target out of one text, the request line. A record
// waits in the queue and must not keep a megabyte of query alive meanwhile.
func TestRecordDoesNotKeepTheRequestLine(t *testing.T) {
	for _, method := range []string{"GET", "PURGE"} {
		line := method + " http://shop.example/orders/1?q=" + strings.Repeat("x", 1<<20)
		host := line[len(method)+8:][:len("shop.example")]
		target := line[len(method)+8+len(host):]
		r := settled(t, traffic.Request{Method: line[:len(method)], Host: host, Target: target})
		require.Equal(t, method, r.Method)
		require.Equal(t, "shop.example", r.Host)
		require.Equal(t, "/orders/1", r.Path)
		for name, text := range map[string]string{"Method": r.Method, "Host": r.Host, "Path": r.Path} {
			require.Falsef(t, within(text, line), "%s keeps the request line alive", name)
		}
	}
}

// A short line is shared: copying it would cost more than it keeps.
func TestRecordSharesShortLines(t *testing.T) {
	line := "GET /orders/1?q=1"
	r := settled(t, traffic.Request{Method: line[:3], Target: line[4:]})
	require.Equal(t, "/orders/1", r.Path)
	require.True(t, within(r.Path, line))
}

// within reports whether part is cut from whole.
func within(part, whole string) bool {
	p, w := uintptr(unsafe.Pointer(unsafe.StringData(part))), uintptr(unsafe.Pointer(unsafe.StringData(whole)))
	return p >= w && p < w+uintptr(len(whole))
}

func TestRecordBoundsWhatClientsChoose(t *testing.T) {
	long := strings.Repeat("A", 1<<20)
	r := settled(t, traffic.Request{Method: long, Host: long, Target: "/" + long})
	require.Len(t, r.Method, 32)
	require.Len(t, r.Host, 255)
	require.Len(t, r.Path, 2048)
}
