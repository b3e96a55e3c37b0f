package accesslog_test

import (
	"strings"
	"testing"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

// A line costs one allocation, its text, and filling an exchange none.
func TestAllocations(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates")
	}
	const n = 2000
	for _, line := range []string{combined, jsonLines[0].line, jsonLines[2].line, albLine} {
		log := strings.Repeat(line+"\n", n)
		allocs := testing.AllocsPerRun(3, func() {
			r, err := accesslog.NewReader("a.log", strings.NewReader(log), accesslog.Options{})
			require.NoError(t, err)
			var x traffic.Exchange
			for r.Next(&sink) == nil {
				sink.Request(&x)
				sink.Response(&x)
			}
			require.Equal(t, n, r.Stats().Accepted)
		})
		require.LessOrEqual(t, allocs/n, 1.2, "%s", line) // a little is for opening the log
	}
}
