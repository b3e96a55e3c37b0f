package session_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

var secretA = session.Secret{ID: "a", Key: []byte("aaaaaaaaaaaaaaaa")}

// rig is a resolver with what it works on.
type rig struct {
	t    testing.TB
	r    *session.Resolver
	plan *point.Plan
	live *session.Live
	scan point.Scan
	now  time.Time
}

// newRig compiles a configuration, with a secret if it has none.
func newRig(t testing.TB, c session.Config) *rig {
	t.Helper()
	g := &rig{t: t, live: session.NewLive(1000), now: noon}
	g.reconfigure(c)
	return g
}

// reconfigure swaps the configuration, as a changed policy does.
func (g *rig) reconfigure(c session.Config) {
	g.t.Helper()
	if c.Secrets == nil {
		c.Secrets = []session.Secret{secretA}
	}
	var set point.Set
	r, err := session.Compile(c, &set)
	require.NoError(g.t, err)
	g.r, g.plan = r, set.Compile(point.Limits{})
}

// option changes the exchange of a test.
type option func(x *traffic.Exchange)

// do runs one exchange through both phases. Without options it is a GET of /
// from a browser, answered with 200.
func (g *rig) do(options ...option) *traffic.Exchange {
	x, _ := g.open(options...)
	return g.settle(x, traffic.Said{})
}

// open runs the first phase and returns the identity it found.
func (g *rig) open(options ...option) (*traffic.Exchange, traffic.Identity) {
	g.now = g.now.Add(time.Second)
	x := &traffic.Exchange{
		Time: g.now, App: 1,
		Client: traffic.Client{Addr: netip.MustParseAddr("192.0.2.1"), UserAgent: "Mozilla/5.0"},
		Request: traffic.Request{
			Method: "GET", Scheme: "https", Proto: "1.1", Host: "shop.example.com", Target: "/",
			Header: traffic.Header{"User-Agent": {"Mozilla/5.0"}},
		},
		Response: traffic.Response{Header: traffic.Header{}},
	}
	for _, o := range options {
		o(x)
	}
	g.scan.Reset(g.plan, nil)
	g.scan.Request(x)
	response := x.Response
	x.Response = traffic.Response{}
	g.r.Open(x, &g.scan, g.live)
	x.Response = response
	return x, x.Session
}

// settle runs the second phase.
func (g *rig) settle(x *traffic.Exchange, said traffic.Said) *traffic.Exchange {
	if x.Response.Status == 0 {
		x.Response.Status = 200
	}
	g.scan.Response(x)
	g.r.Settle(x, &g.scan, g.live, said)
	return x
}

// say runs an exchange in which the application states something.
func (g *rig) say(said traffic.Said, options ...option) *traffic.Exchange {
	x, _ := g.open(options...)
	return g.settle(x, said)
}

// explain returns the outcome of each key that was tried, by name.
func (g *rig) explain(x *traffic.Exchange) map[string]string {
	outcomes := map[string]string{}
	for _, t := range g.r.Explain(x, &g.scan) {
		outcomes[t.Name] = t.Outcome.String()
	}
	return outcomes
}

func target(s string) option {
	return func(x *traffic.Exchange) { x.Request.Target = s }
}

func header(name, value string) option {
	return func(x *traffic.Exchange) {
		name := traffic.CanonicalName(name)
		x.Request.Header[name] = append(x.Request.Header[name], value)
	}
}

func cookie(s string) option { return header("Cookie", s) }

// sent gives the request a body.
func sent(contentType, body string) option {
	return func(x *traffic.Exchange) {
		x.Request.Method = "POST"
		x.Request.Header["Content-Type"] = []string{contentType}
		x.Request.Body = traffic.Bytes(body)
		x.Request.Length = int64(len(body))
	}
}

func sentJSON(body string) option { return sent("application/json", body) }

// answered gives the response a JSON body.
func answered(body string) option {
	return func(x *traffic.Exchange) {
		x.Response.Header["Content-Type"] = []string{"application/json"}
		x.Response.Body, x.Response.Whole = []byte(body), true
	}
}

func setCookie(s string) option {
	return func(x *traffic.Exchange) {
		x.Response.Header["Set-Cookie"] = append(x.Response.Header["Set-Cookie"], s)
	}
}

func from(addr string) option {
	return func(x *traffic.Exchange) { x.Client.Addr = netip.MustParseAddr(addr) }
}

func agent(ua string) option {
	return func(x *traffic.Exchange) {
		x.Client.UserAgent = ua
		x.Request.Header["User-Agent"] = []string{ua}
		if ua == "" {
			delete(x.Request.Header, "User-Agent")
		}
	}
}

func ja4(print string) option {
	return func(x *traffic.Exchange) { x.Client.JA4 = print }
}

// own returns grouping keys for paths; their names are the paths' last words.
func own(paths ...string) session.Config {
	var c session.Config
	for _, p := range paths {
		c.Parameters = append(c.Parameters, session.Parameter{Name: p, Path: p, Key: true})
	}
	return c
}

// recordOf settles an exchange into a record.
func recordOf(x *traffic.Exchange) *traffic.Record {
	path, _, _ := strings.Cut(x.Request.Target, "?")
	return &traffic.Record{
		Time: x.Time, App: x.App, Session: x.Session, Client: x.Client, Method: x.Request.Method,
		Host: x.Request.Host, Path: path, Status: x.Response.Status,
		Params: append([]traffic.Param(nil), x.Params...), Marks: x.Marks,
	}
}

// param returns the parameter of a name.
func param(t testing.TB, x *traffic.Exchange, name string) traffic.Param {
	t.Helper()
	for _, p := range x.Params {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no parameter %q in %+v", name, x.Params)
	return traffic.Param{}
}
