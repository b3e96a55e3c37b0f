package session_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// record returns a typical record.
func record() traffic.Record {
	return traffic.Record{
		ID: traffic.RequestID{1}, Time: noon, Duration: 3 * time.Millisecond, App: 2,
		Session: traffic.Identity{ID: traffic.SessionID{7}, User: "joe", Role: "admin"},
		Client:  traffic.Client{Addr: netip.MustParseAddr("192.0.2.7"), UserAgent: "Mozilla/5.0"},
		Method:  "GET", Host: "Shop.example.com", Path: "/orders/1", Status: 404,
		Hits: []traffic.Hit{{Type: "sqli"}, {Type: "xss"}}, Tags: []string{"beta", "eu"},
		Verdict: traffic.Verdict{Action: traffic.Block},
	}
}

func TestQueryMatch(t *testing.T) {
	prefix := netip.MustParsePrefix
	cases := []struct {
		name string
		q    session.Query
		want bool
	}{
		{"zero selects all", session.Query{}, true},
		{"session", session.Query{Sessions: []traffic.SessionID{{1}, {7}}}, true},
		{"other session", session.Query{Sessions: []traffic.SessionID{{1}}}, false},
		{"request", session.Query{Request: traffic.RequestID{1}}, true},
		{"other request", session.Query{Request: traffic.RequestID{2}}, false},
		{"from is inclusive", session.Query{From: noon}, true},
		{"after", session.Query{From: noon.Add(1)}, false},
		{"to is exclusive", session.Query{To: noon}, false},
		{"before", session.Query{To: noon.Add(1)}, true},
		{"application", session.Query{Apps: []traffic.App{2, 3}}, true},
		{"other application", session.Query{Apps: []traffic.App{traffic.DefaultApp}}, false},
		{"user", session.Query{Users: []string{"ann", "joe"}}, true},
		{"users know case", session.Query{Users: []string{"Joe"}}, false},
		{"role", session.Query{Roles: []string{"admin"}}, true},
		{"other role", session.Query{Roles: []string{"guest"}}, false},
		{"no role asked for by its emptiness", session.Query{Roles: []string{""}}, false},
		{"host, any case", session.Query{Hosts: []string{"shop.EXAMPLE.com"}}, true},
		{"host pattern", session.Query{Hosts: []string{"*.example.com"}}, true},
		{"other host", session.Query{Hosts: []string{"example.com"}}, false},
		{"method", session.Query{Methods: []string{"POST", "GET"}}, true},
		{"other method", session.Query{Methods: []string{"get"}}, false},
		{"prefix", session.Query{Addrs: []netip.Prefix{prefix("192.0.2.0/24")}}, true},
		{"mapped prefix", session.Query{Addrs: []netip.Prefix{prefix("::ffff:192.0.2.0/120")}}, true},
		{"host bits do not matter", session.Query{Addrs: []netip.Prefix{prefix("192.0.2.99/24")}}, true},
		{"other prefix", session.Query{Addrs: []netip.Prefix{prefix("192.0.3.0/24"), prefix("2001:db8::/32")}}, false},
		{"status class", session.Query{Status: []session.StatusRange{{From: 400, To: 499}}}, true},
		{"other status", session.Query{Status: []session.StatusRange{{From: 200, To: 299}, {From: 403, To: 403}}}, false},
		{"attack", session.Query{Attacks: []traffic.AttackType{"rce", "xss"}}, true},
		{"other attack", session.Query{Attacks: []traffic.AttackType{"rce"}}, false},
		{"tag", session.Query{Tags: []string{"eu"}}, true},
		{"other tag", session.Query{Tags: []string{"us"}}, false},
		{"path", session.Query{Path: "/orders/1"}, true},
		{"path pattern", session.Query{Path: "/orders/*"}, true},
		{"other path", session.Query{Path: "/orders"}, false},
		{"malicious", session.Query{Malicious: session.Yes}, true},
		{"not malicious", session.Query{Malicious: session.No}, false},
		{"blocked", session.Query{Blocked: session.Yes}, true},
		{"not blocked", session.Query{Blocked: session.No}, false},
		{"fields combine", session.Query{Methods: []string{"GET"}, Path: "/orders/*", Users: []string{"joe"}, Status: []session.StatusRange{{From: 404, To: 404}}}, true},
		{"one field misses", session.Query{Methods: []string{"GET"}, Path: "/orders/*", Users: []string{"ann"}}, false},
		{"a bad query matches nothing", session.Query{Limit: -1}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := record()
			require.Equal(t, c.want, c.q.Match(&r))
		})
	}
}

func TestQueryValidateTellsAll(t *testing.T) {
	q := session.Query{
		From: noon, To: noon, Addrs: []netip.Prefix{{}}, Status: []session.StatusRange{{From: 500, To: 400}},
		Users: make([]string, 1001), Path: strings.Repeat("/", 5000), Hosts: []string{strings.Repeat("h", 5000)},
		Malicious: 9, Blocked: 9, Limit: -2,
	}
	_, err := q.Compile()
	require.Error(t, err)
	for _, want := range []string{"Users: 1001 entries", "To: ", "Addrs[0]: ", "Status[0]: 500-400", "Hosts[0]: 5000", "Path: 5000", "Malicious: ", "Blocked: ", "Limit: -2"} {
		require.ErrorContains(t, err, want)
	}
}

