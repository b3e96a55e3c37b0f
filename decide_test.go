package chaperone

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// TestPrecedence is the truth table of SEMANTICS 3.2, row by row. The columns
// are monitoring, safe_blocking, block; mode off never comes this far.
func TestPrecedence(t *testing.T) {
	const (
		pass     = traffic.Pass
		register = traffic.Monitor
		block    = traffic.Block
	)
	sqli := []traffic.Hit{{Type: "sqli"}}
	patch := []traffic.Hit{{Type: traffic.VirtualPatchType}}
	m := func(allow, deny, gray uint64) lists.Match { return lists.Match{Allow: allow, Deny: deny, Gray: gray} }
	rows := []struct {
		name   string
		policy Policy
		s      standing
		hits   []traffic.Hit
		want   [3]traffic.Action
	}{
		{"allow", Policy{}, standing{addr: m(1, 0, 0)}, nil, [3]traffic.Action{pass, pass, pass}},
		{"allow, malicious", Policy{}, standing{addr: m(1, 0, 0)}, sqli, [3]traffic.Action{pass, pass, pass}},
		{"allow, virtual patch", Policy{}, standing{addr: m(1, 0, 0)}, patch, [3]traffic.Action{pass, pass, pass}},
		{"allow and deny", Policy{}, standing{addr: m(1, 2, 0)}, sqli, [3]traffic.Action{pass, pass, pass}},
		{"allow and gray", Policy{}, standing{addr: m(1, 0, 3)}, sqli, [3]traffic.Action{pass, pass, pass}},
		{"deny", Policy{}, standing{addr: m(0, 2, 0)}, nil, [3]traffic.Action{block, block, block}},
		{"deny and gray", Policy{}, standing{addr: m(0, 2, 3)}, nil, [3]traffic.Action{block, block, block}},
		{"deny, analysed", Policy{AnalyseDenied: true}, standing{addr: m(0, 2, 0)}, nil, [3]traffic.Action{register, block, block}},
		{"gray, malicious", Policy{}, standing{addr: m(0, 0, 3)}, sqli, [3]traffic.Action{register, block, block}},
		{"gray, virtual patch", Policy{}, standing{addr: m(0, 0, 3)}, patch, [3]traffic.Action{block, block, block}},
		{"gray, clean", Policy{}, standing{addr: m(0, 0, 3)}, nil, [3]traffic.Action{pass, pass, pass}},
		{"none, malicious", Policy{}, standing{}, sqli, [3]traffic.Action{register, register, block}},
		{"none, virtual patch", Policy{}, standing{}, patch, [3]traffic.Action{block, block, block}},
		{"none, clean", Policy{}, standing{}, nil, [3]traffic.Action{pass, pass, pass}},
		{"session denied", Policy{}, standing{session: m(0, 4, 0)}, nil, [3]traffic.Action{block, block, block}},
		{"session denied, address allowed", Policy{}, standing{addr: m(1, 0, 0), session: m(0, 4, 0)}, nil, [3]traffic.Action{pass, pass, pass}},
		{"the same with SessionDenyOverAllow", Policy{SessionDenyOverAllow: true}, standing{addr: m(1, 0, 0), session: m(0, 4, 0)}, nil, [3]traffic.Action{block, block, block}},
		{"session allowed and denied", Policy{}, standing{session: m(5, 4, 0)}, sqli, [3]traffic.Action{pass, pass, pass}},
		{"session gray, malicious", Policy{}, standing{session: m(0, 0, 6)}, sqli, [3]traffic.Action{register, block, block}},
	}
	columns := [3]traffic.Mode{traffic.ModeMonitoring, traffic.ModeSafeBlocking, traffic.ModeBlock}
	for _, row := range rows {
		for i, mode := range columns {
			t.Run(row.name+"/"+mode.String(), func(t *testing.T) {
				p := &plan{policy: row.policy}
				v := traffic.Verdict{Mode: mode}
				if p.decideLists(&v, row.s) {
					decideHits(&v, row.hits, row.s)
				}
				require.Equal(t, row.want[i], v.Action)
				require.Equal(t, v.Action == traffic.Pass, v.Reason == traffic.NoReason, "a reason exactly when something was decided")
			})
		}
	}
}

func TestVerdictNamesTheEntryThatDecided(t *testing.T) {
	m := func(allow, deny, gray uint64) lists.Match { return lists.Match{Allow: allow, Deny: deny, Gray: gray} }
	decided := func(mode traffic.Mode, s standing, hits ...traffic.Hit) traffic.Verdict {
		v := traffic.Verdict{Mode: mode}
		if p := new(plan); p.decideLists(&v, s) {
			decideHits(&v, hits, s)
		}
		return v
	}
	require.EqualValues(t, 1, decided(traffic.ModeBlock, standing{addr: m(1, 2, 3)}).Entry)
	require.EqualValues(t, 2, decided(traffic.ModeBlock, standing{addr: m(0, 2, 3)}).Entry)
	require.EqualValues(t, 4, decided(traffic.ModeBlock, standing{session: m(0, 4, 0)}).Entry)
	require.EqualValues(t, 3, decided(traffic.ModeSafeBlocking, standing{addr: m(0, 0, 3)}, traffic.Hit{Type: "sqli"}).Entry)
	require.Zero(t, decided(traffic.ModeBlock, standing{addr: m(0, 0, 3)}, traffic.Hit{Type: "sqli"}).Entry, "the mode decided, not the gray entry")
}
