package middleware

import (
	"net/http"
	"net/netip"
	"testing"
	"unsafe"

	"github.com/chaperone-go/chaperone/traffic"
)

// Poison makes recycled buffers unreadable.
func Poison() { poison = true }

// Parsers of foreign bytes, for tables and fuzzing.
var (
	ParseNode      = parseNode
	PrefersHTML    = prefersHTML
	ParseRequestID = parseRequestID
	NewRequestID   = newRequestID
	JA3Of          = ja3Of
	JA4Of          = ja4Of
	LastForwarded  = lastForwarded
	CleanPath      = cleanPath
)

const (
	MaxHops   = maxHops
	MaxHello  = maxHello
	KeepBytes = keepBytes
	FlowBytes = unsafe.Sizeof(flow{})
)

// Find applies the rule to a request and normalises the result.
func (c ClientAddr) Find(t testing.TB, r *http.Request) netip.Addr {
	t.Helper()
	c, err := c.compile()
	if err != nil {
		t.Fatal(err)
	}
	return c.addr(r, peerOf(r))
}

// Err returns why the rule is refused.
func (c ClientAddr) Err() error {
	_, err := c.compile()
	return err
}

// FindApp compiles rules and applies them.
func FindApp(rules []AppRule, host, path string) (traffic.App, error) {
	t, err := compileApps(rules)
	if err != nil {
		return 0, err
	}
	return t.find(host, path), nil
}

// AppFinder compiles rules once.
func AppFinder(t testing.TB, rules []AppRule) func(host, path string) traffic.App {
	t.Helper()
	table, err := compileApps(rules)
	if err != nil {
		t.Fatal(err)
	}
	return table.find
}

// HelloReader feeds a helloReader chunk by chunk.
type HelloReader struct{ h helloReader }

func (r *HelloReader) Feed(b []byte) bool { return r.h.feed(b) }
func (r *HelloReader) Msg() []byte        { return r.h.msg }

// Finder returns the rule as a function.
func (c ClientAddr) Finder(t testing.TB) func(*http.Request) netip.Addr {
	t.Helper()
	c, err := c.compile()
	if err != nil {
		t.Fatal(err)
	}
	return func(r *http.Request) netip.Addr { return c.addr(r, peerOf(r)) }
}

// MaxRawJA3 is the longest raw JA3 that is read from a header.
const MaxRawJA3 = maxRawJA3
