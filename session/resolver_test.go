package session_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// TestResolverConcurrently: one resolver and one table for all; each client
// finds its own session, user and values.
func TestResolverConcurrently(t *testing.T) {
	c := own(answerToken, queryToken)
	c.Parameters = append(c.Parameters, session.Parameter{Path: "REQUEST → QUERY → user", Type: session.User})
	main := newRig(t, c)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			g := &rig{t: t, r: main.r, plan: main.plan, live: main.live, now: noon}
			token, user := fmt.Sprint("token-of-client-", n), fmt.Sprint("user-", n)
			want, _ := g.r.SessionID("", token)
			for range 300 {
				x := g.do(target("/?user="+user), answered(fmt.Sprintf(`{"token":%q}`, token)))
				y := g.do(target("/?token=" + token))
				if x.Session.ID != want || y.Session.ID != want || y.Session.User != user || y.Session.Standing != traffic.Issued ||
					x.Params[0].Value != y.Params[0].Value || x.Params[1].Value != user {
					t.Errorf("client %d: %+v %+v", n, x.Session, y.Session)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestEndlessClaims: a client that invents a key for every request does not
// push out the sessions of others.
func TestEndlessClaims(t *testing.T) {
	g := newRig(t, session.Config{})
	g.do(setCookie("sid=made-by-the-server"))
	g.do(cookie("sid=made-by-the-server"))
	for i := range 5000 {
		x := g.do(cookie(fmt.Sprint("sid=invented-", i)))
		require.Equal(t, traffic.Claimed, x.Session.Standing)
	}
	require.Equal(t, traffic.Issued, g.do(cookie("sid=made-by-the-server")).Session.Standing)
	require.LessOrEqual(t, g.live.Len(), 1000)
}

// FuzzResolve feeds whatever into all places at once: nothing panics, and what
// comes out keeps its promises.
func FuzzResolve(f *testing.F) {
	f.Add("token=aaa&access_token=bbb", "sid=1; PHPSESSID=2", "Bearer abc", `{"token":"aaa"}`, "sid=3; Path=/", "curl")
	f.Add("token=%zz", "=;=;", "Digest x", `{"token":`, "PHPSESSID=deleted", "")
	f.Add("", "jwt=eyJpdiI6", "\xff\x00", "token=1", ";", strings.Repeat("x", 2000))
	c := own(answerToken, queryToken, "REQUEST → COOKIE → sess", bodyToken, "REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → sub")
	c.Parameters = append(c.Parameters, session.Parameter{Path: "REQUEST → HEADER → USER-AGENT", Type: session.User})
	c.Secrets = []session.Secret{secretA}
	var set point.Set
	r, err := session.Compile(c, &set)
	require.NoError(f, err)
	plan, live := set.Compile(point.Limits{}), session.NewLive(100)
	f.Fuzz(func(t *testing.T, query, cookies, auth, body, setCookies, ua string) {
		g := &rig{t: t, r: r, plan: plan, live: live, now: noon}
		x, opened := g.open(target("/?"+query), cookie(cookies), header("Authorization", auth), sentJSON(body), agent(ua),
			answered(body), setCookie(setCookies))
		provisional := opened.ID
		g.settle(x, traffic.Said{})
		id := x.Session
		require.False(t, id.ID.IsZero())
		require.True(t, id.Provisional.IsZero() || id.Provisional == provisional && id.ID != provisional)
		require.True(t, id.Key.Hashed || id.Key.Value == "")
		tried := r.Explain(x, &g.scan)
		require.Equal(t, id.Key.Name, tried[len(tried)-1].Name)
		require.LessOrEqual(t, len(id.User), 256)
		for _, p := range x.Params {
			require.False(t, p.Hashed && p.Found == traffic.Present && !strings.HasPrefix(p.Value, "a:"))
		}
	})
}

// BenchmarkWay is a request with a built-in cookie, scanned and resolved, with
// ever more live sessions: it should hardly matter how many there are.
func BenchmarkWay(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g := newRig(b, session.Config{})
			g.live = session.NewLive(1 << 21)
			x := g.do(scenes[0].options...)
			// The texts lie in memory in the order they are used, as requests
			// come fresh from the network; the sessions do not.
			cookies := make([]string, n)
			for i, number := range rand.Perm(n) {
				cookies[i] = fmt.Sprintf("theme=dark; JSESSIONID=%032x; lang=en", number)
			}
			field := []string{""}
			x.Request.Header["Cookie"] = field
			one := func(i int) {
				field[0] = cookies[i]
				g.scan.Reset(g.plan, nil)
				g.scan.Request(x)
				g.r.Open(x, &g.scan, g.live)
				g.scan.Response(x)
				g.r.Settle(x, &g.scan, g.live, traffic.Said{})
			}
			for i := range 2 * n {
				one(i % n)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if i++; i == n {
					i = 0
				}
				one(i)
			}
		})
	}
}