func TestQueryJSON(t *testing.T) {
	const text = `{"sessions":["0700000000000000000000000000000000000000000000000000000000000000"],` +
		`"from":"2026-03-01T12:00:00Z","apps":[2],"users":["joe"],"hosts":["*.example.com"],` +
		`"addrs":["192.0.2.0/24"],"status":["4xx","500-503","302"],"attacks":["sqli"],"path":"/orders/*",` +
		`"malicious":"yes","blocked":"no","limit":10,"newest":true}`
	var q session.Query
	require.NoError(t, json.Unmarshal([]byte(text), &q))
	out, err := json.Marshal(q)
	require.NoError(t, err)
	require.JSONEq(t, text, string(out))
	empty, err := json.Marshal(session.Query{})
	require.NoError(t, err)
	require.Equal(t, "{}", string(empty))
}

func TestMatcherTellsStoresWhatToLeaveOut(t *testing.T) {
	q := session.Query{Sessions: []traffic.SessionID{{1}, {2}, {1}}, From: noon, Limit: 3, Newest: true}
	m, err := q.Compile()
	require.NoError(t, err)
	require.Equal(t, []traffic.SessionID{{1}, {2}}, m.Sessions())
	require.True(t, m.Wants(traffic.SessionID{1}))
	require.False(t, m.Wants(traffic.SessionID{3}))
	require.True(t, m.OnlyTime())
	require.Equal(t, 3, m.Limit())
	require.True(t, m.Newest())
	from, to := m.Interval()
	require.Equal(t, noon, from)
	require.True(t, to.IsZero())

	q.Path = "/x"
	m, err = q.Compile()
	require.NoError(t, err)
	require.False(t, m.OnlyTime())
}

// slow decides the same without anything compiled.
func slow(q session.Query, r *traffic.Record) bool {
	in := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
	if !q.From.IsZero() && r.Time.Before(q.From) || !q.To.IsZero() && !r.Time.Before(q.To) {
		return false
	}
	if !in(q.Users, r.Session.User) || !in(q.Methods, r.Method) {
		return false
	}
	if len(q.Sessions) > 0 && !slices.Contains(q.Sessions, r.Session.ID) {
		return false
	}
	status := len(q.Status) == 0
	for _, s := range q.Status {
		status = status || s.From <= r.Status && r.Status <= s.To
	}
	addr := len(q.Addrs) == 0
	for _, p := range q.Addrs {
		addr = addr || p.Contains(r.Client.Addr)
	}
	return status && addr
}

func TestQueryOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 2))
	users := func(n int) (list []string) {
		for range n {
			list = append(list, fmt.Sprint("u", rnd.IntN(30)))
		}
		return list
	}
	for range 5000 {
		var q session.Query
		q.Users = users(rnd.IntN(3) * 6) // short lists and long ones
		for range rnd.IntN(12) {
			q.Sessions = append(q.Sessions, traffic.SessionID{byte(rnd.IntN(16))})
		}
		if rnd.IntN(2) == 0 {
			q.From = noon.Add(time.Duration(rnd.IntN(10)) * time.Second)
			q.To = q.From.Add(time.Duration(1+rnd.IntN(10)) * time.Second)
		}
		for range rnd.IntN(3) {
			q.Status = append(q.Status, session.StatusRange{From: 200 + rnd.IntN(100), To: 300 + rnd.IntN(100)})
			q.Addrs = append(q.Addrs, netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(rnd.IntN(4))}), 1+rnd.IntN(8)).Masked())
		}
		m, err := q.Compile()
		require.NoError(t, err)
		for range 20 {
			r := record()
			r.Time = noon.Add(time.Duration(rnd.IntN(20)) * time.Second)
			r.Session.ID, r.Session.User = traffic.SessionID{byte(rnd.IntN(16))}, fmt.Sprint("u", rnd.IntN(30))
			r.Status, r.Client.Addr = 200+rnd.IntN(200), netip.AddrFrom4([4]byte{byte(rnd.IntN(8))})
			require.Equal(t, slow(q, &r), m.Match(&r), "%+v on %+v", q, r)
		}
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	if testkit.Race {
		t.Skip("allocations are not counted under race")
	}
	m, err := bigQuery().Compile()
	require.NoError(t, err)
	r := record()
	require.True(t, m.Match(&r))
	require.Zero(t, testing.AllocsPerRun(100, func() { m.Match(&r) }))
}

func bigQuery() session.Query {
	return session.Query{
		Users: []string{"joe"}, Methods: []string{"GET", "POST"}, Path: "/orders/*",
		Status: []session.StatusRange{{From: 400, To: 499}}, Hosts: []string{"*.example.com"},
		Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Attacks: []traffic.AttackType{"xss"},
	}
}

func BenchmarkMatch(b *testing.B) {
	m, err := bigQuery().Compile()
	require.NoError(b, err)
	r := record()
	b.ReportAllocs()
	for b.Loop() {
		m.Match(&r)
	}
}
