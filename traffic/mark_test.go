package traffic_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

// The order is that of the bits, the names are on the wire.
var markNames = []string{
	"body_truncated", "body_undecodable", "limit_met", "response_truncated",
	"panicked", "hijacked", "client_gone", "session_ended", "after_end",
	"engine_failed", "over_budget",
}

func TestMarkNames(t *testing.T) {
	all := traffic.Mark(1<<len(markNames) - 1)
	require.Equal(t, traffic.Mark(1)<<(len(markNames)-1), traffic.OverBudget, "the last one")
	require.Equal(t, markNames, all.Names())
	for i, name := range markNames {
		require.Equal(t, []string{name}, traffic.Mark(1<<i).Names())
	}
	require.Empty(t, traffic.Mark(0).Names())
	require.Equal(t, []string{"hijacked", "after_end"}, (traffic.AfterEnd | traffic.Hijacked).Names())
}

func TestMarkHas(t *testing.T) {
	m := traffic.Panicked | traffic.ClientGone
	require.True(t, m.Has(traffic.Panicked))
	require.True(t, m.Has(traffic.Panicked|traffic.ClientGone))
	require.False(t, m.Has(traffic.Panicked|traffic.Hijacked), "all of them, not any")
	require.True(t, m.Has(0))
}

func TestMarkJSON(t *testing.T) {
	for m := range traffic.Mark(1 << len(markNames)) {
		b, err := json.Marshal(m)
		require.NoError(t, err)
		again := traffic.OverBudget
		require.NoError(t, json.Unmarshal(b, &again))
		require.Equal(t, m, again)
	}
	b, err := json.Marshal(traffic.Mark(0))
	require.NoError(t, err)
	require.Equal(t, "[]", string(b), "none is an empty array, not null")
}

func TestMarkRefusesUnknownNames(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		m := traffic.Hijacked
		err := m.UnmarshalJSON([]byte(text))
		require.ErrorContains(t, err, want)
		require.Less(t, len(err.Error()), 150, "foreign text is clipped")
		require.Equal(t, traffic.Hijacked, m, "a refused text changes nothing")
	}
	f(`["panicked","bad"]`, `mark "bad": unknown`)
	f(`[""]`, `mark "": unknown`)
	f(`["`+strings.Repeat("x", 1<<20)+`"]`, `unknown`)
	f(`"panicked"`, "marks: ")
	f(`3`, "marks: ")
	f(`[`, "marks: ")
}
