package session_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// TestExplain shows one request before and after its answer.
func TestExplain(t *testing.T) {
	c := own(answerToken, "REQUEST → HEADER → X-MASKED", queryToken, bodyToken)
	c.Masks = []string{"REQUEST → HEADER → X-MASKED"}
	c.NoBuiltin = true
	g := newRig(t, c)
	x, _ := g.open(target("/?token="), sentJSON(`{"token":"aaaaaaaa"}`), answered(`{"token":"bbbbbbbb"}`))
	answer := x.Response
	x.Response = traffic.Response{}
	before, err := json.MarshalIndent(g.r.Explain(x, &g.scan), "", "  ")
	require.NoError(t, err)
	golden(t, "explain_before.json", append(before, '\n'))
	x.Response = answer
	g.settle(x, traffic.Said{})
	after := g.r.Explain(x, &g.scan)
	require.Equal(t, []session.Tried{{
		Source: traffic.OwnKey, Name: answerToken, Path: answerToken, Outcome: session.Found, Worked: true,
		Why: "the first value that works: it names the session",
	}}, after)
	require.Zero(t, len(g.r.Health()), "explaining counts nothing")
}

func TestExplainFallbacks(t *testing.T) {
	g := newRig(t, session.Config{NoBuiltin: true, Fingerprint: true})
	f := func(want string, worked bool, options ...option) {
		t.Helper()
		x := g.do(options...)
		tried := g.r.Explain(x, &g.scan)
		last := tried[len(tried)-1]
		require.Equal(t, want, last.Name)
		require.Equal(t, worked, last.Worked)
		require.Equal(t, worked, !x.Session.ID.IsZero())
		for _, t1 := range tried[:len(tried)-1] {
			require.False(t, t1.Worked)
		}
	}
	f("address and TLS fingerprint", true, ja4("t13d"))
	f("address and user agent", true)
	f("address", true, agent(""))
	f("address", false, func(x *traffic.Exchange) { x.Client.Addr = traffic.Addr{} })
}

// TestExplainAgrees: whatever the request, the key that Explain says worked is
// the one the session was made with.
func TestExplainAgrees(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 9))
	c := own(answerToken, queryToken, "REQUEST → COOKIE → sess", bodyToken, "RESPONSE → HEADER → X-LAST")
	c.Fingerprint, c.Masks = true, []string{"REQUEST → COOKIE → jwt"}
	g := newRig(t, c)
	values := []string{"", "null", "aaaaaaaa", "bbbbbbbb", "Bearer%20cccccccc", "eyJpdiI6IjAi"}
	value := func() string { return values[rnd.IntN(len(values))] }
	builtin := session.Builtin()
	for range 3000 {
		var options []option
		maybe := func(o option) {
			if rnd.IntN(4) == 0 {
				options = append(options, o)
			}
		}
		maybe(target("/?token=" + value()))
		maybe(cookie("sess=" + value()))
		maybe(sentJSON(fmt.Sprintf(`{"token":%q}`, value())))
		maybe(answered(fmt.Sprintf(`{"token":%q}`, value())))
		maybe(setCookie("sid=" + value()))
		maybe(ja4("t13d"))
		maybe(agent(""))
		for range rnd.IntN(3) {
			id := builtin[rnd.IntN(len(builtin))]
			options = append(options, place(t, id, value()))
		}
		x := g.do(options...)
		tried := g.r.Explain(x, &g.scan)
		won := tried[len(tried)-1]
		require.True(t, won.Worked)
		key := x.Session.Key
		require.Equal(t, session.Tried{Source: key.Source, Index: key.Index, Name: key.Name},
			session.Tried{Source: won.Source, Index: won.Index, Name: won.Name})
	}
}

func TestOutcomeText(t *testing.T) {
	for o := session.NotFound; o <= session.NotYet; o++ {
		text, err := o.MarshalText()
		require.NoError(t, err)
		var back session.Outcome
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, o, back)
	}
	var o session.Outcome
	require.Error(t, o.UnmarshalText([]byte("perhaps")))
	require.Equal(t, "invalid(99)", session.Outcome(99).String())
}
