package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
)

// from makes a request that arrived from remote with these header lines.
func from(remote, name string, lines ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = remote
	if len(lines) > 0 {
		r.Header[name] = lines
	}
	return r
}

func addr(s string) netip.Addr {
	if s == "" {
		return netip.Addr{}
	}
	return netip.MustParseAddr(s)
}

func TestDirect(t *testing.T) {
	f := func(remote, want string) {
		t.Helper()
		r := from(remote, "X-Forwarded-For", "9.9.9.9")
		require.Equal(t, addr(want), middleware.Direct().Find(t, r))
	}
	f("1.2.3.4:80", "1.2.3.4")
	f("[2001:db8::1]:80", "2001:db8::1")
	f("[::ffff:1.2.3.4]:80", "1.2.3.4") // unmapped: a list that names 1.2.3.4 must meet it
	f("[fe80::1%eth0]:80", "fe80::1")
	f("1.2.3.4", "1.2.3.4") // set by a middleware around us
	f("@", "")
	f("", "")
	f("garbage", "")
}

func TestFromHeader(t *testing.T) {
	rule := middleware.FromHeader("x-real-ip", "10.0.0.0/8", "2001:db8::/32", "192.0.2.7", "unix")
	f := func(name, remote, want string, lines ...string) {
		t.Helper()
		require.Equal(t, addr(want), rule.Find(t, from(remote, "X-Real-Ip", lines...)), name)
	}
	f("trusted", "10.1.1.1:1", "1.2.3.4", "1.2.3.4")
	f("trusted by IPv6", "[2001:db8::5]:1", "1.2.3.4", "1.2.3.4")
	f("trusted, mapped", "[::ffff:10.1.1.1]:1", "1.2.3.4", "1.2.3.4")
	f("a single address", "192.0.2.7:1", "1.2.3.4", "1.2.3.4")
	f("unix socket", "@", "1.2.3.4", "1.2.3.4")
	f("mapped value", "10.1.1.1:1", "1.2.3.4", "::ffff:1.2.3.4")
	f("with port", "10.1.1.1:1", "1.2.3.4", " 1.2.3.4:567\t")
	f("not trusted: the client's own words", "9.9.9.9:1", "9.9.9.9", "1.2.3.4")
	f("absent: the proxy itself", "10.1.1.1:1", "10.1.1.1")
	f("empty", "10.1.1.1:1", "", "")
	f("garbage", "10.1.1.1:1", "", "1.2.3.4.5")
	f("two values: one is the client's", "10.1.1.1:1", "", "6.6.6.6, 1.2.3.4")
	f("two lines: one is the client's", "10.1.1.1:1", "", "6.6.6.6", "1.2.3.4")
	f("a peer without an address is no unix socket", "garbage", "", "1.2.3.4")

	open := middleware.FromHeader("X-Real-IP", "0.0.0.0/0", "::/0")
	require.Equal(t, addr("1.2.3.4"), open.Find(t, from("9.9.9.9:1", "X-Real-Ip", "1.2.3.4")), "explicit trust in the network")
}

func TestXForwardedFor(t *testing.T) {
	rule := middleware.XForwardedFor("10.0.0.0/8", "fd00::/8", "unix")
	f := func(name, remote, want string, lines ...string) {
		t.Helper()
		require.Equal(t, addr(want), rule.Find(t, from(remote, "X-Forwarded-For", lines...)), name)
	}
	f("one proxy", "10.0.0.1:1", "1.2.3.4", "1.2.3.4")
	f("two proxies", "10.0.0.1:1", "1.2.3.4", "1.2.3.4, 10.0.0.2")
	f("forged", "10.0.0.1:1", "1.2.3.4", "6.6.6.6, 1.2.3.4, 10.0.0.2")
	f("forged with a trusted address", "10.0.0.1:1", "1.2.3.4", "10.9.9.9, 1.2.3.4")
	f("lines are one list", "10.0.0.1:1", "1.2.3.4", "6.6.6.6", "1.2.3.4", "10.0.0.2")
	f("peer not trusted", "9.9.9.9:1", "9.9.9.9", "1.2.3.4")
	f("unix socket", "", "1.2.3.4", "1.2.3.4")
	f("absent: the proxy itself", "10.0.0.1:1", "10.0.0.1")
	f("all trusted: the furthest", "10.0.0.1:1", "10.0.0.3", "10.0.0.3,10.0.0.2")
	f("IPv6, brackets and ports", "[fd00::1]:1", "2001:db8::1", "[2001:db8::1]:443, 10.0.0.2:80, fd00::2")
	f("mapped", "10.0.0.1:1", "1.2.3.4", "::ffff:1.2.3.4, ::ffff:10.0.0.2")
	f("garbage in the decisive place", "10.0.0.1:1", "", "1.2.3.4, unknown, 10.0.0.2")
	f("garbage from a client is never reached", "10.0.0.1:1", "1.2.3.4", "\x00<script>,,, 1.2.3.4")
	f("an empty element is garbage", "10.0.0.1:1", "", "1.2.3.4,")
	f("an empty header", "10.0.0.1:1", "", "")
	f("leading zeros are no address", "10.0.0.1:1", "", "01.02.03.04")
	f("a zone is no address", "10.0.0.1:1", "", "fe80::1%eth0")
	f("64 trusted proxies", "10.0.0.1:1", "", "1.2.3.4"+strings.Repeat(",10.0.0.2", middleware.MaxHops))
	f("63 trusted proxies", "10.0.0.1:1", "1.2.3.4", "1.2.3.4"+strings.Repeat(",10.0.0.2", middleware.MaxHops-1))
}

