package point_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/chaperone-go/chaperone/point"
)

// Scans share the readers of formats through pools; they must not share what
// was read.
func TestFormatsInParallel(t *testing.T) {
	benches := formatBenches(t)
	want := make([]string, len(benches))
	plans := make([]*point.Plan, len(benches))
	for i, b := range benches {
		var set point.Set
		set.Reserve(point.MustParsePath(b.path))
		plans[i] = set.Compile(point.Limits{})
		s := scanned(plans[i], nil, b.x)
		want[i] = outcome(s, 0)
	}
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			var s point.Scan
			for round := range 50 {
				i := (g + round) % len(benches)
				var v point.Visitor
				if round%3 == 0 {
					v = new(tallyman)
				}
				s.Reset(plans[i], v)
				s.Request(benches[i].x)
				assert.Equal(t, want[i], outcome(&s, 0), benches[i].name)
			}
		})
	}
	group.Wait()
}
