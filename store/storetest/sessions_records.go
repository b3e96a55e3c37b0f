package storetest

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

func sessionsEmpty(t *testing.T, s session.Store) {
	require.Empty(t, requests(t, s, session.Query{}))
	require.Empty(t, rows(t, s, session.Query{}))
	require.Empty(t, requests(t, s, session.Query{Sessions: []traffic.SessionID{sid(1)}}))
	require.Empty(t, rows(t, s, session.Query{Request: rid(1)}))
	if n, can := prune(t, s, traffic.DayOf(noon)); can {
		require.Zero(t, n)
	}
}

func sessionsAppendNothing(t *testing.T, s session.Store) {
	fill(t, s)
	require.NoError(t, s.Append(t.Context(), []traffic.Record{}))
	require.Empty(t, requests(t, s, session.Query{}))
	fill(t, s, visit(1, 1, 0))
	fill(t, s)
	require.Equal(t, []uint64{1}, requests(t, s, session.Query{}))
}

// fullRecord has something in every field.
func fullRecord() traffic.Record {
	token := "k2:" + strings.Repeat("0123456789abcdef", 4)
	return traffic.Record{
		ID: rid(7), Time: noon.Add(time.Nanosecond), Duration: 1234567 * time.Nanosecond, App: 12,
		Session: traffic.Identity{
			ID: sid(8), Provisional: sid(9),
			Key:      traffic.Key{Source: traffic.BuiltinKey, Index: 3, Name: "PHPSESSID", Value: token, Hashed: true},
			Strength: traffic.StrengthMedium, Standing: traffic.Issued, User: "joe@example.com", Role: "admin",
		},
		Client: traffic.Client{
			Addr: netip.MustParseAddr("2001:db8::7"), UserAgent: "Mozilla/5.0 (X11)",
			JA3: "e7d705a3286e19ea42f587b344ee6865", JA4: "t13d1516h2_8daaf6152771_e5627efa2ab1",
		},
		Method: "PROPFIND", Scheme: "http", Proto: "3.0", Host: "api.example.com:8080",
		Path: "/v1/orders/17", Route: "PROPFIND /v1/orders/{id}", Status: 451, BytesIn: 1 << 40, BytesOut: 1<<62 + 1,
		Params: []traffic.Param{
			{Name: "PHPSESSID", Value: token, Found: traffic.Present, Hashed: true, Key: true},
			{Name: "tenant", Found: traffic.Undecodable, Hidden: true},
			{Name: "", Value: "", Found: traffic.Absent},
		},
		Hits: []traffic.Hit{
			{Type: "sqli", Point: "REQUEST → QUERY → id", Payload: "1' or '1'='1", Detector: "demo"},
			{Type: traffic.VirtualPatchType},
		},
		Tags: []string{"checkout", "", "beta"}, Login: traffic.LoginFailed,
		Verdict: traffic.Verdict{
			Action: traffic.Block, Reason: traffic.SessionDenied, Entry: 1<<64 - 1, Control: "bola-1",
			Allowed: true, Gray: true, Withheld: true, Mode: traffic.ModeBlock,
		},
		Marks: traffic.BodyTruncated | traffic.OverBudget,
	}
}

func sessionsEveryField(t *testing.T, s session.Store) {
	recs := []traffic.Record{
		{ID: rid(1), Time: noon},
		fullRecord(),
		{ID: rid(2), Time: noon.Add(time.Second), Session: traffic.Identity{ID: sid(8)}, Status: -1, BytesIn: -1, Duration: -time.Second},
		{ID: rid(3), Time: noon.Add(2 * time.Second), Client: traffic.Client{Addr: netip.MustParseAddr("203.0.113.9")}},
		{ID: rid(4), Time: noon.Add(3 * time.Second), Client: traffic.Client{Addr: netip.MustParseAddr("fe80::1%eth0")}},
	}
	fill(t, s, recs...)
	require.Equal(t, recs, all(t, s.Records(t.Context(), session.Query{})))
	require.Equal(t, recs[1:3], all(t, s.Records(t.Context(), session.Query{Sessions: []traffic.SessionID{sid(8)}})))

	elsewhere := fullRecord()
	elsewhere.ID, elsewhere.Time = rid(5), elsewhere.Time.In(time.FixedZone("east", 5*3600))
	fill(t, s, elsewhere)
	elsewhere.Time = elsewhere.Time.UTC()
	require.Equal(t, []traffic.Record{elsewhere}, all(t, s.Records(t.Context(), session.Query{Request: rid(5)})))
}

