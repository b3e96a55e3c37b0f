package session_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// The acceptance checks of SEMANTICS 6 that are the business of sessions, each
// test named by its number.

const (
	answerToken = "RESPONSE → BODY → JSON → PROPERTY → token"
	queryToken  = "REQUEST → QUERY → token"
	bodyToken   = "REQUEST → BODY → JSON → PROPERTY → token"
)

// TestCheck1 is the example of the seed: three requests, two places, one
// session; the fourth falls to the built-in set.
func TestCheck1(t *testing.T) {
	g := newRig(t, own(answerToken, queryToken, bodyToken))
	r1 := g.do(sentJSON(`{"in":"bbb"}`), answered(`{"token":"aaa"}`)).Session
	r2 := g.do(sentJSON(`{"in":"ccc","token":"aaa"}`), answered(`{"ok":true}`)).Session
	r3 := g.do(target("/?token=aaa")).Session
	r4 := g.do().Session

	require.Equal(t, r1.ID, r2.ID)
	require.Equal(t, r1.ID, r3.ID)
	require.NotEqual(t, r1.ID, r4.ID)
	for i, id := range []traffic.Identity{r1, r2, r3} {
		require.Equal(t, traffic.OwnKey, id.Key.Source)
		require.Equal(t, []int{0, 2, 1}[i], id.Key.Index, "request %d", i+1)
		require.Equal(t, traffic.StrengthStrong, id.Strength)
		require.Equal(t, traffic.Issued, id.Standing)
	}
	require.Equal(t, traffic.AddrUserAgentKey, r4.Key.Source)
	require.Equal(t, traffic.StrengthWeak, r4.Strength)
	require.Equal(t, traffic.Observed, r4.Standing)
	require.Equal(t, r4.ID, r1.Provisional, "before its answer the first was anybody's")
	require.True(t, r2.Provisional.IsZero())

	wanted := g.do(sentJSON(`{"token":"zzz"}`), answered(`{"token":"aaa"}`)).Session
	require.Equal(t, r1.ID, wanted.ID, "the answer's key stands first")
	require.NotEqual(t, r1.ID, wanted.Provisional)
	require.False(t, wanted.Provisional.IsZero())
}

// TestCheck2: an own key beats the built-in ones even when both resolve; the
// second own key is used only when the first is absent.
func TestCheck2(t *testing.T) {
	g := newRig(t, own("REQUEST → HEADER → X-FIRST", "REQUEST → HEADER → X-SECOND"))
	both := g.do(header("X-First", "first-value"), header("X-Second", "second-value"), cookie("PHPSESSID=php-value")).Session
	require.Equal(t, traffic.Key{Source: traffic.OwnKey, Index: 0, Name: "REQUEST → HEADER → X-FIRST", Hashed: true, Value: both.Key.Value}, both.Key)
	second := g.do(header("X-Second", "second-value"), cookie("PHPSESSID=php-value")).Session
	require.Equal(t, 1, second.Key.Index)
	builtin := g.do(cookie("PHPSESSID=php-value")).Session
	require.Equal(t, traffic.BuiltinKey, builtin.Key.Source)
	require.Equal(t, "PHPSESSID", builtin.Key.Name)
	require.NotEqual(t, both.ID, second.ID)
	require.NotEqual(t, second.ID, builtin.ID)

	empty := g.do(header("X-First", ""), header("X-Second", "second-value")).Session
	require.Equal(t, second.ID, empty.ID, "Q-01: an empty value does not work")
}

// TestCheck3: no user agent, then the session is the address's; two user
// agents at one address are two sessions.
func TestCheck3(t *testing.T) {
	g := newRig(t, session.Config{})
	bare := g.do(agent("")).Session
	require.Equal(t, traffic.AddrKey, bare.Key.Source)
	require.Equal(t, bare.ID, g.do(agent("")).Session.ID)
	fox, cat := g.do(agent("Fox/1")).Session, g.do(agent("Cat/1")).Session
	require.Equal(t, traffic.AddrUserAgentKey, fox.Key.Source)
	require.NotEqual(t, fox.ID, cat.ID)
	require.NotEqual(t, fox.ID, bare.ID)
	require.NotEqual(t, fox.ID, g.do(agent("Fox/1"), from("192.0.2.2")).Session.ID)
	require.Empty(t, fox.Key.Value)
}

