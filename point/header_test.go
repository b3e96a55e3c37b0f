package point_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestHeaders(t *testing.T) {
	x := &traffic.Exchange{Request: traffic.Request{Host: "shop.example", Header: traffic.Header{
		"X-Token": {"t1", "t2"}, "Accept": {"*/*"}, "Bad": {"\xff\x00"}, "Empty": {""}, "None": {},
	}}}
	f := func(path string, found traffic.Found, want string, count int) {
		t.Helper()
		got, _ := look(t, x, "REQUEST>HEADER>"+path)
		require.Equal(t, found, got.Found, path)
		require.Equal(t, want, string(got.Text), path)
		require.Equal(t, count, got.Count, path)
	}
	f("x-token", traffic.Present, "t1", 2)
	f("X-TOKEN>ITEM>0", traffic.Present, "t1", 1)
	f("X-TOKEN>ITEM>1", traffic.Present, "t2", 1)
	f("X-TOKEN>ITEM>2", traffic.Absent, "", 0)
	f("X-TOKEN>ITEM>ALL", traffic.Present, "t1", 2)
	f("X-TOKEN>POLLUTION", traffic.Present, "t1,t2", 1)
	f("ACCEPT>POLLUTION", traffic.Absent, "", 0)
	f("HOST", traffic.Present, "shop.example", 1)
	f("BAD", traffic.Present, "\xff\x00", 1)
	f("EMPTY", traffic.Present, "", 1)
	f("NONE", traffic.Absent, "", 0)
	f("OTHER", traffic.Absent, "", 0)
	f("ALL", traffic.Present, "shop.example", 6) // Host comes first, the others by name
	f("NAMES", traffic.Present, "Host", 6)

	v := new(witness)
	s := scanned(new(point.Set).Compile(point.Limits{}), v, x)
	require.Equal(t, []string{
		"REQUEST → HEADER → HOST = shop.example", "REQUEST → HEADER → ACCEPT = */*", "REQUEST → HEADER → BAD = \xff\x00",
		"REQUEST → HEADER → EMPTY = ", "REQUEST → HEADER → X-TOKEN = t1", "REQUEST → HEADER → X-TOKEN → ITEM → 1 = t2",
	}, v.values[3:])
	require.Equal(t, "REQUEST → HEADER → HOST = Host", v.names[0])
	require.Zero(t, s.Marks())
}

func TestManyHeaders(t *testing.T) {
	h := traffic.Header{"X-Token": {"aaa"}, "Zzz": {"last"}}
	for i := range 10_000 {
		h[fmt.Sprintf("X-%05d", i)] = []string{"v"}
	}
	x := &traffic.Exchange{Request: traffic.Request{Header: h}}
	r, s := look(t, x, "REQUEST>HEADER>ZZZ")
	require.Equal(t, "last", string(r.Text))
	require.Zero(t, s.Marks(), "a lookup does not care how many others there are")

	c := new(census)
	set := new(point.Set)
	last, every := set.Reserve(point.MustParsePath("REQUEST>HEADER>ZZZ")), set.Reserve(point.MustParsePath("REQUEST>HEADER>ALL"))
	s = scanned(set.Compile(point.Limits{}), c, x)
	require.Equal(t, 1000+3, c.values, "and method, URI, action")
	require.Equal(t, 1000, c.names)
	require.Equal(t, traffic.LimitMet, s.Marks())
	require.Equal(t, "last", string(s.Get(last).Text), "who watches does not change what is found")
	require.Equal(t, 1001, s.Get(every).Count)

	// One field ten thousand times.
	x.Request.Header = traffic.Header{"X-Token": make([]string, 10_000)}
	r, s = look(t, x, "REQUEST>HEADER>X-TOKEN")
	require.Equal(t, 10_000, r.Count)
	require.Zero(t, s.Marks())
	r, s = look(t, x, "REQUEST>HEADER>X-TOKEN>POLLUTION")
	require.Equal(t, traffic.TooLarge, r.Found, "9,999 commas")
	require.Equal(t, traffic.LimitMet, s.Marks())
}

func TestKnownBesides(t *testing.T) {
	x := &traffic.Exchange{App: traffic.DefaultApp}
	x.Client = traffic.Client{Addr: netip.MustParseAddr("2001:db8::1"), UserAgent: "curl/8", JA3: "three"}
	x.Request = traffic.Request{Method: "PATCH", Proto: "2.0", Scheme: "https"}
	x.Response.Status = 404
	f := func(path, want string) {
		t.Helper()
		got, _ := look(t, x, path)
		require.Equal(t, want, string(got.Text), path)
		require.Equal(t, want != "", got.Found == traffic.Present, path)
	}
	f("REQUEST>METHOD", "PATCH")
	f("REQUEST>PROTO", "2.0")
	f("REQUEST>SCHEME", "https")
	f("REQUEST>APPLICATION", "-1")
	f("REQUEST>IP", "2001:db8::1")
	f("REQUEST>USER_AGENT", "curl/8")
	f("REQUEST>FINGERPRINT", "three")
	f("RESPONSE>STATUS", "404")
	x.Client.JA4 = "four"
	f("REQUEST>FINGERPRINT", "four")
	x.Client, x.Response.Status, x.App = traffic.Client{}, 0, 12
	f("REQUEST>APPLICATION", "12")
	f("REQUEST>IP", "")
	f("REQUEST>USER_AGENT", "")
	f("REQUEST>FINGERPRINT", "")
	f("RESPONSE>STATUS", "")

	v := new(witness)
	scanned(new(point.Set).Compile(point.Limits{}), v, x)
	require.Equal(t, "REQUEST → METHOD = PATCH|REQUEST → URI = |REQUEST → ACTION_NAME = ", strings.Join(v.values, "|"),
		"only what the client sent")
}

func TestResponseHead(t *testing.T) {
	x := exchange(t, "GET / HTTP/1.1\nHost: a\n", "HTTP/1.1 302 Found\nLocation: /home\nX-Session: s1\nSet-Cookie: sid=abc; Path=/\nCookie: odd=1\n")
	got, _ := look(t, x, "RESPONSE>HEADER>X-SESSION")
	require.Equal(t, "s1", string(got.Text))
	got, _ = look(t, x, "RESPONSE>COOKIE>sid")
	require.Equal(t, "abc", string(got.Text))
	got, _ = look(t, x, "RESPONSE>HEADER>SET-COOKIE")
	require.Equal(t, "sid=abc; Path=/", string(got.Text))
	got, _ = look(t, x, "REQUEST>HEADER>X-SESSION")
	require.Equal(t, traffic.Absent, got.Found)
	v := new(witness)
	scanned(new(point.Set).Compile(point.Limits{}), v, x)
	require.Contains(t, v.values, "RESPONSE → COOKIE → sid = abc")
	require.Contains(t, v.values, "RESPONSE → HEADER → COOKIE = odd=1")
	require.NotContains(t, strings.Join(v.values, "\n"), "SET-COOKIE")
}
