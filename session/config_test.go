package session_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// TestConfigTellsAll: every problem at once, each with its field; nothing is
// reserved.
func TestConfigTellsAll(t *testing.T) {
	vouch := func(string) bool { return true }
	c := session.Config{
		Parameters: []session.Parameter{
			{Path: "REQUEST → NOWHERE"},
			{Path: queryToken, Key: true, Secret: true, Clear: true},
			{Path: "REQUEST → QUERY → ALL", Key: true},
			{Path: "REQUEST → QUERY → a", Namespace: "n", Verify: vouch},
			{Path: answerToken, Key: true, Verify: vouch},
			{Path: "REQUEST → QUERY → b", Name: strings.Repeat("n", 129)},
			{Path: "REQUEST → QUERY → c", Name: "two\nlines", Type: 9},
			{Path: "REQUEST → QUERY → d", Hidden: true, Key: true},
			{Path: "REQUEST → QUERY → e", Key: true, Namespace: strings.Repeat("n", 65)},
			{Path: "REQUEST → QUERY → f", Name: "\xff"},
			{Path: "REQUEST → QUERY → g", Name: "same"},
			{Path: "REQUEST → QUERY → h", Name: "same"},
			{Path: "[query, 'g']", Name: "g again"},
		},
		Masks:    []string{"nonsense", "REQUEST → QUERY → NAMES"},
		IPv6Bits: 129,
		Secrets:  []session.Secret{{ID: "A!", Key: []byte("short")}, secretA, secretA},
	}
	var set point.Set
	_, err := session.Compile(c, &set)
	require.Error(t, err)
	for _, want := range []string{
		"Parameters[0].Path: ",
		"Parameters[1].Clear: contradicts Secret",
		"Parameters[2].Path: no grouping key",
		"Parameters[3].Namespace: only a key has one",
		"Parameters[3].Verify: only a key can be verified",
		"Parameters[4].Verify: what we answer needs no vouching",
		"Parameters[5].Name: 129 bytes, at most 128",
		"Parameters[6].Name: \"two\\nlines\" has control characters",
		"Parameters[6].Type: invalid(9)",
		"Parameters[7].Key: a hidden parameter cannot group sessions",
		"Parameters[8].Namespace: 65 bytes, at most 64",
		"Parameters[9].Name: \"\\xff\" is not UTF-8",
		"Parameters[11].Name: \"same\" is already Parameters[10]",
		"Parameters[12].Path: the same place as Parameters[10]",
		"Masks[0]: ",
		"Masks[1]: ",
		"IPv6Bits: 129",
		"Secrets[0].ID: \"A!\"",
		"Secrets[0].Key: 5 bytes, at least 16",
		"Secrets[2].ID: \"a\" is already Secrets[1]",
	} {
		require.ErrorContains(t, err, want)
	}
	require.Len(t, strings.Split(err.Error(), "\n"), 20, "and nothing else: %v", err)
	require.Zero(t, set.Compile(point.Limits{}).Slots())
	require.NotContains(t, err.Error(), "aaaaaaaa", "no secret is shown")
}

func TestConfigBounds(t *testing.T) {
	var c session.Config
	for i := range 201 {
		c.Parameters = append(c.Parameters, session.Parameter{Path: fmt.Sprintf("REQUEST → QUERY → p%d", i), Hidden: true})
	}
	c.Masks = make([]string, 1001)
	for i := range c.Masks {
		c.Masks[i] = "REQUEST → METHOD"
	}
	c.Secrets = make([]session.Secret, 17)
	for i := range c.Secrets {
		c.Secrets[i] = session.RandomSecret(fmt.Sprint("s", i))
	}
	_, err := session.Compile(c, new(point.Set))
	require.ErrorContains(t, err, "Parameters: 201 hidden parameters, at most 200")
	require.ErrorContains(t, err, "Masks: 1001 masks, at most 1000")
	require.ErrorContains(t, err, "Secrets: 17 secrets, at most 16")
	c.Parameters, c.Masks, c.Secrets = c.Parameters[:200], c.Masks[:1000], c.Secrets[:16]
	_, err = session.Compile(c, new(point.Set))
	require.NoError(t, err)
}

func TestParametersAreNamed(t *testing.T) {
	c := session.Config{Parameters: []session.Parameter{
		{Path: answerToken, Key: true},
		{Path: "REQUEST → METHOD"},
		{Path: "REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → sub"},
		{Path: "REQUEST → QUERY → list → ITEM → 1", Name: "second"},
	}}
	g := newRig(t, c)
	var names []string
	for _, p := range g.r.Parameters() {
		names = append(names, p.Name)
	}
	require.Equal(t, []string{"token", "REQUEST → METHOD", "sub", "second"}, names)
	g.r.Parameters()[0].Name = "changed"
	require.Equal(t, "token", g.r.Parameters()[0].Name, "the slice is a copy")
}

