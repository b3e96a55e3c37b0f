package session_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
)

func TestStatusRangeText(t *testing.T) {
	good := func(in string, from, to int, out string) {
		t.Helper()
		r, err := session.ParseStatusRange(in)
		require.NoError(t, err)
		require.Equal(t, session.StatusRange{From: from, To: to}, r)
		require.Equal(t, out, r.String())
	}
	good("404", 404, 404, "404")
	good("4xx", 400, 499, "4xx")
	good("5XX", 500, 599, "5xx")
	good("400-499", 400, 499, "4xx")
	good("400 - 451", 400, 451, "400-451")
	good("0", 0, 0, "0")
	bad := func(in string) {
		t.Helper()
		_, err := session.ParseStatusRange(in)
		require.ErrorContains(t, err, "want a code such as 404")
	}
	bad("")
	bad("xx")
	bad("0xx")
	bad("499-400")
	bad("1000")
	bad("-1")
	bad("4x4")
}

func TestChoiceText(t *testing.T) {
	for _, c := range []session.Choice{session.Either, session.Yes, session.No} {
		text, err := c.MarshalText()
		require.NoError(t, err)
		var back session.Choice
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, c, back)
	}
	var c session.Choice
	require.NoError(t, c.UnmarshalText(nil))
	require.Equal(t, session.Either, c)
	require.Error(t, c.UnmarshalText([]byte("maybe")))
	require.Equal(t, session.Yes, session.ChoiceOf(true))
	require.Equal(t, session.No, session.ChoiceOf(false))
	require.Equal(t, "invalid(9)", session.Choice(9).String())
}

func FuzzStatusRange(f *testing.F) {
	for _, s := range []string{"404", "4xx", "400-451", "-", "4x", "999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := session.ParseStatusRange(s)
		if err != nil {
			return
		}
		again, err := session.ParseStatusRange(r.String())
		require.NoError(t, err)
		require.Equal(t, r, again)
	})
}
