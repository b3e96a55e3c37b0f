package point

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

type eyes struct{ n int }

func (e *eyes) Visit(Value) { e.n++ }

// A pool of scans must neither leak what one exchange said into the next nor
// hold on to what a large one took.
func TestResetClears(t *testing.T) {
	set := new(Set)
	for _, p := range []string{"QUERY>secret", "BODY>JSON>PROPERTY>secret", "HEADER>ALL", "QUERY>a>POLLUTION"} {
		set.Reserve(MustParsePath("REQUEST>" + p))
	}
	plan := set.Compile(Limits{})
	x := &traffic.Exchange{Request: traffic.Request{
		Target: "/?secret=hush%20hush&a=hush&a=hush", Header: traffic.Header{"X-Hush": {"hush"}},
		Body: traffic.Bytes(`{"secret":"hu\u0073h","secret":["hush"],"other":{"hush":1}}`),
	}}
	var s Scan
	for range 3 {
		s.Reset(plan, &eyes{})
		s.Request(x)
		s.Reset(plan, nil)
		requireClear(t, &s)
	}

	x.Request.Target = "/?" + strings.Repeat("secret=hush%20hush&a=hush&", 20_000)
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, "&name%d=1", i)
	}
	x.Request.Target += many.String()
	s.Reset(plan, &eyes{})
	s.Request(x)
	require.Greater(t, cap(s.arena), keepMemory)
	s.Reset(plan, nil)
	requireClear(t, &s)
	require.LessOrEqual(t, cap(s.arena), keepMemory)
	require.LessOrEqual(t, cap(s.params.held)*48, keepMemory)
	require.LessOrEqual(t, cap(s.tally.seats)*16, keepMemory)
}

// requireClear checks that nothing of an exchange is left in the buffers.
func requireClear(t *testing.T, s *Scan) {
	t.Helper()
	require.NotContains(t, string(s.arena[:cap(s.arena)]), "hush")
	for _, k := range s.kept[:cap(s.kept)] {
		require.Nil(t, k.text)
	}
	for _, f := range s.found[:cap(s.found)] {
		require.Zero(t, f)
	}
	for _, h := range s.params.held[:cap(s.params.held)] {
		require.Nil(t, h.text)
	}
	for _, name := range s.headers[:cap(s.headers)] {
		require.Empty(t, name)
	}
	for _, c := range s.trail[:cap(s.trail)] {
		require.Nil(t, c.name)
	}
	for _, m := range s.seen[:cap(s.seen)] {
		require.Nil(t, m.node)
	}
	for _, seat := range s.tally.seats {
		require.Zero(t, seat)
	}
}

func TestTallyIsBounded(t *testing.T) {
	var tl tally
	one := tl.container()
	for i := range 2 * maxTally {
		name := []byte(fmt.Sprint(i))
		require.EqualValues(t, 1, tl.add(one, name).count)
		if got := tl.add(one, name); i < maxTally {
			require.EqualValues(t, 2, got.count)
			require.EqualValues(t, i, got.rank)
		} else {
			require.EqualValues(t, 1, got.count, "those beyond the bound count as new")
		}
	}
	require.LessOrEqual(t, len(tl.seats), 2*maxTally)
	two := tl.container()
	require.NotEqual(t, one, two)
	tl.reset()
	three := tl.container()
	require.EqualValues(t, 1, tl.add(three, []byte("a")).count)
	require.EqualValues(t, 1, tl.add(tl.container(), []byte("a")).count, "containers do not mix")
}
