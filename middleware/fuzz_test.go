package middleware_test

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

func FuzzParseNode(f *testing.F) {
	for s := range nodes {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, ok := middleware.ParseNode(s)
		if !ok {
			return
		}
		require.True(t, a.IsValid())
		require.Equal(t, traffic.NormalAddr(a), a)
		// With the ornaments proxies add it is the same address.
		again, ok := middleware.ParseNode(" " + netip.AddrPortFrom(a, 80).String())
		require.True(t, ok)
		require.Equal(t, a, again)
	})
}

// Whatever a client puts into X-Forwarded-For, in one line or several, the
// address a trusted proxy appends is the one that counts; and the walk from
// the right agrees with a naive reading from the left.
func FuzzXForwardedFor(f *testing.F) {
	for _, s := range []string{"", "1.2.3.4", "10.0.0.2, 10.0.0.3", ",,,", "unknown", "a\n10.0.0.1", "[::1]:80,::ffff:10.0.0.1"} {
		f.Add(s)
	}
	rule := middleware.XForwardedFor("10.0.0.0/8")
	f.Fuzz(func(t *testing.T, s string) {
		lines := strings.Split(s, "\n")
		got := rule.Find(t, from("10.0.0.1:1", "X-Forwarded-For", lines...))
		require.Equal(t, naiveXFF(lines), got)

		appended := slices.Clone(lines)
		appended[len(lines)-1] += ", 203.0.113.9"
		require.Equal(t, addr("203.0.113.9"), rule.Find(t, from("10.0.0.1:1", "X-Forwarded-For", appended...)))
		require.Equal(t, addr("203.0.113.9"), rule.Find(t, from("10.0.0.1:1", "X-Forwarded-For", append(lines, "203.0.113.9")...)))
	})
}

// naiveXFF is surely right: join, split, look from the right.
func naiveXFF(lines []string) netip.Addr {
	all := strings.Split(strings.Join(lines, ","), ",")
	furthest := addr("10.0.0.1")
	for i, elem := range slices.Backward(all) {
		a, ok := middleware.ParseNode(elem)
		if !ok || len(all)-i > middleware.MaxHops {
			return netip.Addr{}
		}
		if !netip.MustParsePrefix("10.0.0.0/8").Contains(a) {
			return a
		}
		furthest = a
	}
	if len(all) >= middleware.MaxHops {
		return netip.Addr{}
	}
	return furthest
}

// The same promise for Forwarded, where a client may also try quotes.
func FuzzForwarded(f *testing.F) {
	for _, s := range []string{
		"", "for=1.2.3.4", `for="[2001:db8::1]:80";proto=http`, `for="`, `for="\`, `"`, `\"`, `for=1.2.3.4;for=2.2.2.2`, "for=_x,for=unknown",
		`a="b,c";for=10.0.0.2`, "for=10.0.0.2\nfor=10.0.0.3", `for="1\0.0.0.2"`,
	} {
		f.Add(s)
	}
	rule := middleware.Forwarded("10.0.0.0/8")
	f.Fuzz(func(t *testing.T, s string) {
		lines := strings.Split(s, "\n")
		a := rule.Find(t, from("10.0.0.1:1", "Forwarded", lines...))
		require.Equal(t, traffic.NormalAddr(a), a)
		for _, proxy := range []string{`for=203.0.113.9`, `for="203.0.113.9:80";by="_a,\"b"`, `proto=https; For="\203.0.113.9"`} {
			appended := slices.Clone(lines)
			appended[len(lines)-1] += ", " + proxy
			require.Equal(t, addr("203.0.113.9"), rule.Find(t, from("10.0.0.1:1", "Forwarded", appended...)), proxy)
		}
	})
}

