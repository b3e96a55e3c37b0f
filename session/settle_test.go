package session_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// TestIssuedCookie: a cookie that the server sets makes its session issued,
// without any configuration.
func TestIssuedCookie(t *testing.T) {
	g := newRig(t, session.Config{})
	first := g.do(setCookie("PHPSESSID=made-by-the-server; path=/; HttpOnly")).Session
	require.Equal(t, traffic.AddrUserAgentKey, first.Key.Source, "a client that drops cookies must not become somebody new each time")
	require.Equal(t, traffic.Observed, first.Standing)

	_, opened := g.open(cookie("PHPSESSID=made-by-the-server"))
	require.Equal(t, traffic.Issued, opened.Standing, "known before the handler runs")
	require.Equal(t, traffic.Issued, g.do(cookie("PHPSESSID=made-by-the-server")).Session.Standing)
	require.Equal(t, traffic.Claimed, g.do(cookie("PHPSESSID=made-by-the-client")).Session.Standing)
	require.Equal(t, traffic.Claimed, g.do(cookie("JSESSIONID=made-by-the-server")).Session.Standing, "another group")
}

// TestIssuedOwnCookie: the same for a cookie that an own request key reads,
// also through a decoder.
func TestIssuedOwnCookie(t *testing.T) {
	g := newRig(t, own("REQUEST → COOKIE → sess", "REQUEST → COOKIE → wrapped → BASE64"))
	g.do(setCookie("sess=made-by-the-server"))
	require.Equal(t, traffic.Issued, g.do(cookie("sess=made-by-the-server")).Session.Standing)
	g.do(setCookie("wrapped=aW5zaWRlLWlu"))
	require.Equal(t, traffic.Issued, g.do(cookie("wrapped=aW5zaWRlLWlu")).Session.Standing)
}

// TestEchoIsNotIssued: a value that the client made up does not become issued
// by being repeated in the answer, wherever the client put it.
func TestEchoIsNotIssued(t *testing.T) {
	g := newRig(t, own(answerToken, "REQUEST → COOKIE → sess", queryToken))
	madeUp := answered(`{"token":"made-up-by-client"}`)
	x := g.do(target("/?token=made-up-by-client"), madeUp)
	require.Equal(t, 0, x.Session.Key.Index, "it still groups")
	require.Equal(t, traffic.Claimed, x.Session.Standing)
	x = g.do(target("/?token=made-up-by-client"), cookie("sess=something-else"), madeUp)
	require.Equal(t, traffic.Claimed, x.Session.Standing, "also where another key identified the request")
	require.Equal(t, traffic.Claimed, g.do(target("/?token=made-up-by-client")).Session.Standing)

	g = newRig(t, session.Config{})
	g.do(cookie("sid=made-up-by-client"), setCookie("sid=made-up-by-client"))
	require.Equal(t, traffic.Claimed, g.do(cookie("sid=made-up-by-client")).Session.Standing)
	g.do(target("/?access_token=made-up-by-client"), setCookie("access_token=made-up-by-client"))
	require.Equal(t, traffic.Claimed, g.do(cookie("access_token=made-up-by-client")).Session.Standing)
}

// TestIssuedToAnother: a response key that does not win marks its own session
// as issued, not the one the request belongs to.
func TestIssuedToAnother(t *testing.T) {
	g := newRig(t, own("REQUEST → COOKIE → sess", answerToken, bodyToken))
	x := g.do(cookie("sess=of-the-request"), answered(`{"token":"for-later-use"}`))
	require.Equal(t, 0, x.Session.Key.Index)
	require.Equal(t, traffic.Claimed, x.Session.Standing)
	require.Equal(t, traffic.Issued, g.do(sentJSON(`{"token":"for-later-use"}`)).Session.Standing)
	require.Equal(t, traffic.Claimed, g.do(cookie("sess=of-the-request")).Session.Standing)
}

