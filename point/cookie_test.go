package point_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// withCookies is a request with Cookie headers.
func withCookies(lines ...string) *traffic.Exchange {
	return &traffic.Exchange{Request: traffic.Request{Header: traffic.Header{"Cookie": lines}}}
}

// setting is a response with Set-Cookie headers.
func setting(lines ...string) *traffic.Exchange {
	x := &traffic.Exchange{Time: time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)}
	x.Response.Header = traffic.Header{"Set-Cookie": lines}
	return x
}

func TestCookies(t *testing.T) {
	f := func(line, name string, found traffic.Found, want string) {
		t.Helper()
		got, _ := look(t, withCookies(line), "REQUEST>COOKIE>"+name)
		require.Equal(t, found, got.Found, line)
		require.Equal(t, want, string(got.Text), line)
	}
	f("a=1; b=2", "b", traffic.Present, "2")
	f("a=1;b=2", "b", traffic.Present, "2")
	f(" \ta = 1 ; b=2 ", "a", traffic.Present, " 1")
	f(`a="quoted"`, "a", traffic.Present, "quoted")
	f(`a="`, "a", traffic.Undecodable, "")
	f("a=x=y", "a", traffic.Present, "x=y")
	f("a", "a", traffic.Present, "")
	f("a=", "a", traffic.Present, "")
	f("a=1; a=2", "a", traffic.Present, "1")
	f("a=1; a=2", "a>ITEM>1", traffic.Present, "2")
	f("a=1; a=2", "a>POLLUTION", traffic.Present, "1,2")
	f("a=\xff", "a", traffic.Undecodable, "")
	f(`a=x\y; a=2`, "a", traffic.Present, "2")
	f("a b=1", `"a b"`, traffic.Undecodable, "")
	f("A=1", "a", traffic.Absent, "")
	f(";;;", "a", traffic.Absent, "")
	f("a=eyJhIjoieCJ9", "a>BASE64>JSON>PROPERTY>a", traffic.Present, "x")

	got, _ := look(t, withCookies("a=1", "b=2; a=3"), "REQUEST>COOKIE>a")
	require.Equal(t, "1", string(got.Text))
	require.Equal(t, 2, got.Count, "all lines count")
	raw, _ := look(t, withCookies("a=1; b=2"), "REQUEST>HEADER>COOKIE")
	require.Equal(t, "a=1; b=2", string(raw.Text))
}

func TestManyCookies(t *testing.T) {
	line := strings.Repeat("x=y; ", 12_000) + "sid=abc"
	r, s := look(t, withCookies(line), "REQUEST>COOKIE>sid")
	require.Equal(t, "abc", string(r.Text))
	require.Zero(t, s.Marks())
	c := new(census)
	set := new(point.Set)
	slot := set.Reserve(point.MustParsePath("REQUEST>COOKIE>sid"))
	s = scanned(set.Compile(point.Limits{}), c, withCookies(line))
	require.Equal(t, 10_000, c.values+c.names)
	require.Equal(t, traffic.LimitMet, s.Marks())
	require.Equal(t, "abc", string(s.Get(slot).Text))
}

func TestCookiesVisited(t *testing.T) {
	v := new(witness)
	scanned(new(point.Set).Compile(point.Limits{}), v, withCookies(`a=1; b="2"; bad name=x\y; a=3`))
	require.Equal(t, []string{
		"REQUEST → COOKIE → a = 1", "REQUEST → COOKIE → b = 2", `REQUEST → COOKIE → "bad name" = x\y`, "REQUEST → COOKIE → a → ITEM → 1 = 3",
	}, v.values[3:], "cookies instead of their header")
}

