package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

// explained runs an explanation that must succeed.
func explained(t *testing.T, stdin string, args ...string) chaperone.Explanation {
	t.Helper()
	r := run(t, stdin, append([]string{"explain", "-json"}, args...)...)
	require.Equal(t, exitFine, r.code, "%s", r.err)
	var e chaperone.Explanation
	require.NoError(t, json.Unmarshal([]byte(r.out), &e))
	return e
}

func TestExplainHTTP(t *testing.T) {
	r := run(t, "", "explain", "-policy", "testdata/policy.json", "testdata/login.http")
	require.Equal(t, exitFine, r.code, "%s", r.err)
	golden(t, "explain.golden", r.out)

	// Without the response, the keys in it cannot work.
	text, err := os.ReadFile("testdata/login.http")
	require.NoError(t, err)
	request, _, _ := strings.Cut(string(text), "HTTP/1.1 200")
	e := explained(t, request, "-policy", "testdata/policy.json")
	require.Equal(t, session.NotYet, e.Tried[0].Outcome)
	require.Equal(t, session.NotFound, e.Tried[1].Outcome)
	require.Equal(t, traffic.AddrUserAgentKey, e.Session.Key.Source)
	require.Equal(t, "ada", e.Session.User)
	out := run(t, request, "explain", "-policy", "testdata/policy.json").out
	require.Contains(t, out, "not known: keys in the response cannot work yet")
	require.Contains(t, out, "built-in keys with nothing there (-all shows them)")
	require.Contains(t, run(t, request, "explain", "-all").out, "built-in PHPSESSID")
}

func TestExplainSeveralOutcomes(t *testing.T) {
	policy := file(t, "p.json", `{"masks":["REQUEST → HEADER → X-MASKED"],"parameters":[
		{"name":"masked","path":"REQUEST → HEADER → X-MASKED","key":true},
		{"name":"empty","path":"REQUEST → QUERY → e","key":true},
		{"name":"broken","path":"REQUEST → BODY → JSON → PROPERTY → a","key":true},
		{"name":"clear","path":"REQUEST → QUERY → c","key":true,"clear":true}]}`)
	request := "POST /x?e=&c=value HTTP/1.1\nHost: h\nX-Masked: 1\nContent-Type: application/json\n\n{\"a\"\n"
	e := explained(t, request, "-policy", policy)
	var outcomes []session.Outcome
	for _, tr := range e.Tried {
		outcomes = append(outcomes, tr.Outcome)
	}
	require.Equal(t, []session.Outcome{session.Masked, session.Empty, session.Undecodable, session.Found}, outcomes)
	require.Equal(t, "clear", e.Session.Key.Name)
	out := run(t, request, "explain", "-policy", policy).out
	require.Contains(t, out, "affected by the mask REQUEST → HEADER → X-MASKED")
	require.Contains(t, out, "→ clear")
}

func TestExplainHAR(t *testing.T) {
	const policy = "-policy=testdata/policy.json"
	first := explained(t, "", policy, "-secret", "testdata/secret.txt", "testdata/login.har")
	second := explained(t, "", policy, "-secret", "testdata/secret.txt", "-entry", "2", "testdata/login.har")
	require.Equal(t, "token", first.Session.Key.Name)
	require.Equal(t, "token in query", second.Session.Key.Name)
	require.Equal(t, first.Session.ID, second.Session.ID, "equal values meet in one session")

	entry := `{"startedDateTime":"2026-08-21T10:00:05Z","request":{"method":"GET","url":"https://shop.example/orders/1?token=aaa","headers":[]},"response":{"status":0}}`
	alone := explained(t, entry, policy, "-secret", "testdata/secret.txt")
	require.Equal(t, first.Session.ID, alone.Session.ID)
}