// TestCheck4: reordering keys changes the winning key for the next request.
func TestCheck4(t *testing.T) {
	a, b := "REQUEST → HEADER → X-A", "REQUEST → HEADER → X-B"
	g := newRig(t, own(a, b))
	request := []option{header("X-A", "value-of-a"), header("X-B", "value-of-b")}
	before := g.do(request...).Session
	require.Equal(t, a, before.Key.Name)
	g.reconfigure(own(b, a))
	after := g.do(request...).Session
	require.Equal(t, b, after.Key.Name)
	require.Equal(t, 0, after.Key.Index)
	require.NotEqual(t, before.ID, after.ID)
	require.Equal(t, before.ID, g.do(request[0]).Session.ID, "the same value is the same session in any order")
}

// TestCheck5: the 21st visible parameter is rejected; a control's hidden
// parameter is accepted at 20 of 20, is not listed, but is in the details.
func TestCheck5(t *testing.T) {
	var c session.Config
	for i := range 20 {
		c.Parameters = append(c.Parameters, session.Parameter{Path: fmt.Sprintf("REQUEST → QUERY → p%d", i)})
	}
	c.Parameters = append(c.Parameters, session.Parameter{Path: "REQUEST → QUERY → object_id", Hidden: true})
	g := newRig(t, c)
	require.Len(t, g.r.Parameters(), 20)
	for _, p := range g.r.Parameters() {
		require.False(t, p.Hidden)
	}
	x := g.do(target("/?p3=three&object_id=42"))
	require.Equal(t, []traffic.Param{
		{Name: "p3", Value: "three", Found: traffic.Present},
		{Name: "object_id", Value: "42", Found: traffic.Present, Hidden: true},
	}, x.Params)

	c.Parameters = append(c.Parameters, session.Parameter{Path: "REQUEST → QUERY → p20"})
	_, err := session.Compile(c, new(point.Set))
	require.ErrorContains(t, err, "Parameters: 21 parameters, at most 20 are allowed")
	c.MaxParameters = 21
	_, err = session.Compile(c, new(point.Set))
	require.NoError(t, err)
	c.MaxParameters = -1
	_, err = session.Compile(c, new(point.Set))
	require.NoError(t, err)
}

// TestCheck6: clearing the grouping flag keeps the parameter as context;
// Secret stores only a hash; equal values have equal hashes.
func TestCheck6(t *testing.T) {
	p := session.Parameter{Name: "token", Path: queryToken, Key: true, Secret: true}
	g := newRig(t, session.Config{Parameters: []session.Parameter{p}})
	as := func(x *traffic.Exchange, key bool) string {
		t.Helper()
		got := param(t, x, "token")
		require.Equal(t, traffic.Param{Name: "token", Value: got.Value, Found: traffic.Present, Hashed: true, Key: key}, got)
		require.Regexp(t, `^a:[0-9a-f]{64}$`, got.Value)
		return got.Value
	}
	x := g.do(target("/?token=aaa"))
	require.Equal(t, traffic.OwnKey, x.Session.Key.Source)
	hash := as(x, true)
	require.Equal(t, hash, x.Session.Key.Value)
	require.Equal(t, []string{hash}, g.r.Hashes("aaa"))

	p.Key = false
	g.reconfigure(session.Config{Parameters: []session.Parameter{p}})
	x = g.do(target("/?token=aaa"))
	require.Equal(t, traffic.AddrUserAgentKey, x.Session.Key.Source)
	require.Equal(t, hash, as(x, false))
	require.NotEqual(t, hash, as(g.do(target("/?token=aab")), false))

	p.Secret = false
	g.reconfigure(session.Config{Parameters: []session.Parameter{p}})
	require.Equal(t, "aaa", param(t, g.do(target("/?token=aaa")), "token").Value)
}

