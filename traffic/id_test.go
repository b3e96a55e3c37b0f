package traffic_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

func TestApp(t *testing.T) {
	f := func(a traffic.App, text, inJSON string) {
		t.Helper()
		require.Equal(t, text, a.String())
		b, err := json.Marshal(a)
		require.NoError(t, err)
		require.Equal(t, inJSON, string(b), "a number in JSON, whatever its name")
	}
	f(traffic.AllApps, "all", "0")
	f(traffic.DefaultApp, "default", "-1")
	f(1, "1", "1")
	f(-2, "-2", "-2")
}

func TestSessionID(t *testing.T) {
	const text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"
	id, err := traffic.ParseSessionID(text)
	require.NoError(t, err)
	require.Equal(t, byte(0xff), id[31])
	require.False(t, id.IsZero())
	require.True(t, traffic.SessionID{}.IsZero())
	require.Equal(t, text, id.String())
	again, err := traffic.ParseSessionID(strings.ToUpper(text))
	require.NoError(t, err)
	require.Equal(t, id, again, "case does not matter")
	b, err := json.Marshal(id)
	require.NoError(t, err)
	require.JSONEq(t, `"`+text+`"`, string(b))
}

func TestRequestID(t *testing.T) {
	const text = "000102030405060708090a0b0c0d0eff"
	id, err := traffic.ParseRequestID(text)
	require.NoError(t, err)
	require.Equal(t, byte(0xff), id[15])
	require.False(t, id.IsZero())
	require.True(t, traffic.RequestID{}.IsZero())
	require.Equal(t, text, id.String())
	b, err := json.Marshal(id)
	require.NoError(t, err)
	require.JSONEq(t, `"`+text+`"`, string(b))
}

// Ids come from URLs and files: a bad one is quoted, clipped, and leaves
// nothing half read.
func TestBadIDs(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	for _, c := range []struct{ name, text, session, request string }{
		{"empty", "", `session id "": want 64 hexadecimal digits`, `request id "": want 32 hexadecimal digits`},
		{"short", "ab", `session id "ab": want 64 hexadecimal digits`, `request id "ab": want 32 hexadecimal digits`},
		{
			"long", long,
			`session id "` + long[:80] + `": want 64 hexadecimal digits`,
			`request id "` + long[:80] + `": want 32 hexadecimal digits`,
		},
		{"line end", "a\nb", `session id "a\nb": want 64 hexadecimal digits`, `request id "a\nb": want 32 hexadecimal digits`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := traffic.ParseSessionID(c.text)
			require.EqualError(t, err, c.session)
			_, err = traffic.ParseRequestID(c.text)
			require.EqualError(t, err, c.request)
		})
	}

	s := traffic.SessionID{7}
	require.ErrorContains(t, s.UnmarshalText([]byte(strings.Repeat("a", 63)+"x")), "invalid byte")
	require.Equal(t, traffic.SessionID{7}, s, "a refused text changes nothing")
	r := traffic.RequestID{7}
	require.ErrorContains(t, r.UnmarshalText([]byte(strings.Repeat("a", 31)+"\x00")), "invalid byte")
	require.Equal(t, traffic.RequestID{7}, r)
	zero, err := traffic.ParseSessionID(strings.Repeat("a", 63) + "x")
	require.Error(t, err)
	require.True(t, zero.IsZero())
}

func FuzzParseIDs(f *testing.F) {
	f.Add("000102030405060708090a0b0c0d0eff")
	f.Add("000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1EFF")
	f.Add("")
	f.Add(strings.Repeat("g", 64))
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := traffic.ParseSessionID(text); err == nil {
			require.Equal(t, strings.ToLower(text), id.String())
		} else {
			require.True(t, id.IsZero())
			require.Less(t, len(err.Error()), 500)
		}
		if id, err := traffic.ParseRequestID(text); err == nil {
			require.Equal(t, strings.ToLower(text), id.String())
		} else {
			require.True(t, id.IsZero())
			require.Less(t, len(err.Error()), 500)
		}
	})
}
