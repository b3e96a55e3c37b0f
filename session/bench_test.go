package session_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// browser adds the headers of a browser.
func browser(x *traffic.Exchange) {
	x.Request.Target = "/orders?page=2&sort=date&q=shoes&ref=mail"
	for i, name := range []string{"Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Referer",
		"Sec-Ch-Ua", "Sec-Ch-Ua-Mobile", "Sec-Ch-Ua-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site"} {
		x.Request.Header[name] = []string{fmt.Sprint("value ", i)}
	}
}

type scene struct {
	name    string
	config  session.Config
	options []option
}

var scenes = []scene{
	{"cookie", session.Config{}, []option{browser, cookie("theme=dark; JSESSIONID=0123456789abcdef0123456789abcdef; lang=en")}},
	{"address", session.Config{}, []option{browser, cookie("theme=dark; seen=1; lang=en")}},
	{"bearer", session.Config{}, []option{browser, header("Authorization", "Bearer 0123456789abcdef0123456789abcdef")}},
	{"three keys", own(answerToken, queryToken, bodyToken), []option{sentJSON(`{"in":"bbb"}`), answered(`{"token":"0123456789abcdef"}`)}},
	{"five parameters", session.Config{Parameters: []session.Parameter{
		{Path: "REQUEST → QUERY → page"}, {Path: "REQUEST → QUERY → sort"}, {Path: "REQUEST → QUERY → q"},
		{Path: "REQUEST → COOKIE → theme", Type: session.User}, {Path: "REQUEST → QUERY → ref", Secret: true},
	}}, []option{browser, cookie("theme=dark; JSESSIONID=0123456789abcdef0123456789abcdef")}},
}

// run repeats both phases of one exchange.
func (s *scene) run(tb testing.TB) func() {
	g := newRig(tb, s.config)
	x := g.do(s.options...)
	require.False(tb, x.Session.ID.IsZero())
	return func() {
		g.r.Open(x, &g.scan, g.live)
		g.r.Settle(x, &g.scan, g.live, traffic.Said{})
	}
}

func TestResolvingAllocatesNothing(t *testing.T) {
	if testkit.Race {
		t.Skip("allocations are not counted under race")
	}
	for _, s := range scenes {
		run := s.run(t)
		require.Zero(t, testing.AllocsPerRun(2000, run), s.name)
	}
}

func BenchmarkResolve(b *testing.B) {
	for _, s := range scenes {
		b.Run(s.name, func(b *testing.B) {
			run := s.run(b)
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
		})
	}
}

// BenchmarkScan is what reading the built-in places costs, for comparison.
func BenchmarkScan(b *testing.B) {
	g := newRig(b, session.Config{})
	x := g.do(scenes[0].options...)
	b.ReportAllocs()
	for b.Loop() {
		g.scan.Reset(g.plan, nil)
		g.scan.Request(x)
		g.scan.Response(x)
	}
}