func TestResponseKeysInOrder(t *testing.T) {
	g := newRig(t, own("RESPONSE → HEADER → X-FIRST", "REQUEST → HEADER → X-MIDDLE", "RESPONSE → HEADER → X-LAST"))
	answer := func(name, value string) option {
		return func(x *traffic.Exchange) { x.Response.Header[name] = []string{value} }
	}
	middle := header("X-Middle", "value-of-middle")
	f := func(want int, options ...option) {
		t.Helper()
		require.Equal(t, want, g.do(options...).Session.Key.Index)
	}
	f(0, answer("X-First", "value-of-first"), middle, answer("X-Last", "value-of-last"))
	f(1, middle, answer("X-Last", "value-of-last"))
	f(2, answer("X-Last", "value-of-last"))
	x := g.do(answer("X-Last", "value-of-last"))
	require.Equal(t, traffic.Issued, x.Session.Standing)
	require.NotEqual(t, x.Session.ID, x.Session.Provisional)
	same := g.do(answer("X-First", "value-of-middle"), middle)
	require.Equal(t, 0, same.Session.Key.Index)
	require.True(t, same.Session.Provisional.IsZero(), "it led to the same session")
}

// TestEndedSession: what comes after the end is still that session's, but
// marked, and no longer trusted.
func TestEndedSession(t *testing.T) {
	g := newRig(t, session.Config{})
	g.do(setCookie("sid=made-by-the-server"))
	req := cookie("sid=made-by-the-server")
	alive := g.do(req)
	require.False(t, alive.Marks.Has(traffic.AfterEnd))
	end := g.say(traffic.Said{Ended: true}, req)
	require.True(t, end.Marks.Has(traffic.SessionEnded))
	require.False(t, end.Marks.Has(traffic.AfterEnd))
	require.Equal(t, traffic.Issued, end.Session.Standing)

	x, opened := g.open(req)
	require.True(t, x.Marks.Has(traffic.AfterEnd), "known before the handler runs")
	require.Equal(t, traffic.Claimed, opened.Standing)
	late := g.settle(x, traffic.Said{})
	require.Equal(t, alive.Session.ID, late.Session.ID)
	require.Equal(t, traffic.Claimed, late.Session.Standing)
	require.True(t, late.Marks.Has(traffic.AfterEnd))

	again := g.say(traffic.Said{Login: traffic.LoginSucceeded, User: "joe"}, req)
	require.False(t, again.Marks.Has(traffic.AfterEnd), "somebody logged in again")
	require.False(t, g.do(req).Marks.Has(traffic.AfterEnd))
}

// TestEndEndsTheSessionThatCame: a logout that is answered with a fresh token
// ends the old session, not the new one.
func TestEndEndsTheSessionThatCame(t *testing.T) {
	g := newRig(t, own(answerToken, queryToken))
	g.say(traffic.Said{Ended: true}, target("/?token=the-old-token"), answered(`{"token":"the-new-token"}`))
	require.True(t, g.do(target("/?token=the-old-token")).Marks.Has(traffic.AfterEnd))
	fresh := g.do(target("/?token=the-new-token"))
	require.False(t, fresh.Marks.Has(traffic.AfterEnd))
	require.Equal(t, traffic.Issued, fresh.Session.Standing)
}

// TestWhoIsIt: what the application says wins over parameters, these over
// what was known before.
func TestWhoIsIt(t *testing.T) {
	c := own("REQUEST → COOKIE → sess")
	c.Parameters = append(c.Parameters,
		session.Parameter{Path: "REQUEST → QUERY → user", Type: session.User},
		session.Parameter{Path: "REQUEST → QUERY → login", Type: session.User},
		session.Parameter{Path: "REQUEST → QUERY → role", Type: session.Role})
	g := newRig(t, c)
	sess := cookie("sess=somebody-new")
	f := func(said traffic.Said, query, user, role string) {
		t.Helper()
		x := g.say(said, sess, target("/"+query))
		require.Equal(t, user, x.Session.User)
		require.Equal(t, role, x.Session.Role)
	}
	f(traffic.Said{}, "", "", "")
	f(traffic.Said{}, "?login=joe", "joe", "")
	f(traffic.Said{}, "?role=buyer", "joe", "buyer")
	f(traffic.Said{}, "?login=joe&user=ann", "ann", "buyer")
	f(traffic.Said{}, "?user=", "ann", "buyer")
	f(traffic.Said{User: "bob", Role: "admin"}, "?user=ann", "bob", "admin")
	f(traffic.Said{}, "", "bob", "admin")
	f(traffic.Said{Login: traffic.LoginFailed}, "?user=eve", "bob", "admin")
	f(traffic.Said{}, "", "bob", "admin")
	f(traffic.Said{Login: traffic.LoginSucceeded, User: "eve"}, "", "eve", "admin")

	_, opened := g.open(sess, target("/?user=zoe"))
	require.Equal(t, "zoe", opened.User, "known before the handler runs")
	require.Equal(t, "admin", opened.Role)
	other := g.do(cookie("sess=somebody-else"))
	require.Empty(t, other.Session.User)
	long := g.say(traffic.Said{User: strings.Repeat("u", 1000)}, sess)
	require.Len(t, long.Session.User, 256)
}

