package storetest

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

func sessionsBySession(t *testing.T, s session.Store) {
	fill(t, s, shuffled()...)
	ask := func(ids ...uint64) []uint64 {
		var q session.Query
		for _, id := range ids {
			q.Sessions = append(q.Sessions, sid(id))
		}
		return requests(t, s, q)
	}
	require.Equal(t, []uint64{2, 3, 7}, ask(1))
	require.Equal(t, []uint64{1, 4, 5, 6}, ask(3, 2))
	require.Equal(t, []uint64{5}, ask(3, 3, 99), "twice the same session and one that is not there")
	require.Empty(t, ask(99))
}

func sessionsByRequest(t *testing.T, s session.Store) {
	fill(t, s, shuffled()...)
	require.Equal(t, []uint64{4}, requests(t, s, session.Query{Request: rid(4)}))
	require.Equal(t, []uint64{4}, requests(t, s, session.Query{Request: rid(4), Sessions: []traffic.SessionID{sid(2)}}))
	require.Empty(t, requests(t, s, session.Query{Request: rid(4), Sessions: []traffic.SessionID{sid(1)}}))
	require.Empty(t, requests(t, s, session.Query{Request: rid(99)}))
	require.Equal(t, []row{{2, "2026-08-21", 2}}, rows(t, s, session.Query{Request: rid(4)}),
		"the part tells of the whole day, not only of the request")
	require.Empty(t, rows(t, s, session.Query{Request: rid(99)}))
}

func sessionsInterval(t *testing.T, s session.Store) {
	fill(t, s,
		visit(1, 1, -time.Nanosecond), visit(2, 1, 0), visit(3, 2, time.Nanosecond),
		visit(4, 1, time.Hour-1), visit(5, 1, time.Hour), visit(6, 2, 24*time.Hour))
	from, to := noon, noon.Add(time.Hour)
	require.Equal(t, []uint64{2, 3, 4}, requests(t, s, session.Query{From: from, To: to}))
	require.Equal(t, []uint64{2, 3, 4, 5, 6}, requests(t, s, session.Query{From: from}))
	require.Equal(t, []uint64{1, 2, 3, 4}, requests(t, s, session.Query{To: to}))
	require.Equal(t, []uint64{4, 2}, requests(t, s, session.Query{From: from, To: to, Newest: true, Sessions: []traffic.SessionID{sid(1)}}))
	require.Equal(t, []uint64{2}, requests(t, s, session.Query{From: from, To: from.Add(1)}))
	zone := time.FixedZone("west", -7*3600)
	require.Equal(t, []uint64{2, 3, 4}, requests(t, s, session.Query{From: from.In(zone), To: to.In(zone)}), "the zone of the query does not matter")
}

// strangers are the records the filters choose from: each differs from the
// others in one thing.
func strangers() []traffic.Record {
	edits := []func(*traffic.Record){
		0: func(r *traffic.Record) {},
		1: func(r *traffic.Record) { r.App = 5 },
		2: func(r *traffic.Record) { r.Session.User = "joe" },
		3: func(r *traffic.Record) { r.Session.Role = "admin" },
		4: func(r *traffic.Record) { r.Host = "API.example.com" },
		5: func(r *traffic.Record) { r.Method = "POST" },
		6: func(r *traffic.Record) { r.Client.Addr = netip.MustParseAddr("203.0.113.77") },
		7: func(r *traffic.Record) { r.Client.Addr = netip.MustParseAddr("2001:db8:1::5") },
		8: func(r *traffic.Record) { r.Status = 404 },
		9: func(r *traffic.Record) { r.Hits = []traffic.Hit{{Type: "xss"}, {Type: "sqli"}} },
		10: func(r *traffic.Record) {
			r.Verdict.Action, r.Verdict.Reason = traffic.Block, traffic.AddrDenied
		},
		11: func(r *traffic.Record) { r.Tags = []string{"beta", "checkout"} },
		12: func(r *traffic.Record) { r.Path = "/admin/users" },
		13: func(r *traffic.Record) { r.Client.Addr = netip.Addr{} },
	}
	var recs []traffic.Record
	for i, edit := range edits {
		recs = append(recs, visit(uint64(i), uint64(i%4), time.Duration(i)*time.Second, edit))
	}
	return recs
}

func sessionsFilters(t *testing.T, s session.Store) {
	recs := strangers()
	fill(t, s, recs...)
	is := func(what string, q session.Query, want ...uint64) {
		t.Helper()
		require.Equal(t, want, requests(t, s, q), what)
	}
	is("application", session.Query{Apps: []traffic.App{5, 6}}, 1)
	is("user", session.Query{Users: []string{"ann", "joe"}}, 2)
	is("role", session.Query{Roles: []string{"admin"}}, 3)
	is("host, case does not matter", session.Query{Hosts: []string{"api.example.com"}}, 4)
	is("host, wildcard", session.Query{Hosts: []string{"api.*"}}, 4)
	is("method", session.Query{Methods: []string{"POST", "PUT"}}, 5)
	is("method, case matters", session.Query{Methods: []string{"post"}})
	is("address", session.Query{Addrs: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}}, 6)
	is("IPv6 address", session.Query{Addrs: []netip.Prefix{netip.MustParsePrefix("2001:db8::/32")}}, 7)
	is("status", session.Query{Status: []session.StatusRange{{From: 500, To: 599}, {From: 404, To: 404}}}, 8)
	is("attack", session.Query{Attacks: []traffic.AttackType{"sqli"}}, 9)
	is("malicious", session.Query{Malicious: session.Yes}, 9)
	is("blocked", session.Query{Blocked: session.Yes}, 10)
	is("tag", session.Query{Tags: []string{"checkout"}}, 11)
	is("path", session.Query{Path: "/admin/users"}, 12)
	is("path, wildcard", session.Query{Path: "/adm?n/*"}, 12)
	require.Len(t, requests(t, s, session.Query{Malicious: session.No}), len(recs)-1)
	require.Len(t, requests(t, s, session.Query{Blocked: session.No}), len(recs)-1)
	require.Len(t, requests(t, s, session.Query{Path: "/orders/*"}), len(recs)-1)
}

func sessionsFiltersTogether(t *testing.T, s session.Store) {
	fill(t, s, strangers()...)
	fill(t, s, visit(20, 2, time.Minute, func(r *traffic.Record) { r.Session.User, r.Status = "joe", 404 }))
	q := session.Query{Users: []string{"joe"}}
	require.Equal(t, []uint64{2, 20}, requests(t, s, q))
	q.Status = []session.StatusRange{{From: 400, To: 499}}
	require.Equal(t, []uint64{20}, requests(t, s, q))
	q.Sessions = []traffic.SessionID{sid(2), sid(3)}
	require.Equal(t, []uint64{20}, requests(t, s, q))
	q.To = noon.Add(time.Minute)
	require.Empty(t, requests(t, s, q))
}

func sessionsBadQuery(t *testing.T, s session.Store) {
	fill(t, s, shuffled()...)
	bad := session.Query{Limit: -1}
	n, _ := lastError(t, s.Records(t.Context(), bad))
	require.Zero(t, n)
	n, _ = lastError(t, s.Parts(t.Context(), bad))
	require.Zero(t, n)
}