// TestCheck7: a mask on the key's point makes it absent, and the next key is
// tried.
func TestCheck7(t *testing.T) {
	c := own("REQUEST → HEADER → X-FIRST", "REQUEST → HEADER → X-SECOND")
	c.Masks = []string{"REQUEST → HEADER → X-FIRST"}
	g := newRig(t, c)
	x := g.do(header("X-First", "first-value"), header("X-Second", "second-value"))
	require.Equal(t, "REQUEST → HEADER → X-SECOND", x.Session.Key.Name)
	require.Equal(t, 1, x.Session.Key.Index, "the order is that of the configuration")
	require.Len(t, x.Params, 1, "the context shows the masked one absent")
	tried := g.r.Explain(x, &g.scan)
	require.Equal(t, session.Masked, tried[0].Outcome)
	require.Contains(t, tried[0].Why, "X-FIRST")
	require.True(t, tried[1].Worked)
}

// TestCheck8: user and role parameters fill the sessions and filter them.
func TestCheck8(t *testing.T) {
	c := own("REQUEST → COOKIE → sess")
	c.Parameters = append(c.Parameters,
		session.Parameter{Path: "REQUEST → BODY → JSON → PROPERTY → login", Type: session.User},
		session.Parameter{Path: "RESPONSE → BODY → JSON → PROPERTY → role", Type: session.Role})
	g := newRig(t, c)
	var records []*traffic.Record
	add := func(options ...option) { records = append(records, recordOf(g.do(options...))) }
	add(cookie("sess=session-of-joe"))
	add(cookie("sess=session-of-joe"), sentJSON(`{"login":"joe"}`), answered(`{"role":"buyer"}`))
	add(cookie("sess=session-of-joe"))
	add(cookie("sess=session-of-ann"), sentJSON(`{"login":"ann"}`), answered(`{"role":"admin"}`))

	require.Empty(t, records[0].Session.User, "not retroactive")
	require.Equal(t, "joe", records[2].Session.User, "it stays for the session")
	require.Equal(t, "buyer", records[2].Session.Role)
	count := func(q session.Query, want int) {
		t.Helper()
		n := 0
		for _, r := range records {
			if q.Match(r) {
				n++
			}
		}
		require.Equal(t, want, n)
	}
	count(session.Query{Users: []string{"joe"}}, 2)
	count(session.Query{Users: []string{"ann", "joe"}}, 3)
	count(session.Query{Roles: []string{"admin"}}, 1)

	var f session.Fold
	for _, r := range records[:3] {
		f.Add(r)
	}
	part := f.Part(0)
	require.Equal(t, []session.Count[string]{{Value: "joe", Count: 2}}, part.Users.List)
	require.Equal(t, []session.Count[string]{{Value: "buyer", Count: 2}}, part.Roles.List)
}

// TestCheck9: a session that spans midnight has two parts with the same id; the
// part of day -7 is gone, that of day -6 is kept.
func TestCheck9(t *testing.T) {
	tokyo := time.FixedZone("Tokyo", 9*3600)
	for _, c := range []session.Config{{}, {Zone: tokyo}} {
		zone := c.Zone
		if zone == nil {
			zone = time.UTC
		}
		midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, zone)
		require.Equal(t, c.DayOf(midnight), c.DayOf(midnight.Add(-time.Nanosecond))+1)
		require.Equal(t, c.DayOf(midnight), c.DayOf(midnight.UTC().Add(24*time.Hour-1)))
		require.Equal(t, "2026-03-02", c.DayOf(midnight).String())

		g := newRig(t, c)
		g.now = midnight.Add(-2 * time.Second)
		folds := map[traffic.Day]*session.Fold{}
		for range 3 {
			r := recordOf(g.do(cookie("PHPSESSID=abcdefgh")))
			day := c.DayOf(r.Time)
			if folds[day] == nil {
				folds[day] = &session.Fold{}
			}
			folds[day].Add(r)
		}
		today := c.DayOf(midnight)
		require.Len(t, folds, 2)
		before, after := folds[today-1].Part(today-1), folds[today].Part(today)
		require.Equal(t, before.Session, after.Session)
		require.Equal(t, 1, before.Requests)
		require.Equal(t, 2, after.Requests)

		require.True(t, today-6 >= session.KeptFrom(today), "day -6 is present")
		require.True(t, today-7 < session.KeptFrom(today), "day -7 is gone")
	}
}