func TestSecretUser(t *testing.T) {
	c := session.Config{Parameters: []session.Parameter{{Path: "REQUEST → QUERY → user", Type: session.User, Secret: true}}}
	g := newRig(t, c)
	x := g.do(target("/?user=joe"))
	require.Equal(t, g.r.Hashes("joe")[0], x.Session.User)
	require.Equal(t, x.Session.User, x.Params[0].Value)
}

// TestWithoutOpen: Settle alone is enough, and a table is not needed.
func TestWithoutOpen(t *testing.T) {
	g := newRig(t, own(queryToken))
	x, _ := g.open(target("/?token=abcdefgh"))
	want := x.Session.ID
	x.Session = traffic.Identity{}
	x.Response.Status = 200
	g.r.Settle(x, &g.scan, nil, traffic.Said{User: "joe", Ended: true})
	require.Equal(t, want, x.Session.ID)
	require.Equal(t, "joe", x.Session.User)
	require.Equal(t, traffic.Claimed, x.Session.Standing)
}

// TestNobody: without an address and a key there is no session.
func TestNobody(t *testing.T) {
	g := newRig(t, session.Config{})
	x := g.say(traffic.Said{Ended: true, User: "joe"}, func(x *traffic.Exchange) { x.Client.Addr = traffic.Addr{} })
	require.True(t, x.Session.ID.IsZero())
	require.Equal(t, traffic.NoKey, x.Session.Key.Source)
	require.Equal(t, traffic.StrengthNone, x.Session.Strength)
	require.Equal(t, traffic.Observed, x.Session.Standing)
	require.Equal(t, "joe", x.Session.User)
	require.Zero(t, g.live.Len())
	tried := g.r.Explain(x, &g.scan)
	require.False(t, tried[len(tried)-1].Worked)
}

func TestVerify(t *testing.T) {
	const claims = "eyJzdWIiOiJqb2UifQ" // {"sub":"joe"}
	good, bad := "eyJhbGciOiJIUzI1NiJ9."+claims+".good", "eyJhbGciOiJIUzI1NiJ9."+claims+".bad"
	var asked []string
	c := session.Config{Parameters: []session.Parameter{{
		Path: "REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → sub", Key: true, Clear: true, Namespace: "user",
		Verify: func(token string) bool { asked = append(asked, token); return token == good },
	}}}
	g := newRig(t, c)
	x, opened := g.open(header("Authorization", "Bearer "+good))
	require.Equal(t, traffic.Verified, opened.Standing)
	g.settle(x, traffic.Said{})
	require.Equal(t, traffic.Verified, x.Session.Standing)
	require.Equal(t, "joe", x.Session.Key.Value)
	require.Equal(t, []string{good}, asked, "asked once, with the whole token")
	forged := g.do(header("Authorization", "Bearer "+bad)).Session
	require.Equal(t, traffic.Claimed, forged.Standing)
	require.Equal(t, x.Session.ID, forged.ID)

	g.say(traffic.Said{Ended: true}, header("Authorization", "Bearer "+good))
	require.Equal(t, traffic.Claimed, g.do(header("Authorization", "Bearer "+good)).Session.Standing, "after the end nobody is trusted")

	c.Parameters[0] = session.Parameter{Path: queryToken, Key: true, Verify: func(v string) bool { return v == "vouched" }}
	g = newRig(t, c)
	require.Equal(t, traffic.Verified, g.do(target("/?token=vouched")).Session.Standing)
}

