package session_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "run the test with -update if the change is meant")
}

// TestPartJSON pins the shape of a part: a login, two orders, an attack that
// was blocked.
func TestPartJSON(t *testing.T) {
	id := traffic.SessionID{0xa1}
	base := traffic.Record{
		App: 2, Client: traffic.Client{Addr: netip.MustParseAddr("192.0.2.7"), UserAgent: "Mozilla/5.0", JA3: "ja3", JA4: "t13d"},
		Method: "GET", Host: "shop.example.com", Status: 200, BytesOut: 100,
		Session: traffic.Identity{ID: id, User: "joe", Role: "buyer", Strength: traffic.StrengthStrong, Standing: traffic.Issued,
			Key: traffic.Key{Source: traffic.OwnKey, Index: 1, Name: "token"}},
	}
	var f session.Fold
	add := func(after time.Duration, change func(r *traffic.Record)) {
		r := base
		r.Time, r.Duration = noon.Add(after), 10*time.Millisecond
		change(&r)
		f.Add(&r)
	}
	add(2*time.Second, func(r *traffic.Record) { r.Path, r.Route = "/orders/1", "GET /orders/{id}" })
	add(0, func(r *traffic.Record) {
		r.Method, r.Path, r.Duration, r.BytesIn = "POST", "/login", 50*time.Millisecond, 40
		r.Login, r.Session.Provisional, r.Session.Key = traffic.LoginSucceeded, traffic.SessionID{0xb2}, traffic.Key{Source: traffic.OwnKey, Name: "token in answer"}
	})
	add(3*time.Second, func(r *traffic.Record) {
		r.Path, r.Route, r.Tags = "/orders/2", "GET /orders/{id}", []string{"beta"}
	})
	add(4*time.Second, func(r *traffic.Record) {
		r.Path, r.Status, r.Client.Addr, r.Client.JA4 = "/search", 403, netip.MustParseAddr("2001:db8::1"), ""
		r.Hits = []traffic.Hit{{Type: "sqli"}, {Type: "sqli"}, {Type: "xss"}}
		r.Verdict = traffic.Verdict{Action: traffic.Block}
		r.Login, r.Session.User, r.Session.Standing = traffic.LoginFailed, "", traffic.Claimed
	})
	require.Equal(t, 4, f.Len())
	part := f.Part(traffic.DayOf(noon))
	require.Equal(t, 4*time.Second, part.Duration())
	out, err := json.MarshalIndent(part, "", "  ")
	require.NoError(t, err)
	golden(t, "part.json", append(out, '\n'))

	var back session.Part
	require.NoError(t, json.Unmarshal(out, &back))
	require.Equal(t, *part, back)

	f.Reset()
	require.Zero(t, f.Len())
	require.Equal(t, &session.Part{Day: 5}, f.Part(5), "nothing is left of the part before")
}

// TestFoldOracle counts the same with maps, in another order.
func TestFoldOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 4))
	var f session.Fold
	for range 50 {
		f.Reset()
		paths, codes := map[string]int{}, map[int]int{}
		var recs []traffic.Record
		for range 1 + rnd.IntN(300) {
			r := record()
			r.Path, r.Status = fmt.Sprint("/p", rnd.IntN(40)), 200+rnd.IntN(4)
			paths[r.Path]++
			codes[r.Status]++
			recs = append(recs, r)
		}
		rnd.Shuffle(len(recs), func(i, j int) { recs[i], recs[j] = recs[j], recs[i] })
		for i := range recs {
			f.Add(&recs[i])
		}
		p := f.Part(0)
		require.Equal(t, len(recs), p.Requests)
		require.Equal(t, paths, asMap(p.Endpoints))
		require.Equal(t, codes, asMap(p.Statuses))
		requireSorted(t, p.Endpoints)
		requireSorted(t, p.Statuses)
	}
}

func asMap[T comparable](c session.Counts[T]) map[T]int {
	m := map[T]int{}
	for _, e := range c.List {
		m[e.Value] += e.Count
	}
	return m
}

func requireSorted[T interface{ ~string | ~int }](t *testing.T, c session.Counts[T]) {
	t.Helper()
	for i := 1; i < len(c.List); i++ {
		a, b := c.List[i-1], c.List[i]
		require.True(t, a.Count > b.Count || a.Count == b.Count && a.Value < b.Value)
	}
}

// TestFoldIsBounded floods a part with distinct values.
func TestFoldIsBounded(t *testing.T) {
	var f session.Fold
	for i := range 5000 {
		r := record()
		r.Path, r.Session.User = fmt.Sprint("/", i), fmt.Sprint("u", i)
		f.Add(&r)
	}
	p := f.Part(0)
	require.Len(t, p.Endpoints.List, session.MaxDistinct)
	require.Len(t, p.Users.List, session.MaxDistinct)
	require.Equal(t, 4000, p.Endpoints.Other)
	require.Equal(t, 5000, p.Endpoints.Total())
	require.Equal(t, 5000, p.Requests, "counters stay exact")
}

func TestEndpoint(t *testing.T) {
	f := func(route, path, want string) {
		t.Helper()
		require.Equal(t, want, session.Endpoint(&traffic.Record{Route: route, Path: path}))
	}
	f("", "/orders/1", "/orders/1")
	f("/orders/{id}", "/orders/1", "/orders/{id}")
	f("GET /orders/{id}", "/orders/1", "/orders/{id}")
	f("GET shop.example.com/orders/{id}", "/orders/1", "/orders/{id}")
	f("not found", "/orders/1", "not found")
}

func BenchmarkFold(b *testing.B) {
	r := record()
	var f session.Fold
	b.ReportAllocs()
	for b.Loop() {
		f.Add(&r)
	}
}