func TestXForwardedForCount(t *testing.T) {
	f := func(n int, want string, lines ...string) {
		t.Helper()
		rule := middleware.XForwardedForCount(n)
		require.Equal(t, addr(want), rule.Find(t, from("9.9.9.9:1", "X-Forwarded-For", lines...)))
	}
	f(1, "1.2.3.4", "1.2.3.4")
	f(1, "1.2.3.4", "6.6.6.6, 1.2.3.4")
	f(2, "1.2.3.4", "6.6.6.6, 1.2.3.4, 5.5.5.5")
	f(2, "1.2.3.4", "6.6.6.6, 1.2.3.4, whatever")
	f(2, "1.2.3.4", "6.6.6.6", "1.2.3.4", "5.5.5.5")
	f(2, "", "1.2.3.4")             // somebody came round the outer proxy
	f(2, "", "unknown, 5.5.5.5")    // no address
	f(1, "9.9.9.9")                 // a health check
	f(64, "", "1.2.3.4", "5.5.5.5") // fewer than proxies
}

func TestForwarded(t *testing.T) {
	rule := middleware.Forwarded("10.0.0.0/8")
	f := func(name, want string, lines ...string) {
		t.Helper()
		require.Equal(t, addr(want), rule.Find(t, from("10.0.0.1:1", "Forwarded", lines...)), name)
	}
	f("plain", "192.0.2.60", "for=192.0.2.60;proto=http;by=203.0.113.43")
	f("any order and case", "192.0.2.60", `proto=https ; By=_x; FOR = 1`, `Proto="ht\"t;p,s"; By=_x;For=192.0.2.60`)
	f("IPv6", "2001:db8:cafe::17", `For="[2001:db8:cafe::17]:4711"`)
	f("IPv6 without quotes", "2001:db8::1", `for=[2001:db8::1]`)
	f("IPv6 without brackets", "2001:db8::1", `for="2001:db8::1"`)
	f("port", "192.0.2.60", `for="192.0.2.60:80"`)
	f("obfuscated port", "192.0.2.60", `for="192.0.2.60:_http"`)
	f("quoted pairs", "192.0.2.60", `for="1\92.0\.2.60"`)
	f("chain", "192.0.2.60", `for=6.6.6.6, for=192.0.2.60, for=10.0.0.2`)
	f("lines", "192.0.2.60", `for=6.6.6.6`, `for=192.0.2.60`, `for=10.0.0.2`)
	f("trailing semicolon", "192.0.2.60", `for=192.0.2.60;`)
	f("obfuscated", "", "for=_hidden")
	f("unknown", "", "for=unknown, for=10.0.0.2")
	f("no for", "", "proto=https;by=1.2.3.4")
	f("two for", "", "for=1.2.3.4;for=5.6.7.8")
	f("empty", "", "")
	f("no value", "", "for=")
	f("no name", "", "=1.2.3.4")
	f("space in a name", "", "for =1.2.3.4")
	f("open quote by the client", "192.0.2.60", `for="6.6.6.6, for=192.0.2.60`)
	f("open quote by the client, closed in the proxy's part", "192.0.2.60", `for="6.6.6.6, for="192.0.2.60"`)
	f("escaped quote by the client", "192.0.2.60", `for="\", for="192.0.2.60"`)
	f("comma in quotes", "192.0.2.60", `for=6.6.6.6, for=192.0.2.60;ext="a,b\",c"`)
	f("text behind a quoted value", "", `for="1.2.3.4"x`)
	f("quote inside a token", "", `for=1.2"3.4`)
	f("unterminated", "", `for="1.2.3.4`)
	f("unterminated pair", "", `for="1.2.3.4\`)

	count := middleware.ForwardedCount(2)
	require.Equal(t, addr("1.2.3.4"), count.Find(t, from("9.9.9.9:1", "Forwarded", "for=6.6.6.6, for=1.2.3.4, for=5.5.5.5")))
	require.Equal(t, addr(""), count.Find(t, from("9.9.9.9:1", "Forwarded", "for=1.2.3.4")))
}

func TestFirstOf(t *testing.T) {
	rule := middleware.FirstOf(
		middleware.FromHeader("CF-Connecting-IP", "172.16.0.0/12"),
		middleware.XForwardedFor("10.0.0.0/8"),
	)
	f := func(remote, want string) {
		t.Helper()
		r := from(remote, "X-Forwarded-For", "2.2.2.2")
		r.Header.Set("CF-Connecting-IP", "1.1.1.1")
		require.Equal(t, addr(want), rule.Find(t, r))
	}
	f("172.16.0.1:1", "1.1.1.1")
	f("10.0.0.1:1", "2.2.2.2")
	f("9.9.9.9:1", "9.9.9.9")
}

func TestAddrFunc(t *testing.T) {
	rule := middleware.AddrFunc(func(r *http.Request) netip.Addr { return addr("::ffff:1.2.3.4") })
	require.Equal(t, addr("1.2.3.4"), rule.Find(t, from("9.9.9.9:1", "")), "normalised like all others")
}

func TestClientAddrIsChecked(t *testing.T) {
	f := func(rule middleware.ClientAddr, parts ...string) {
		t.Helper()
		for _, part := range append(parts, "Client: ") {
			require.ErrorContains(t, rule.Err(), part)
		}
	}
	f(middleware.ClientAddr{}, "not chosen")
	f(middleware.FromHeader("X-Real-IP"), "no trusted peers")
	f(middleware.FromHeader("X Real", "10.0.0.0/8"), `header "X Real"`)
	f(middleware.FromHeader("", "10.0.0.0/8"), "empty")
	f(middleware.XForwardedFor(), "XForwardedFor: no trusted peers")
	f(middleware.XForwardedFor("10.0.0.0/8", "10.0.0.0/99", "x"), "trusted[1]", "trusted[2]")
	f(middleware.XForwardedFor("10.0.0.1/8"), "write 10.0.0.0/8")
	f(middleware.XForwardedFor("::ffff:10.0.0.0/104"), "write the IPv4 prefix")
	f(middleware.XForwardedFor("0.0.0.0/0"), "lets every client choose", "XForwardedForCount")
	f(middleware.Forwarded("::/0"), "lets every client choose", "ForwardedCount")
	f(middleware.XForwardedForCount(0), "0 proxies", "use Direct")
	f(middleware.XForwardedForCount(65), "65 proxies")
	f(middleware.ForwardedCount(-1), "-1 proxies")
	f(middleware.FirstOf(), "no rule")
	f(middleware.FirstOf(middleware.Direct(), middleware.ClientAddr{}, middleware.XForwardedFor()), "FirstOf[1]", "FirstOf[2]")
	f(middleware.AddrFunc(nil), "nil")
}

// Ten thousand elements cost no more than the few that are looked at.
func TestHostileChains(t *testing.T) {
	long := strings.Repeat("10.0.0.2,", 10_000) + "10.0.0.2"
	lines := strings.Split(long, ",")
	for name, lines := range map[string][]string{"one line": {long}, "lines": lines} {
		rule := middleware.XForwardedFor("10.0.0.0/8")
		r := from("10.0.0.1:1", "X-Forwarded-For", lines...)
		require.False(t, rule.Find(t, r).IsValid(), name)
		allocs := testing.AllocsPerRun(10, func() { rule.Find(t, r) })
		require.Zero(t, allocs, name)
	}
	quotes := strings.Repeat(`"\`, 100_000)
	require.False(t, middleware.Forwarded("10.0.0.0/8").Find(t, from("10.0.0.1:1", "Forwarded", quotes)).IsValid())
	huge := `for="` + strings.Repeat(`\1`, 100_000) + `"`
	require.False(t, middleware.Forwarded("10.0.0.0/8").Find(t, from("10.0.0.1:1", "Forwarded", huge)).IsValid())
}

func TestParseNode(t *testing.T) {
	f := func(s, want string) {
		t.Helper()
		a, ok := middleware.ParseNode(s)
		require.Equal(t, want != "", ok, s)
		require.Equal(t, addr(want), a, s)
	}
	for s, want := range nodes {
		f(s, want)
	}
}

var nodes = map[string]string{
	"1.2.3.4":                   "1.2.3.4",
	" \t1.2.3.4 ":               "1.2.3.4",
	"1.2.3.4:80":                "1.2.3.4",
	"1.2.3.4:65535":             "1.2.3.4",
	"1.2.3.4:_p":                "1.2.3.4",
	"2001:db8::1":               "2001:db8::1",
	"[2001:db8::1]":             "2001:db8::1",
	"[2001:db8::1]:80":          "2001:db8::1",
	"::ffff:1.2.3.4":            "1.2.3.4",
	"::":                        "::",
	"":                          "",
	" ":                         "",
	"1.2.3.4:":                  "",
	"1.2.3.4:_":                 "",
	"1.2.3.4:x":                 "",
	"1.2.3.4:123456":            "",
	"[1.2.3.4]":                 "",
	"[2001:db8::1":              "",
	"[2001:db8::1]80":           "",
	"[]":                        "",
	"2001:db8::1]":              "",
	"2001:db8::1%1":             "",
	"1.2.3":                     "",
	"1.2.3.256":                 "",
	"0x1.2.3.4":                 "",
	"unknown":                   "",
	"dead":                      "",
	":80":                       "",
	"1.2.3.4, 5.6.7.8":          "",
	strings.Repeat("1", 65):     "",
	strings.Repeat(":", 64):     "",
	fmt.Sprintf("%070d.1.1", 1): "",
}
