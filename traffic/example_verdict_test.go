package traffic_test

import (
	"fmt"

	"github.com/chaperone-go/chaperone/traffic"
)

// A verdict says what shall happen and which list entry is to blame.
func ExampleVerdict() {
	v := traffic.Verdict{Action: traffic.Block, Reason: traffic.SessionDenied, Entry: 42, Mode: traffic.ModeMonitoring}
	if v.Blocked() {
		fmt.Println(v.Action, "because of", v.Reason, "by entry", v.Entry)
	}
	// Output: block because of session_denylist by entry 42
}