func FuzzAccept(f *testing.F) {
	for s := range accepts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		html := middleware.PrefersHTML([]string{s})
		require.Equal(t, html, middleware.PrefersHTML([]string{strings.ToUpper(s)}) || html && !isASCII(s), "case does not matter")
		if len(s) == 0 {
			require.False(t, html)
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}

func FuzzRequestID(f *testing.F) {
	f.Add("0123456789abcdef0123456789abcdef")
	f.Add("01234567-89ab-cdef-0123-456789abcdef")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := middleware.ParseRequestID(s)
		require.Equal(t, ok, !id.IsZero())
		if ok {
			require.Equal(t, strings.ToLower(strings.ReplaceAll(s, "-", "")), id.String())
		}
	})
}

func FuzzFingerprintHeaders(f *testing.F) {
	f.Add("ada70206e40642a3e4461f35503241d5")
	f.Add("769,47-53-5,0-10-11,23-24-25,0")
	f.Add("t13d1516h2_8daaf6152771_e5627efa2ab1")
	f.Fuzz(func(t *testing.T, s string) {
		if ja3 := middleware.JA3Of(s); ja3 != "" {
			require.Regexp(t, `^[0-9a-f]{32}$`, ja3)
		}
		if ja4 := middleware.JA4Of(s); ja4 != "" {
			require.Regexp(t, `^[0-9A-Za-z]{10}_[0-9a-fA-F]{12}_[0-9a-fA-F]{12}$`, ja4)
		}
	})
}

// Bytes of a connection, in reads of any size: never a panic, the same result
// however they are cut, bounded memory.
func FuzzClientHello(f *testing.F) {
	msg := helloBytes(exampleHello())
	f.Add(records(msg, len(msg)), 1000)
	f.Add(records(msg, 3), 2)
	f.Add(records(helloBytes(middleware.ClientHello{Version: 0x0301, Ciphers: []uint16{5}}), 100), 1)
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), 5)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		var whole, parts middleware.HelloReader
		done := whole.Feed(stream)
		for part := range slices.Chunk(stream, max(1, min(size, 1<<20))) {
			if parts.Feed(part) {
				break
			}
		}
		require.Equal(t, whole.Msg(), parts.Msg())
		require.LessOrEqual(t, cap(whole.Msg()), 2*middleware.MaxHello)
		if !done {
			return
		}
		h, err := middleware.ParseClientHello(whole.Msg())
		if err != nil {
			return
		}
		require.Len(t, h.JA3(), 32)
		if raw := h.JA3Raw(); len(raw) <= middleware.MaxRawJA3 {
			require.Equal(t, middleware.JA3Of(raw), h.JA3())
		}
		require.Equal(t, h.JA4(), middleware.JA4Of(h.JA4()))
		require.NotEmpty(t, h.JA4Raw())
	})
}

func FuzzApps(f *testing.F) {
	f.Add("www.example.com:80", "/api/../admin")
	f.Add("[::1]:80", "//")
	f.Add("", "")
	find := middleware.AppFinder(f, []middleware.AppRule{
		{Host: "*.example.com", Path: "/admin", App: 1}, {Host: "[::1]", App: 2}, {Path: "/api", App: 3},
	})
	f.Fuzz(func(t *testing.T, host, path string) {
		app := find(host, path)
		require.Contains(t, []traffic.App{1, 2, 3, traffic.DefaultApp}, app)
		require.Equal(t, app, find(strings.ToUpper(host), path) /* case does not matter */, host)
		require.Equal(t, middleware.CleanPath(path), middleware.CleanPath(middleware.CleanPath(path)))
	})
}

// The target of any request line the server accepts.
func FuzzTarget(f *testing.F) {
	f.Add("/a?b", "GET")
	f.Add("http://h/x", "GET")
	f.Add("h:443", "CONNECT")
	s := newSpy()
	m, err := middleware.New(s, middleware.Config{Client: middleware.Direct()})
	require.NoError(f, err)
	h := m.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	f.Fuzz(func(t *testing.T, uri, method string) {
		r := from("1.2.3.4:5", "")
		r.RequestURI, r.Method = uri, method
		h.ServeHTTP(&sink{http.Header{}}, r)
		require.NotEmpty(t, s.last().Target)
	})
}