func TestExplainLog(t *testing.T) {
	out := run(t, "", "explain", "-entry", "10", shop)
	require.Equal(t, exitFailed, out.code)
	require.Contains(t, out.err, "there is no request on line 10; it has 9 lines")
	out = run(t, "", "explain", "-entry", "9", shop)
	require.Equal(t, exitFine, out.code)
	require.Contains(t, out.out, "stands for bot7.crawler.example")
	out = run(t, "", "explain", "-entry", "6", shop)
	require.Contains(t, out.out, `nothing that is HTTP: "\x16\x03\x01\x02\x00\x01"`)
	out = run(t, "", "explain", "-entry", "5", shop)
	require.Contains(t, out.err, "there is no request on line 5")
	require.Equal(t, "198.51.100.7", explainedClient(t, "-entry", "3", shop))
	require.Equal(t, "192.0.2.1", explainedClient(t, "-entry", "3", "-client", "::ffff:192.0.2.1", shop))
	require.Equal(t, "127.0.0.1", explainedClient(t, "testdata/login.http"))
}

// explainedClient returns the client that an explanation shows.
func explainedClient(t *testing.T, args ...string) string {
	t.Helper()
	r := run(t, "", append([]string{"explain"}, args...)...)
	require.Equal(t, exitFine, r.code, "%s", r.err)
	_, rest, _ := strings.Cut(r.out, "client")
	client, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	return client
}

func TestExplainVerdict(t *testing.T) {
	request := "GET / HTTP/1.1\nHost: h\n\n"
	out := run(t, request, "explain", "-client", "192.0.2.1", "-deny", "192.0.2.0/24").out
	require.Contains(t, out, "block")
	require.Contains(t, out, "the deny list of addresses")
	out = run(t, request, "explain", "-client", "192.0.2.1", "-deny", "192.0.2.0/24", "-allow", "192.0.2.1").out
	require.Contains(t, out, "by a list: passes unexamined")
	out = run(t, request, "explain", "-client", "192.0.2.1", "-gray", "192.0.2.1").out
	require.Contains(t, out, "graylisted")
	e := explained(t, request, "-client", "192.0.2.1", "-deny", "192.0.2.0/24")
	require.Equal(t, traffic.AddrDenied, e.Verdict.Reason)
}

// What a request says cannot act on the screen that shows it.
func TestExplainHostileText(t *testing.T) {
	request := "GET /\x1b[2J\u202egnp.exe HTTP/1.1\nHost: h\x07\nUser-Agent: \x1b]0;title\x07\n\n"
	out := run(t, request, "explain").out
	require.NotContains(t, out, "\x1b")
	require.NotContains(t, out, "\x07")
	require.NotContains(t, out, "\u202e")
	require.Contains(t, out, `"/\x1b[2J\u202egnp.exe"`)
}

func TestExplainFailures(t *testing.T) {
	f := func(code int, want, stdin string, args ...string) {
		t.Helper()
		r := run(t, stdin, append([]string{"explain"}, args...)...)
		require.Equal(t, code, r.code, "%v: %s", args, r.err)
		require.Contains(t, r.err, want)
		require.Empty(t, r.out)
	}
	f(exitFailed, "-: nothing in it", "")
	f(exitFailed, "-: nothing in it", " \n")
	f(exitFailed, "neither HTTP text nor a HAR entry nor an access log: not an access log line", "hello to the world\n")
	f(exitFailed, "neither HTTP text nor a HAR entry nor an access log", "{}")
	f(exitFailed, "first line \"= /\"", "= /\n")
	f(exitFailed, "header line \"no colon\": want Name: value", "GET / HTTP/1.1\nno colon\n")
	f(exitFailed, "open testdata/nosuch: no such file", "", "testdata/nosuch")
	f(exitFailed, `client "me": not an address`, "GET / HTTP/1.1\n", "-client", "me")
	f(exitFailed, "read policy", "GET / HTTP/1.1\n", "-policy", "testdata/nosuch")
	f(exitFailed, `format "iis"`, "x y z", "-format", "iis")
	f(exitFailed, "the largest IPv4 block is /12", "GET / HTTP/1.1\n", "-deny", "10.0.0.0/8")
	f(exitUsage, "one file at a time", "", "a", "b")
}