func TestNormalize(t *testing.T) {
	c := session.Config{Parameters: []session.Parameter{
		{Name: "bearer", Path: "REQUEST → HEADER → AUTHORIZATION", Key: true, Clear: true, Normalize: session.BareToken},
		{Name: "lower", Path: "REQUEST → COOKIE → token", Key: true, Clear: true, Normalize: strings.ToLower},
	}}
	g := newRig(t, c)
	a := g.do(header("Authorization", "Bearer the-token"))
	b := g.do(cookie("token=THE-TOKEN"))
	require.Equal(t, a.Session.ID, b.Session.ID)
	require.Equal(t, "the-token", a.Session.Key.Value)
	require.Equal(t, "the-token", b.Params[0].Value)
	require.Equal(t, traffic.AddrUserAgentKey, g.do(header("Authorization", "Bearer ")).Session.Key.Source, "made empty")
}

// TestLongKeys: Q-02, longer than 8000 bytes is absent and counted.
func TestLongKeys(t *testing.T) {
	g := newRig(t, own(queryToken))
	ok := g.do(target("/?token=" + strings.Repeat("x", 8000)))
	require.Equal(t, traffic.OwnKey, ok.Session.Key.Source)
	long := g.do(target("/?token=" + strings.Repeat("x", 8001)))
	require.Equal(t, traffic.AddrUserAgentKey, long.Session.Key.Source)
	require.Equal(t, uint64(1), g.r.Health()[0].TooLong)

	var set point.Set
	r, err := session.Compile(own(queryToken), &set)
	require.NoError(t, err)
	g.r, g.plan = r, set.Compile(point.Limits{ValueBytes: -1})
	long = g.do(target("/?token=" + strings.Repeat("x", 8001)))
	require.Equal(t, traffic.AddrUserAgentKey, long.Session.Key.Source, "also where the scan would read it")
	require.Equal(t, "too_long", g.explain(long)[queryToken])
	require.Equal(t, uint64(1), g.r.Health()[0].TooLong)
}

func TestHealth(t *testing.T) {
	c := own(queryToken, "REQUEST → QUERY → cart")
	c.Parameters[1].Namespace = "cart"
	g := newRig(t, c)
	g.do(target("/?token=12345678"))
	require.Empty(t, g.r.Health())
	g.do(target("/?token=1"))
	g.do(target("/?cart=1"))
	g.do(target("/?cart=2"))
	g.do(cookie("sid=7"))
	health := g.r.Health()
	require.Len(t, health, 3)
	require.Equal(t, session.KeyHealth{Source: traffic.OwnKey, Name: queryToken, Path: queryToken, Short: 1}, health[0])
	require.Equal(t, uint64(2), health[1].Short)
	require.Equal(t, traffic.BuiltinKey, health[2].Source)
	warnings := g.r.Warnings()
	require.Len(t, warnings, 3)
	require.Contains(t, warnings[0], "give the key a namespace")
	require.NotContains(t, warnings[1], "give the key a namespace")
}

// TestNamespaces: equal values of different namespaces never meet.
func TestNamespaces(t *testing.T) {
	c := own(queryToken, "REQUEST → QUERY → user", "REQUEST → QUERY → uid", "REQUEST → QUERY → cart")
	c.Parameters[1].Namespace, c.Parameters[2].Namespace = "user", "user"
	g := newRig(t, c)
	id := func(query string) traffic.SessionID { t.Helper(); return g.do(target(query)).Session.ID }
	require.Equal(t, id("/?token=1"), id("/?cart=1"))
	require.Equal(t, id("/?user=1"), id("/?uid=1"))
	require.NotEqual(t, id("/?user=1"), id("/?cart=1"))
	require.NotEqual(t, id("/?cart=1"), g.do(cookie("sid=1")).Session.ID)

	known, ok := g.r.SessionID("user", "1")
	require.True(t, ok)
	require.Equal(t, id("/?user=1"), known)
	_, ok = g.r.SessionID("order", "1")
	require.False(t, ok)
}

