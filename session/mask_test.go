package session_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// TestMasks: which parameters a mask affects. A parameter that a mask affects
// is not even read.
func TestMasks(t *testing.T) {
	f := func(mask, path string, affected bool) {
		t.Helper()
		var set point.Set
		_, err := session.Compile(session.Config{
			NoBuiltin: true, Masks: []string{mask}, Parameters: []session.Parameter{{Path: path}},
		}, &set)
		require.NoError(t, err)
		require.Equal(t, affected, set.Compile(point.Limits{}).Slots() == 0, "%s masks %s", mask, path)
	}
	const auth = "REQUEST → HEADER → AUTHORIZATION"
	f(queryToken, queryToken, true)
	f(queryToken, "REQUEST → QUERY → other", false)
	f("RESPONSE → HEADER → X-A", "REQUEST → HEADER → X-A", false)
	f("REQUEST → HEADER → X-A", "REQUEST → HEADER → x-a", true)

	// Above and inside.
	f("REQUEST → BODY", bodyToken, true)
	f("REQUEST → BODY → JSON", bodyToken, true)
	f("REQUEST → BODY → JSON → PROPERTY → card", "REQUEST → BODY → JSON → PROPERTY → card → PROPERTY → number", true)
	f("REQUEST → BODY → JSON → PROPERTY → card", "REQUEST → BODY", true)
	f("REQUEST → BODY → JSON → PROPERTY → card", bodyToken, false)
	f("REQUEST → BODY → FORM_URLENCODED → token", bodyToken, false)
	f(auth+" → JWT → jwt_payload → PROPERTY → email", auth, true)
	f(auth, auth+" → JWT → jwt_payload → PROPERTY → sub", true)
	f(auth+" → JWT → jwt_payload → PROPERTY → email", auth+" → JWT → jwt_payload → PROPERTY → sub", false)
	f(auth+" → JWT → jwt_payload → PROPERTY → email", auth+" → JWT → jwt_header → PROPERTY → alg", false)

	// The same place written in different ways.
	f("REQUEST → HEADER → COOKIE", "REQUEST → COOKIE → sid", true)
	f("REQUEST → COOKIE → sid", "REQUEST → HEADER → COOKIE", true)
	f("REQUEST → COOKIE → sid", "REQUEST → COOKIE → other", false)
	f("RESPONSE → HEADER → SET-COOKIE", "RESPONSE → COOKIE → sid", true)
	f("REQUEST → URI", queryToken, true)
	f(queryToken, "REQUEST → URI", true)
	f("REQUEST → PATH → 1", "REQUEST → URI", true)
	f("REQUEST → PATH → 1", "REQUEST → PATH → 0", false)
	f("REQUEST → USER_AGENT", "REQUEST → HEADER → USER-AGENT", true)
	f("REQUEST → HEADER → USER-AGENT", "REQUEST → USER_AGENT", true)

	// Norms and repeats.
	f("REQUEST → BODY → JSON → PROPERTY → ALL", bodyToken, true)
	f("REQUEST → QUERY → ALL", queryToken, true)
	f("REQUEST → BODY → JSON → PROPERTY → ALL → PROPERTY → number", "REQUEST → BODY → JSON → PROPERTY → card", true)
	f("REQUEST → BODY → JSON → PROPERTY → ALL → PROPERTY → number", "REQUEST → BODY → JSON → PROPERTY → card → PROPERTY → name", false)
	f("REQUEST → HEADER → ALL", "REQUEST → COOKIE → sid", true)
	f("REQUEST → HEADER → ALL", "REQUEST → USER_AGENT", true)
	f("REQUEST → HEADER → ALL", queryToken, false)
	f(queryToken, "REQUEST → QUERY → ALL", true)
	f(queryToken, "REQUEST → QUERY → NAMES", false)
	f("REQUEST → QUERY → ALL", "REQUEST → QUERY → NAMES", false)
	f("REQUEST → URI", "REQUEST → QUERY → NAMES", true)
	f("REQUEST → QUERY → token → ITEM → 1", queryToken, true)
	f("REQUEST → QUERY → token → ITEM → 1", "REQUEST → QUERY → token → ITEM → 0", false)
	f("REQUEST → QUERY → token → ITEM → 1", "REQUEST → QUERY → token → POLLUTION", true)
	f("REQUEST → QUERY → token → POLLUTION", "REQUEST → QUERY → token → ITEM → 0", true)
}

// TestMaskedValuesAreNowhere: a masked value is not in what a request leaves
// behind, and a masked cookie of the response issues nothing.
func TestMaskedValuesAreNowhere(t *testing.T) {
	c := session.Config{
		Parameters: []session.Parameter{
			{Path: queryToken, Key: true, Clear: true},
			{Path: "REQUEST → COOKIE → name", Type: session.User},
		},
		Masks: []string{queryToken, "REQUEST → COOKIE → name", "RESPONSE → COOKIE"},
	}
	// A mask for a whole family is written by its header.
	c.Masks[2] = "RESPONSE → HEADER → SET-COOKIE"
	g := newRig(t, c)
	x := g.do(target("/?token=masked-value"), cookie("name=joe"))
	require.Equal(t, traffic.AddrUserAgentKey, x.Session.Key.Source)
	require.Empty(t, x.Params)
	require.Empty(t, x.Session.User)
	g.do(setCookie("sid=made-by-the-server"))
	require.Equal(t, traffic.Claimed, g.do(cookie("sid=made-by-the-server")).Session.Standing)
}