func TestSetCookies(t *testing.T) {
	f := func(name string, found traffic.Found, want string, lines ...string) {
		t.Helper()
		got, _ := look(t, setting(lines...), "RESPONSE>COOKIE>"+name)
		require.Equal(t, found, got.Found, lines)
		require.Equal(t, want, string(got.Text), lines)
	}
	f("sid", traffic.Present, "abc", "sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax")
	f("sid", traffic.Present, " abc", "x=y", " sid = abc ")
	f("sid", traffic.Present, "abc", `sid="abc"`)
	f("sid", traffic.Absent, "", "sid")
	f("sid", traffic.Absent, "", "other=abc; sid=x")
	f("sid", traffic.Undecodable, "", "sid=\x01")
	f("sid", traffic.Present, "new", "sid=old; Path=/", "sid=new; Path=/")
	f("sid", traffic.Present, "new", "sid=deleted; Expires=Thu, 01 Jan 1970 00:00:01 GMT", "sid=new")
	f("sid", traffic.Absent, "", "sid=new", "sid=deleted; Expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0")
	f("sid", traffic.Absent, "", "sid=deleted; max-age=0")
	f("sid", traffic.Absent, "", "sid=deleted; max-age=-1; path=/")
	f("sid", traffic.Absent, "", "sid=deleted; expires=Fri, 21 Aug 2026 11:59:59 GMT")
	f("sid", traffic.Present, "abc", "sid=abc; expires=Fri, 21 Aug 2026 12:00:01 GMT")
	f("sid", traffic.Present, "abc", "sid=abc; expires=whenever")
	f("sid", traffic.Present, "abc", "sid=abc; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=60")
	f("sid", traffic.Present, "abc", "sid=abc; max-age=; secure")
	f("sid", traffic.Absent, "", "sid=deleted; expires=1 jan 70 0:00:00")
	f("sid", traffic.Present, "abc", "sid=abc; expires=Sun, 32 Aug 2025 11:59:59 GMT")
	f("sid", traffic.Present, "abc", "sid=abc; expires=Sun, 21 Aug 2025")

	x := setting("sid=deleted; Expires=Thu, 01 Jan 1970 00:00:01 GMT")
	x.Time = time.Time{}
	got, _ := look(t, x, "RESPONSE>COOKIE>sid")
	require.Equal(t, traffic.Absent, got.Found, "without a clock, too")

	x = setting("a=1", "b=x", "c=3", "b=2")
	require.Equal(t, []string{"2"}, all(t, x, "RESPONSE>COOKIE>b"))
	require.Equal(t, []string{"1", "x", "3", "2"}, all(t, x, "RESPONSE>COOKIE>ALL"), "the norm shows what was replaced")
}

// FuzzCookies compares with net/http; the differences are those that cookie.go
// lists.
func FuzzCookies(f *testing.F) {
	for _, seed := range []string{
		"", "a=1; b=2", `a="x"; b="`, "a = b ; c", "a=\x7f; a=2", "=x; a=", "a b=1;;; ;a=b=c", "\ta=1\t", `a=x\; b=y,z`, "é=1; a=é",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		if strings.Count(one+two, ";") > 90 {
			return
		}
		lines := []string{one, two}
		want := map[string][]string{}
		for _, c := range (&http.Request{Header: http.Header{"Cookie": lines}}).Cookies() {
			want[c.Name] = append(want[c.Name], c.Value)
		}
		compareParams(t, withCookies(lines...), []point.Step{{Kind: point.Cookie}}, want)

		last := map[string]string{}
		for _, c := range (&http.Response{Header: http.Header{"Set-Cookie": lines}}).Cookies() {
			if c.RawExpires != "" && c.Expires.Year() < 1970 {
				return // browsers read more dates than net/http
			}
			if over := c.MaxAge < 0 || c.MaxAge == 0 && !c.Expires.IsZero() && !c.Expires.After(time.Unix(30*24*3600, 0)); over {
				delete(last, c.Name)
			} else {
				last[c.Name] = c.Value
			}
		}
		x := setting(lines...)
		x.Time = time.Time{}
		for name, value := range last {
			p, err := point.PathFrom(point.Response, point.Step{Kind: point.Cookie, Name: name})
			require.NoError(t, err)
			got, _ := look(t, x, p.String())
			require.Equal(t, value, string(got.Text), name)
		}
	})
}
