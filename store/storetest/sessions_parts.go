package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

func sessionsPartsByDay(t *testing.T, s session.Store) {
	fill(t, s,
		visit(1, 1, 11*time.Hour+59*time.Minute), visit(2, 1, 12*time.Hour-1),
		visit(3, 1, 12*time.Hour), visit(4, 1, 13*time.Hour), visit(5, 1, 14*time.Hour))
	require.Equal(t, []row{{1, "2026-08-21", 2}, {1, "2026-08-22", 3}}, rows(t, s, session.Query{}))
	require.Equal(t, []row{{1, "2026-08-21", 2}, {1, "2026-08-22", 3}}, rows(t, s, session.Query{Sessions: []traffic.SessionID{sid(1)}}),
		"all parts of a session are found by its id")
	parts := all(t, s.Parts(t.Context(), session.Query{}))
	require.Equal(t, parts[0].Session, parts[1].Session)
	require.Equal(t, noon.Add(12*time.Hour-1), parts[0].Last)
	require.Equal(t, noon.Add(12*time.Hour), parts[1].First)
}

func sessionsPartNumbers(t *testing.T, s session.Store) {
	recs := []traffic.Record{fullRecord()}
	for i, r := range strangers() {
		r.Session.ID, r.Time = sid(8), noon.Add(time.Duration(30-i)*time.Minute)
		r.Duration = time.Duration(i*i) * time.Millisecond
		recs = append(recs, r)
	}
	fill(t, s, recs...)
	var f session.Fold
	for i := range recs {
		f.Add(&recs[i])
	}
	parts := all(t, s.Parts(t.Context(), session.Query{}))
	require.Equal(t, []session.Part{*f.Part(traffic.DayOf(noon))}, parts)
}

func sessionsLate(t *testing.T, s session.Store) {
	fill(t, s, visit(5, 1, 24*time.Hour), visit(4, 1, 0), visit(6, 1, 24*time.Hour+1))
	fill(t, s, visit(1, 1, -48*time.Hour), visit(7, 1, 48*time.Hour), visit(3, 1, -1), visit(2, 1, -47*time.Hour))
	require.Equal(t, []row{{1, "2026-08-19", 2}, {1, "2026-08-21", 2}, {1, "2026-08-22", 2}, {1, "2026-08-23", 1}},
		rows(t, s, session.Query{}))
	require.Equal(t, []uint64{1, 2, 3, 4, 5, 6, 7}, requests(t, s, session.Query{Sessions: []traffic.SessionID{sid(1)}}))
	require.Equal(t, []uint64{1, 2, 3, 4, 5, 6, 7}, requests(t, s, session.Query{}))
}

func sessionsPartsThatMatch(t *testing.T, s session.Store) {
	user := func(name string) func(*traffic.Record) {
		return func(r *traffic.Record) { r.Session.User = name }
	}
	fill(t, s, visit(1, 1, 0), visit(2, 1, time.Second, user("joe")), visit(3, 1, 2*time.Second, user("joe")),
		visit(4, 2, 0, user("ann")), visit(5, 1, 24*time.Hour, user("ann")))
	require.Equal(t, []row{{1, "2026-08-21", 3}}, rows(t, s, session.Query{Users: []string{"joe"}}))
	require.Equal(t, []row{{2, "2026-08-21", 1}, {1, "2026-08-22", 1}}, rows(t, s, session.Query{Users: []string{"ann"}}))
	require.Empty(t, rows(t, s, session.Query{Users: []string{"eve"}}))
	require.Empty(t, rows(t, s, session.Query{Users: []string{"joe"}, Path: "/orders/1"}), "no one record has both")
	part := all(t, s.Parts(t.Context(), session.Query{Users: []string{"joe"}}))[0]
	require.Equal(t, []session.Count[string]{{Value: "joe", Count: 2}}, part.Users.List)
}