// TestRotation: a new secret in front splits no session; hashed values carry
// the id of the one they were made with.
func TestRotation(t *testing.T) {
	secretB := session.Secret{ID: "b", Key: []byte("bbbbbbbbbbbbbbbb")}
	c := own(queryToken)
	g := newRig(t, c)
	request := target("/?token=abcdefgh")
	before, beforeCookie := g.do(request), g.do(cookie("sid=abcdefgh"))
	c.Secrets = []session.Secret{secretB, secretA}
	g.reconfigure(c)
	after, afterCookie := g.do(request), g.do(cookie("sid=abcdefgh"))
	require.Equal(t, before.Session.ID, after.Session.ID)
	require.Equal(t, beforeCookie.Session.ID, afterCookie.Session.ID)
	require.Regexp(t, "^a:", before.Params[0].Value)
	require.Regexp(t, "^b:", after.Params[0].Value)
	require.Equal(t, []string{after.Params[0].Value, before.Params[0].Value}, g.r.Hashes("abcdefgh"))

	c.Secrets = []session.Secret{secretB}
	g.reconfigure(c)
	fresh := g.do(request)
	require.NotEqual(t, before.Session.ID, fresh.Session.ID)
	require.Equal(t, after.Params[0].Value, fresh.Params[0].Value)
}

// TestDefaultSecret: without a secret sessions hold as long as the process,
// also over a changed configuration.
func TestDefaultSecret(t *testing.T) {
	g := newRig(t, session.Config{Secrets: []session.Secret{}})
	a := g.do(cookie("sid=abcdefgh")).Session.ID
	g.reconfigure(session.Config{Secrets: []session.Secret{}, NoBuiltin: false, Fingerprint: true})
	require.Equal(t, a, g.do(cookie("sid=abcdefgh")).Session.ID)
	require.NotEqual(t, a, newRig(t, session.Config{}).do(cookie("sid=abcdefgh")).Session.ID)
}

func TestFingerprint(t *testing.T) {
	g := newRig(t, session.Config{Fingerprint: true})
	a := g.do(ja4("t13d"), agent("Fox/1")).Session
	require.Equal(t, traffic.StrengthMedium, a.Strength)
	require.Equal(t, traffic.Observed, a.Standing)
	require.Equal(t, "address and TLS fingerprint", a.Key.Name)
	require.Equal(t, a.ID, g.do(ja4("t13d"), agent("Cat/1")).Session.ID, "a new user agent is not a new session")
	require.NotEqual(t, a.ID, g.do(ja4("t12d"), agent("Fox/1")).Session.ID)
	require.NotEqual(t, a.ID, g.do(ja4("t13d"), from("192.0.2.9")).Session.ID)
	require.Equal(t, traffic.StrengthWeak, g.do(agent("Fox/1")).Session.Strength)
	ja3 := func(x *traffic.Exchange) { x.Client.JA3 = "t13d" }
	require.Equal(t, a.ID, g.do(ja3).Session.ID)
	require.Equal(t, 1, g.do(agent("")).Session.Key.Index, "the plain address comes after the fingerprint")

	g = newRig(t, session.Config{})
	require.Equal(t, traffic.StrengthWeak, g.do(ja4("t13d")).Session.Strength, "off by default")
}

func TestIPv6Block(t *testing.T) {
	g := newRig(t, session.Config{})
	a := g.do(from("2001:db8::1")).Session.ID
	require.Equal(t, a, g.do(from("2001:db8::ffff:2")).Session.ID, "one customer's /64")
	require.NotEqual(t, a, g.do(from("2001:db8:0:1::1")).Session.ID)
	g = newRig(t, session.Config{IPv6Bits: -1})
	require.NotEqual(t, g.do(from("2001:db8::1")).Session.ID, g.do(from("2001:db8::2")).Session.ID)
}

// TestBadPlaces: what cannot be read is said, and the next key is tried.
func TestBadPlaces(t *testing.T) {
	c := own(bodyToken, "REQUEST → HEADER → X-NEXT")
	g := newRig(t, c)
	x := g.do(sentJSON(`{"token":`), header("X-Next", "next-value"))
	require.Equal(t, 1, x.Session.Key.Index)
	require.Equal(t, "undecodable", g.explain(x)[bodyToken])
	require.Equal(t, traffic.Undecodable, param(t, x, bodyToken).Found)
	require.Empty(t, param(t, x, bodyToken).Value)
	big := g.do(sentJSON(`{"pad":"`+strings.Repeat("x", 70_000)+`","token":"abcdefgh"}`), header("X-Next", "next-value"))
	require.Equal(t, 1, big.Session.Key.Index)
	require.Equal(t, "too_large", g.explain(big)[bodyToken])
}
