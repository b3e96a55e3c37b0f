package main

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

// The tally agrees with counting by hand, in whatever order records come.
func TestTally(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 8, 21, 0, 0, 0, 0, time.UTC)
	tl := newTally(time.UTC)
	type sum struct{ requests, blocked int }
	bySession, byPart := map[byte]sum{}, map[[2]int]int{}
	for range 5000 {
		id := byte(rnd.IntN(20))
		at := start.Add(time.Duration(rnd.Int64N(int64(72 * time.Hour))))
		rec := traffic.Record{Time: at, Status: 100 * rnd.IntN(7), Session: traffic.Identity{ID: traffic.SessionID{1, id}}}
		s := bySession[id]
		s.requests++
		if rnd.IntN(5) == 0 {
			rec.Verdict = traffic.Verdict{Action: traffic.Block, Reason: traffic.AddrDenied}
			s.blocked++
		}
		bySession[id] = s
		byPart[[2]int{int(id), at.Day()}]++
		require.NoError(t, tl.Append(t.Context(), []traffic.Record{rec}))
	}
	require.Len(t, tl.parts, len(byPart))
	for k, p := range tl.parts {
		require.Equal(t, byPart[[2]int{int(k.session[1]), k.day.Start(time.UTC).Day()}], p.requests)
	}
	all := tl.sessions()
	require.Len(t, all, len(bySession))
	for id, s := range all {
		require.Equal(t, bySession[id[1]], sum{s.requests, s.blocked})
		require.Equal(t, 3, s.parts)
		require.True(t, s.first.Before(s.last))
	}
	require.Equal(t, 5000, tl.statuses[0]+tl.statuses[1]+tl.statuses[2]+tl.statuses[3]+tl.statuses[4]+tl.statuses[5])
	require.Positive(t, tl.statuses[0], "a 600 is no status")
}

func TestTallyKeepsNothing(t *testing.T) {
	tl := newTally(time.UTC)
	for _, err := range tl.Records(t.Context(), session.Query{}) {
		require.ErrorIs(t, err, errNotKept)
	}
	for _, err := range tl.Parts(t.Context(), session.Query{}) {
		require.ErrorIs(t, err, errNotKept)
	}
}

func TestTallyBound(t *testing.T) {
	tl := newTally(time.UTC)
	tl.maxParts = 2
	for i := range 5 {
		tl.count(&traffic.Record{Session: traffic.Identity{ID: traffic.SessionID{byte(i + 1)}}})
	}
	require.Len(t, tl.parts, 2)
	require.Equal(t, 3, tl.rest.requests, "counted, not told apart")
	rep := &report{Lines: 5, Accepted: 5}
	rep.addCheck(tl)
	require.True(t, rep.Check.OK)
}

func TestClients(t *testing.T) {
	c := clients{by: map[netip.Addr]*clientSum{}, max: 3}
	add := func(addr string, blocked bool) {
		e, x := accesslog.Entry{ClientName: "name of " + addr}, traffic.Exchange{}
		if addr != "" {
			e.Client = netip.MustParseAddr(addr)
		}
		if blocked {
			x.Verdict.Action = traffic.Block
		}
		c.add(&e, &x)
	}
	add("192.0.2.2", false)
	add("", false)
	add("192.0.2.1", true)
	add("192.0.2.2", true)
	add("192.0.2.9", false)
	add("192.0.2.9", false)
	require.Equal(t, 2, c.other)
	require.Equal(t, 2, c.known())
	top := c.top(2)
	require.Equal(t, "192.0.2.2", top[0].Addr)
	require.Equal(t, 2, top[0].Requests)
	require.Equal(t, 1, top[0].Blocked)
	require.Empty(t, top[1].Addr, "equals by address; none comes first")
	require.Len(t, c.top(10), 3)
	require.Empty(t, c.top(0))
}