func sessionsPartsInterval(t *testing.T, s session.Store) {
	fill(t, s, visit(1, 1, 0), visit(2, 1, time.Hour), visit(3, 1, 2*time.Hour), visit(4, 2, 3*time.Hour), visit(5, 1, 4*time.Hour))
	cut := session.Query{From: noon.Add(time.Hour), To: noon.Add(4 * time.Hour)}
	require.Equal(t, []row{{1, "2026-08-21", 2}, {2, "2026-08-21", 1}}, rows(t, s, cut))
	part := all(t, s.Parts(t.Context(), cut))[0]
	require.Equal(t, noon.Add(time.Hour), part.First)
	require.Equal(t, noon.Add(2*time.Hour), part.Last)
	require.Len(t, part.Endpoints.List, 2)
	require.Equal(t, []row{{2, "2026-08-21", 1}}, rows(t, s, session.Query{From: noon.Add(2*time.Hour + 1), To: noon.Add(4 * time.Hour)}),
		"a part whose records lie around the interval is left out")
	require.Equal(t, []row{{2, "2026-08-21", 1}, {1, "2026-08-21", 1}}, rows(t, s, session.Query{From: noon.Add(2*time.Hour + 1)}),
		"the order is by what is told of")
}

func sessionsPartsOrder(t *testing.T, s session.Store) {
	fill(t, s,
		visit(1, 3, time.Hour), visit(2, 1, 2*time.Hour), visit(3, 3, 24*time.Hour), visit(4, 2, 24*time.Hour),
		visit(5, 1, 23*time.Hour), visit(6, 5, time.Hour), visit(7, 4, time.Hour), visit(8, 3, 3*time.Hour))
	want := []row{
		{3, "2026-08-21", 2}, {4, "2026-08-21", 1}, {5, "2026-08-21", 1}, {1, "2026-08-21", 1},
		{1, "2026-08-22", 1}, {2, "2026-08-22", 1}, {3, "2026-08-22", 1},
	}
	require.Equal(t, want, rows(t, s, session.Query{}))
	slices.Reverse(want)
	require.Equal(t, want, rows(t, s, session.Query{Newest: true}))
}

func sessionsPartsLimit(t *testing.T, s session.Store) {
	for i := range uint64(20) {
		fill(t, s, visit(i, i/2, time.Duration(i)*time.Second))
	}
	require.Equal(t, []row{{0, "2026-08-21", 2}, {1, "2026-08-21", 2}, {2, "2026-08-21", 2}}, rows(t, s, session.Query{Limit: 3}))
	require.Equal(t, []row{{9, "2026-08-21", 2}}, rows(t, s, session.Query{Limit: 1, Newest: true}))
	require.Equal(t, []row{{5, "2026-08-21", 2}}, rows(t, s, session.Query{Limit: 1, Path: "/orders/1?"}), "parts that do not match do not count")
}

func sessionsPrune(t *testing.T, s session.Store) {
	const day = 24 * time.Hour
	for back := range time.Duration(10) {
		n := uint64(back)
		fill(t, s, visit(2*n, 1, -back*day), visit(2*n+1, 2, -back*day+time.Second))
	}
	today := traffic.DayOf(noon)
	n, can := prune(t, s, session.KeptFrom(today))
	if !can {
		return
	}
	require.Equal(t, 6, n, "two parts a day, for three days")
	parts := all(t, s.Parts(t.Context(), session.Query{Sessions: []traffic.SessionID{sid(1)}}))
	require.Len(t, parts, 7)
	require.Equal(t, today-6, parts[0].Day)
	require.Equal(t, today, parts[6].Day)
	require.Len(t, requests(t, s, session.Query{}), 14)
	require.Empty(t, requests(t, s, session.Query{To: (today - 6).Start(time.UTC)}))
	require.Empty(t, requests(t, s, session.Query{Request: rid(14)}), "the records of a part go with it")
	require.Equal(t, []uint64{12}, requests(t, s, session.Query{Request: rid(12)}))
}

func sessionsPruneAgain(t *testing.T, s session.Store) {
	fill(t, s, visit(1, 1, -24*time.Hour), visit(2, 1, 0), visit(3, 2, 0))
	today := traffic.DayOf(noon)
	n, can := prune(t, s, today)
	if !can {
		return
	}
	require.Equal(t, 1, n)
	n, _ = prune(t, s, today)
	require.Zero(t, n)
	fill(t, s, visit(4, 1, time.Second))
	require.Equal(t, []uint64{2, 3, 4}, requests(t, s, session.Query{}))
	n, _ = prune(t, s, today+1)
	require.Equal(t, 2, n)
	require.Empty(t, rows(t, s, session.Query{}))
	fill(t, s, visit(5, 1, 24*time.Hour))
	require.Equal(t, []row{{1, "2026-08-22", 1}}, rows(t, s, session.Query{}))
}