func sessionsAnyBytes(t *testing.T, s session.Store) {
	texts := []string{"\x00", "a\x00b", "\xff\xfe", "日本語", "\n,\"'", strings.Repeat("x", 900), "k1:" + strings.Repeat("AB", 32)}
	var recs []traffic.Record
	for i, text := range texts {
		recs = append(recs, visit(uint64(i), 1, time.Duration(i)*time.Second, func(r *traffic.Record) {
			r.Method, r.Scheme, r.Proto, r.Host, r.Path, r.Route = text, text, text, text, text, text
			r.Client.UserAgent, r.Client.JA3, r.Client.JA4 = text, text, text
			r.Session.User, r.Session.Role, r.Session.Key.Name, r.Session.Key.Value = text, text, text, text
			r.Params = []traffic.Param{{Name: text, Value: text}}
			r.Hits = []traffic.Hit{{Type: traffic.AttackType(text), Point: text, Payload: text, Detector: text}}
			r.Tags = []string{text}
			r.Verdict.Control = text
		}))
	}
	fill(t, s, recs...)
	require.Equal(t, recs, all(t, s.Records(t.Context(), session.Query{})))
	for i, text := range texts {
		require.Equal(t, []uint64{uint64(i)}, requests(t, s, session.Query{Users: []string{text}}), "user %q", text)
	}
}

func sessionsBorrowed(t *testing.T, s session.Store) {
	batch := []traffic.Record{visit(1, 1, 0), visit(2, 1, time.Second)}
	fill(t, s, batch...)
	want := slices.Clone(batch)
	batch[0], batch[1] = visit(3, 3, 0), traffic.Record{}
	require.Equal(t, want, all(t, s.Records(t.Context(), session.Query{})))
}

func sessionsOwned(t *testing.T, s session.Store) {
	full := fullRecord()
	fill(t, s, full)
	for range 2 {
		for r, err := range s.Records(t.Context(), session.Query{}) {
			require.NoError(t, err)
			require.Equal(t, &full, r)
			r.Params[0].Value, r.Hits[0].Type, r.Tags[0] = "changed", "changed", "changed"
			*r = traffic.Record{}
		}
		for p, err := range s.Parts(t.Context(), session.Query{}) {
			require.NoError(t, err)
			require.Equal(t, "joe@example.com", p.Users.List[0].Value)
			p.Users.List[0].Value, p.Requests = "changed", 99
		}
	}
}

// shuffled are records of three sessions and two days, out of order, with
// equals among them. Their order in time is 1 2 3 4 5 6 7.
func shuffled() []traffic.Record {
	return []traffic.Record{
		visit(3, 1, time.Second), visit(1, 2, -24*time.Hour), visit(4, 2, time.Second), visit(7, 1, time.Hour),
		visit(2, 1, 0), visit(5, 3, time.Second), visit(6, 2, time.Minute),
	}
}

func sessionsOrder(t *testing.T, s session.Store) {
	fill(t, s, shuffled()[:4]...)
	fill(t, s, shuffled()[4:]...)
	require.Equal(t, []uint64{1, 2, 3, 4, 5, 6, 7}, requests(t, s, session.Query{}))
	require.Equal(t, []uint64{1, 4, 6}, requests(t, s, session.Query{Sessions: []traffic.SessionID{sid(2)}}))
}

func sessionsNewest(t *testing.T, s session.Store) {
	fill(t, s, shuffled()...)
	require.Equal(t, []uint64{7, 6, 5, 4, 3, 2, 1}, requests(t, s, session.Query{Newest: true}))
	require.Equal(t, []uint64{6, 4, 1}, requests(t, s, session.Query{Newest: true, Sessions: []traffic.SessionID{sid(2)}}))
}

func sessionsLimit(t *testing.T, s session.Store) {
	fill(t, s, shuffled()...)
	require.Equal(t, []uint64{1, 2, 3}, requests(t, s, session.Query{Limit: 3}))
	require.Equal(t, []uint64{7, 6}, requests(t, s, session.Query{Limit: 2, Newest: true}))
	require.Equal(t, []uint64{7}, requests(t, s, session.Query{Limit: 1, Newest: true, Sessions: []traffic.SessionID{sid(1)}}))
	require.Len(t, requests(t, s, session.Query{Limit: 1000}), 7)
}

func sessionsStop(t *testing.T, s session.Store) {
	fill(t, s, shuffled()...)
	for range s.Records(t.Context(), session.Query{}) {
		break
	}
	for range s.Parts(t.Context(), session.Query{}) {
		break
	}
	fill(t, s, visit(8, 1, 2*time.Hour))
	require.Len(t, requests(t, s, session.Query{}), 8)
}

func sessionsAppendInLoop(t *testing.T, s session.Store) {
	fill(t, s, shuffled()...)
	next, seen := uint64(100), 0
	for _, err := range s.Records(t.Context(), session.Query{}) {
		require.NoError(t, err)
		fill(t, s, visit(next, 1, time.Duration(next)*time.Second), visit(next+1, next, time.Duration(next)*time.Second))
		next += 2
		if seen++; seen > 1000 {
			t.Fatal("the loop follows what is appended in it and has no end")
		}
	}
	require.GreaterOrEqual(t, seen, 7)
	for _, err := range s.Parts(t.Context(), session.Query{}) {
		require.NoError(t, err)
		fill(t, s, visit(next, next, time.Duration(next)*time.Second))
		if next++; next > 10000 {
			t.Fatal("the loop follows what is appended in it and has no end")
		}
	}
}
