package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

func TestBlocked(t *testing.T) {
	for action, want := range map[traffic.Action]bool{traffic.Pass: false, traffic.Monitor: false, traffic.Block: true} {
		v := traffic.Verdict{Action: action}
		require.Equal(t, want, v.Blocked(), action)
	}
	require.False(t, new(traffic.Verdict).Blocked(), "the zero verdict lets pass")
}

func TestAutomaticAuthors(t *testing.T) {
	for kind, want := range map[traffic.AuthorKind]bool{
		traffic.Manual: false, traffic.API: false, traffic.Code: false,
		traffic.Control: true, traffic.Abuse: true, traffic.Trigger: true,
		"of a later release": false, "": false,
	} {
		require.Equal(t, want, kind.Automatic(), kind)
	}
}
