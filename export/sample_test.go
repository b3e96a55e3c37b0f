package export_test

import (
	"errors"
	"iter"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// login is a record with everything in it.
func login() *traffic.Record {
	return &traffic.Record{
		ID:       traffic.RequestID{0xab, 15: 1},
		Time:     time.Date(2026, 8, 21, 10, 0, 0, 123456789, time.UTC),
		Duration: 12345 * time.Microsecond,
		App:      3,
		Session: traffic.Identity{
			ID:          traffic.SessionID{1, 31: 2},
			Provisional: traffic.SessionID{3, 31: 4},
			Key:         traffic.Key{Source: traffic.OwnKey, Index: 1, Name: "token", Value: "k1:abcd", Hashed: true},
			Strength:    traffic.StrengthStrong,
			Standing:    traffic.Issued,
			User:        "joe", Role: "admin",
		},
		Client: traffic.Client{
			Addr: netip.MustParseAddr("2001:db8::7"), UserAgent: "curl/8.14.1 (x; y)", JA3: "aa", JA4: "t13d",
		},
		Method: "POST", Scheme: "https", Proto: "2.0", Host: "shop.example", Path: "/login", Route: "POST /login",
		Status: 403, BytesIn: 17, BytesOut: 256,
		Params: []traffic.Param{
			{Name: "token", Value: "k1:abcd", Found: traffic.Present, Hashed: true, Key: true},
			{Name: "cart", Value: "", Found: traffic.Absent},
			{Name: "note to us", Value: "-1+1&x", Found: traffic.Present, Hidden: true},
		},
		Hits: []traffic.Hit{
			{Type: "sqli", Point: "REQUEST → QUERY → q", Payload: "' or 1=1", Detector: "d"},
			{Type: "xss", Point: "REQUEST → QUERY → q", Payload: "<script>", Detector: "d"},
			{Type: "sqli", Point: "REQUEST → QUERY → r", Payload: "' or 1=1", Detector: "d"},
		},
		Tags:    []string{"=vip", "a|b", "slow"},
		Login:   traffic.LoginFailed,
		Verdict: traffic.Verdict{Action: traffic.Block, Reason: traffic.SessionDenied, Entry: 42, Control: "bola-1", Allowed: true, Gray: true, Withheld: true, Mode: traffic.ModeBlock},
		Marks:   traffic.BodyTruncated | traffic.AfterEnd,
	}
}

// plain is a record as most are.
func plain() *traffic.Record {
	return &traffic.Record{
		ID:   traffic.RequestID{1},
		Time: time.Date(2026, 8, 21, 12, 0, 1, 0, time.FixedZone("", 7200)),
		App:  traffic.DefaultApp,
		Session: traffic.Identity{
			ID:       traffic.SessionID{2},
			Key:      traffic.Key{Source: traffic.AddrUserAgentKey},
			Strength: traffic.StrengthWeak,
		},
		Client: traffic.Client{Addr: netip.MustParseAddr("192.0.2.1"), UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101"},
		Method: "GET", Scheme: "https", Proto: "1.1", Host: "shop.example", Path: "/orders/1",
		Status: 200, BytesOut: 512, Duration: 1500 * time.Microsecond,
		Verdict: traffic.Verdict{Mode: traffic.ModeMonitoring},
	}
}

func seq(records ...*traffic.Record) iter.Seq2[*traffic.Record, error] {
	return func(yield func(*traffic.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var errStore = errors.New("store is gone")

// broken yields n records, then an error.
func broken(n int) iter.Seq2[*traffic.Record, error] {
	return func(yield func(*traffic.Record, error) bool) {
		for range n {
			if !yield(plain(), nil) {
				return
			}
		}
		yield(nil, errStore)
	}
}

// nasty are texts that have broken exports somewhere.
var nasty = []string{
	"", " ", "a,b", `say "hi"`, "line\nbreak", "cr\rlf\n", "tab\tbed", "nul\x00", "esc\x1b[31mred", "del\x7f",
	"=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1+1", "＝1", "x;=1+1", `x;"=1"`, "x; y", `back\slash`,
	"\u202egnp.exe", "\u2066iso\u2069", "\u2028", "\ufeffbom", "\u0085nel", "\xff\xfe", "a\xc3", "é", "日本", "😀", "'quoted'", "|", "a|b",
	strings.Repeat("x", 70<<10),
}

// random returns a record with random content, some of it nasty.
func random(rnd *rand.Rand) *traffic.Record {
	text := func() string { return nasty[rnd.IntN(len(nasty)-1)] } // not the long one
	flip := func() bool { return rnd.IntN(2) == 0 }
	r := plain()
	if flip() {
		r = login()
	}
	r.Time = time.Unix(rnd.Int64N(1<<34), rnd.Int64N(1e9)).UTC()
	r.Duration = time.Duration(rnd.Int64N(1 << 40))
	r.App = traffic.App(rnd.IntN(5) - 1)
	r.Session.Key = traffic.Key{Source: traffic.KeySource(rnd.IntN(5)), Index: rnd.IntN(9), Name: text(), Value: text(), Hashed: flip()}
	r.Session.User, r.Session.Role = text(), text()
	r.Session.Strength, r.Session.Standing = traffic.Strength(rnd.IntN(4)), traffic.Standing(rnd.IntN(4))
	r.Client.UserAgent, r.Client.JA3, r.Client.JA4 = text(), text(), text()
	if flip() {
		r.Client.Addr = netip.Addr{}
	}
	r.Method, r.Scheme, r.Proto, r.Host, r.Path, r.Route = text(), text(), text(), text(), text(), text()
	r.Status, r.BytesIn, r.BytesOut = rnd.IntN(600), rnd.Int64N(1<<50), rnd.Int64N(1<<50)
	for range rnd.IntN(3) {
		r.Params = append(r.Params, traffic.Param{Name: text(), Value: text(), Found: traffic.Found(rnd.IntN(4)), Hashed: flip(), Key: flip(), Hidden: flip()})
		r.Hits = append(r.Hits, traffic.Hit{Type: traffic.AttackType(text()), Point: text(), Payload: text(), Detector: text()})
		r.Tags = append(r.Tags, text())
	}
	r.Login = traffic.Login(rnd.IntN(3))
	r.Verdict = traffic.Verdict{Action: traffic.Action(rnd.IntN(3)), Reason: traffic.Reason(rnd.IntN(8)), Entry: rnd.Uint64() >> 1,
		Control: text(), Allowed: flip(), Gray: flip(), Withheld: flip(), Mode: traffic.Mode(rnd.IntN(5))}
	r.Marks = traffic.Mark(rnd.IntN(1 << 11))
	return r
}