// TestHiddenMerge: who asks for a place that is read already shares it.
func TestHiddenMerge(t *testing.T) {
	c := session.Config{Parameters: []session.Parameter{
		{Path: "REQUEST → QUERY → a", Hidden: true, Secret: true},
		{Path: "REQUEST → QUERY → a", Name: "shown"},
		{Path: "REQUEST → QUERY → b", Hidden: true},
		{Path: "[query, 'b']", Hidden: true, Secret: true},
		{Path: "REQUEST → COOKIE → b", Hidden: true},
	}}
	g := newRig(t, c)
	x := g.do(target("/?a=1&b=2"), cookie("b=3"))
	require.Equal(t, []traffic.Param{
		{Name: "shown", Value: "1", Found: traffic.Present},
		{Name: "b", Value: g.r.Hashes("2")[0], Found: traffic.Present, Hashed: true, Hidden: true},
		{Name: "b", Value: "3", Found: traffic.Present, Hidden: true},
	}, x.Params)
}

// TestKeysAreHashedByDefault (CTX-15).
func TestKeysAreHashedByDefault(t *testing.T) {
	f := func(p session.Parameter, want bool) {
		t.Helper()
		require.Equal(t, want, p.Hashed())
		p.Path = queryToken
		x := newRig(t, session.Config{Parameters: []session.Parameter{p}}).do(target("/?token=abcdefgh"))
		require.Equal(t, want, x.Params[0].Hashed)
		require.Equal(t, want, x.Params[0].Value != "abcdefgh")
		require.Equal(t, want && p.Key, x.Session.Key.Hashed || false)
	}
	f(session.Parameter{}, false)
	f(session.Parameter{Secret: true}, true)
	f(session.Parameter{Key: true, Secret: true}, true)
	f(session.Parameter{Key: true, Clear: true}, false)
}

func TestConfigJSON(t *testing.T) {
	const text = `{"parameters":[
		{"name":"token","path":"RESPONSE → BODY → JSON → PROPERTY → token","key":true},
		{"path":"REQUEST → QUERY → user","type":"user","secret":true},
		{"path":"REQUEST → QUERY → uid","key":true,"clear":true,"namespace":"user"},
		{"path":"REQUEST → QUERY → object","type":"role","hidden":true}],
		"max_parameters":30,"masks":["REQUEST → COOKIE → sid"],"no_builtin":true,"builtin_body":true,
		"fingerprint":true,"ipv6_bits":56,"max_live":5000}`
	var c session.Config
	require.NoError(t, json.Unmarshal([]byte(text), &c))
	require.Equal(t, session.User, c.Parameters[1].Type)
	c.Secrets = []session.Secret{secretA}
	out, err := json.Marshal(c)
	require.NoError(t, err)
	require.JSONEq(t, text, string(out))
	require.Error(t, json.Unmarshal([]byte(`{"parameters":[{"type":"boss"}]}`), &c))
	empty, err := json.Marshal(session.Config{})
	require.NoError(t, err)
	require.Equal(t, "{}", string(empty))
}

// TestSecretsAreNotShown prints a secret in every usual way.
func TestSecretsAreNotShown(t *testing.T) {
	c := session.Config{Secrets: []session.Secret{secretA}}
	js, err := json.Marshal(secretA)
	require.NoError(t, err)
	for _, out := range []string{
		fmt.Sprint(secretA), fmt.Sprintf("%v %+v %#v %s %q", secretA, secretA, secretA, secretA, secretA),
		fmt.Sprintf("%v %+v %#v", c, c, c), fmt.Sprintf("%v", &secretA), string(js),
	} {
		require.NotContains(t, out, "aaaa")
		require.NotContains(t, out, "97 97")
		require.NotContains(t, out, "0x61, 0x61")
	}
	a, b := session.RandomSecret("x"), session.RandomSecret("x")
	require.Len(t, a.Key, 32)
	require.NotEqual(t, a.Key, b.Key)
}

func TestParamTypeText(t *testing.T) {
	for _, p := range []session.ParamType{session.Plain, session.User, session.Role} {
		text, err := p.MarshalText()
		require.NoError(t, err)
		var back session.ParamType
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, p, back)
	}
}
