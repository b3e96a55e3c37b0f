package session_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// TestBuiltinTable pins the published list.
func TestBuiltinTable(t *testing.T) {
	var b strings.Builder
	for i, id := range session.Builtin() {
		require.Equal(t, i, id.Index)
		fmt.Fprintf(&b, "%2d  %-26s %-26s %s\n", id.Index, id.Name, id.Group, id.Path)
	}
	golden(t, "builtin.txt", []byte(b.String()))
}

// place builds the request that carries a value at a place of the table.
func place(t *testing.T, id session.BuiltinIdentifier, value string) option {
	t.Helper()
	switch {
	case strings.HasPrefix(id.Path, "REQUEST → COOKIE"):
		return cookie(id.Name + "=" + value)
	case strings.HasPrefix(id.Path, "REQUEST → HEADER"):
		return header(id.Name, value)
	case strings.HasPrefix(id.Path, "REQUEST → QUERY"):
		return target("/?" + id.Name + "=" + value)
	case strings.HasPrefix(id.Path, "REQUEST → BODY → JSON"):
		return sentJSON(fmt.Sprintf(`{%q:%q}`, id.Name, value))
	case strings.HasPrefix(id.Path, "REQUEST → BODY → FORM"):
		return sent("application/x-www-form-urlencoded", id.Name+"="+value)
	}
	t.Fatalf("no request for %s", id.Path)
	return nil
}

// TestBuiltinPlaces sends a value to every place of the table.
func TestBuiltinPlaces(t *testing.T) {
	g := newRig(t, session.Config{BuiltinBody: true})
	groups := map[string]traffic.SessionID{}
	for _, id := range session.Builtin() {
		t.Run(id.Path, func(t *testing.T) {
			x := g.do(place(t, id, "value-of-somebody"))
			require.Equal(t, traffic.BuiltinKey, x.Session.Key.Source)
			require.Equal(t, id.Index, x.Session.Key.Index)
			require.Equal(t, id.Name, x.Session.Key.Name)
			require.True(t, x.Session.Key.Hashed)
			require.Equal(t, "a:"+x.Session.ID.String(), x.Session.Key.Value)
			require.Equal(t, traffic.StrengthStrong, x.Session.Strength)
			if known, ok := groups[id.Group]; ok {
				require.Equal(t, known, x.Session.ID, "values of a group meet")
			}
			for group, known := range groups {
				require.True(t, group == id.Group || known != x.Session.ID, "%s meets %s", id.Group, group)
			}
			groups[id.Group] = x.Session.ID
			require.Equal(t, traffic.AddrUserAgentKey, g.do(place(t, id, "")).Session.Key.Source)
			require.Equal(t, traffic.AddrUserAgentKey, g.do(place(t, id, "undefined")).Session.Key.Source)
		})
	}
}

// TestBuiltinOrder: of two places the earlier one of the table wins.
func TestBuiltinOrder(t *testing.T) {
	g := newRig(t, session.Config{BuiltinBody: true})
	table := session.Builtin()
	for i := 1; i < len(table); i++ {
		a, b := table[i-1], table[i]
		if a.Body && b.Body {
			continue // a request has one body
		}
		x := g.do(place(t, b, "value-of-b"), place(t, a, "value-of-a"))
		require.Equal(t, a.Index, x.Session.Key.Index, "%s before %s", a.Path, b.Path)
	}
}

// TestBuiltinBodies: bodies are looked into only when asked, or when an own
// parameter reads them anyway.
func TestBuiltinBodies(t *testing.T) {
	request := sentJSON(`{"access_token":"abcdefgh"}`)
	g := newRig(t, session.Config{})
	require.False(t, g.plan.NeedsBody())
	require.True(t, g.plan.Want().Limit == 0)
	require.Equal(t, traffic.AddrUserAgentKey, g.do(request).Session.Key.Source)
	g = newRig(t, own(bodyToken))
	require.Equal(t, traffic.BuiltinKey, g.do(request).Session.Key.Source)
	g = newRig(t, session.Config{NoBuiltin: true, BuiltinBody: true})
	require.Equal(t, traffic.AddrUserAgentKey, g.do(request, cookie("sid=abcdefgh")).Session.Key.Source)
}

// TestBuiltinCredentials: the token is the same one wherever it stands, and
// credentials that are new in every request do not work.
func TestBuiltinCredentials(t *testing.T) {
	g := newRig(t, session.Config{})
	want := g.do(cookie("access_token=the-token")).Session.ID
	same := func(authorization string) {
		t.Helper()
		require.Equal(t, want, g.do(header("Authorization", authorization)).Session.ID, authorization)
	}
	same("Bearer the-token")
	same("bearer  the-token")
	same("Token the-token")
	same("DPoP the-token")
	same("the-token")
	basic := g.do(header("Authorization", "Basic am9lOmpvZQ==")).Session
	require.Equal(t, traffic.BuiltinKey, basic.Key.Source)
	require.NotEqual(t, want, basic.ID)

	unsteady := func(authorization, outcome string) {
		t.Helper()
		x := g.do(header("Authorization", authorization))
		require.Equal(t, traffic.AddrUserAgentKey, x.Session.Key.Source, authorization)
		for _, tried := range g.r.Explain(x, &g.scan) {
			if tried.Path == "REQUEST → HEADER → AUTHORIZATION" {
				require.Equal(t, outcome, tried.Outcome.String())
			}
		}
	}
	unsteady(`Digest username="joe", nonce="1"`, "unsteady")
	unsteady("AWS4-HMAC-SHA256 Credential=x", "unsteady")
	unsteady(`OAuth oauth_nonce="1"`, "unsteady")
	unsteady("Negotiate YII", "unsteady")
	unsteady("Bearer null", "nobody")
	unsteady("Bearer ", "empty")

	x := g.do(cookie("laravel_session=eyJpdiI6IkFBQUEiLCJ2YWx1ZSI6Ii4uLiJ9"))
	require.Equal(t, traffic.AddrUserAgentKey, x.Session.Key.Source)
	require.Equal(t, traffic.BuiltinKey, g.do(cookie("laravel_session=plain-text-id")).Session.Key.Source)
	require.Equal(t, traffic.AddrUserAgentKey, g.do(cookie("PHPSESSID=deleted")).Session.Key.Source)
}

// TestBuiltinWithoutOne: a mask takes one identifier out.
func TestBuiltinWithoutOne(t *testing.T) {
	g := newRig(t, session.Config{Masks: []string{"REQUEST → COOKIE → sid"}})
	x := g.do(cookie("sid=abcdefgh"))
	require.Equal(t, traffic.AddrUserAgentKey, x.Session.Key.Source)
	require.Equal(t, traffic.BuiltinKey, g.do(cookie("session=abcdefgh")).Session.Key.Source)
}

func TestBareToken(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		require.Equal(t, want, session.BareToken(in))
	}
	f("Bearer abc", "abc")
	f("BEARER abc", "abc")
	f("lsapi2 abc", "abc")
	f("Basic abc", "Basic abc")
	f("Digest abc", "Digest abc")
	f("abc", "abc")
	f("Bearer", "Bearer")
	f("", "")
}

func FuzzBareToken(f *testing.F) {
	for _, s := range []string{"Bearer abc", "Basic x", " ", "bearer  ", "a b c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		require.True(t, strings.HasSuffix(s, session.BareToken(s)))
	})
}
