package storetest

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// list is a store that is slow and surely right: the contract as code.
type list struct {
	mu   sync.Mutex
	recs []traffic.Record
}

func (l *list) Append(ctx context.Context, recs []traffic.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range recs {
		r := *recs[i].Clone()
		r.Time = r.Time.UTC()
		l.recs = append(l.recs, r)
	}
	return nil
}

// sorted returns the records there are, in the order of time.
func (l *list) sorted() []traffic.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	recs := slices.Clone(l.recs)
	slices.SortStableFunc(recs, func(a, b traffic.Record) int { return a.Time.Compare(b.Time) })
	return recs
}

func (l *list) Records(ctx context.Context, q session.Query) iter.Seq2[*traffic.Record, error] {
	return func(yield func(*traffic.Record, error) bool) {
		m, err := q.Compile()
		var found []*traffic.Record
		for _, r := range l.sorted() {
			if m.Match(&r) {
				found = append(found, r.Clone())
			}
		}
		yieldAll(ctx, found, err, &m, yield)
	}
}

func (l *list) Parts(ctx context.Context, q session.Query) iter.Seq2[*session.Part, error] {
	return func(yield func(*session.Part, error) bool) {
		m, err := q.Compile()
		var found []*session.Part
		for _, recs := range l.grouped(&m) {
			var f session.Fold
			for i := range recs {
				f.Add(&recs[i])
			}
			if slices.ContainsFunc(recs, func(r traffic.Record) bool { return m.Match(&r) }) {
				found = append(found, f.Part(traffic.DayOf(recs[0].Time)))
			}
		}
		slices.SortFunc(found, func(a, b *session.Part) int {
			return cmp.Or(cmp.Compare(a.Day, b.Day), a.First.Compare(b.First), bytes.Compare(a.Session[:], b.Session[:]))
		})
		yieldAll(ctx, found, err, &m, yield)
	}
}

// partName is what names a part.
type partName struct {
	id  traffic.SessionID
	day traffic.Day
}

// grouped returns the records inside the interval by part.
func (l *list) grouped(m *session.Matcher) map[partName][]traffic.Record {
	parts := map[partName][]traffic.Record{}
	for _, r := range l.sorted() {
		if m.Within(r.Time) {
			name := partName{r.Session.ID, traffic.DayOf(r.Time)}
			parts[name] = append(parts[name], r)
		}
	}
	return parts
}

// yieldAll yields results in the order and number a query asks for, or the
// error.
func yieldAll[T any](ctx context.Context, found []*T, err error, m *session.Matcher, yield func(*T, error) bool) {
	if m.Newest() {
		slices.Reverse(found)
	}
	if n := m.Limit(); n > 0 && n < len(found) {
		found = found[:n]
	}
	for _, v := range found {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			break
		}
		if !yield(v, nil) {
			return
		}
	}
	if err = cmp.Or(err, ctx.Err()); err != nil {
		yield(nil, err)
	}
}

func (l *list) Prune(_ context.Context, before traffic.Day) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	gone := map[partName]bool{}
	l.recs = slices.DeleteFunc(l.recs, func(r traffic.Record) bool {
		day := traffic.DayOf(r.Time)
		if day < before {
			gone[partName{r.Session.ID, day}] = true
		}
		return day < before
	})
	return len(gone), nil
}

// sessionsLikeList does the same to the store and to a list, and compares.
func sessionsLikeList(t *testing.T, s session.Store) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	want := new(list)
	var n uint64
	for range 25 {
		var batch []traffic.Record
		for range rnd.IntN(60) {
			n++
			batch = append(batch, randomVisit(rnd, n))
		}
		fill(t, s, batch...)
		fill(t, want, batch...)
		if _, can := s.(session.Pruner); can && rnd.IntN(8) == 0 {
			before := traffic.DayOf(noon) + traffic.Day(rnd.IntN(3)-2)
			got, _ := prune(t, s, before)
			expect, _ := prune(t, want, before)
			require.Equal(t, expect, got)
		}
		for range 5 {
			q := randomQuery(rnd, n)
			require.Equal(t, all(t, want.Records(t.Context(), q)), all(t, s.Records(t.Context(), q)), "records of %+v", q)
			require.Equal(t, all(t, want.Parts(t.Context(), q)), all(t, s.Parts(t.Context(), q)), "parts of %+v", q)
		}
	}
}

// randomVisit makes a record near noon, of one of few sessions.
func randomVisit(rnd *rand.Rand, n uint64) traffic.Record {
	after := time.Duration(n)*time.Minute + time.Duration(rnd.IntN(300))*time.Second
	if rnd.IntN(20) == 0 {
		after -= time.Duration(rnd.IntN(72)) * time.Hour
	}
	return visit(n, uint64(rnd.IntN(12)), after, func(r *traffic.Record) {
		r.App = traffic.App(rnd.IntN(3) + 1)
		r.Status = []int{200, 200, 302, 404, 500}[rnd.IntN(5)]
		r.Method = []string{"GET", "POST", "BREW"}[rnd.IntN(3)]
		r.Session.User = []string{"", "joe", "ann"}[rnd.IntN(3)]
		r.Duration = time.Duration(rnd.IntN(1e9))
		r.BytesOut = int64(rnd.IntN(5000))
		if rnd.IntN(5) == 0 {
			r.Hits = []traffic.Hit{{Type: "sqli", Payload: "1=1"}}
			r.Verdict.Action = traffic.Action(rnd.IntN(3))
		}
		if rnd.IntN(4) == 0 {
			r.Client.Addr = netip.AddrFrom16([16]byte{0x20, 0x01, 15: byte(rnd.IntN(9))})
			r.Tags = []string{"v6"}
		}
	})
}

// randomQuery asks for a few things at once, or for all.
func randomQuery(rnd *rand.Rand, n uint64) (q session.Query) {
	some := func() bool { return rnd.IntN(4) == 0 }
	if some() {
		q.Sessions = []traffic.SessionID{sid(uint64(rnd.IntN(12))), sid(uint64(rnd.IntN(20)))}
	}
	if some() {
		q.Request = rid(rnd.Uint64N(n + 2))
	}
	if some() {
		q.From = noon.Add(time.Duration(rnd.Int64N(int64(n)+10)) * time.Minute)
	}
	if some() {
		q.To = noon.Add(time.Duration(rnd.Int64N(int64(n)+10))*time.Minute + 7*time.Hour)
	}
	if some() && !q.From.IsZero() {
		q.To = q.From.Add(time.Hour)
	}
	if !q.From.Before(q.To) {
		q.To = time.Time{}
	}
	if some() {
		q.Users = []string{"joe"}
	}
	if some() {
		q.Status = []session.StatusRange{{From: 400, To: 599}}
	}
	if some() {
		q.Malicious, q.Blocked = session.Choice(rnd.IntN(3)), session.Choice(rnd.IntN(3))
	}
	if some() {
		q.Limit = 1 + rnd.IntN(20)
	}
	q.Newest = rnd.IntN(2) == 0
	return q
}
