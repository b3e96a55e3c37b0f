package storetest

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// Lists checks that a store keeps the contract of [lists.Store], and that of
// [lists.Forgetter] if it is one. open returns a new empty store each time; it
// may register its clean-up with t.
func Lists(t *testing.T, open func(t *testing.T) lists.Store) {
	for _, c := range listsCases {
		t.Run(c.name, func(t *testing.T) {
			t.Log(c.rule)
			c.check(t, open(t))
		})
	}
}

// listsCase is one rule of the contract.
type listsCase struct {
	name, rule string
	check      func(t *testing.T, s lists.Store)
}

var listsCases = []listsCase{
	{"empty", "A new store has no changes.", func(t *testing.T, s lists.Store) {
		require.Empty(t, listLog(t, s, 0))
	}},
	{"order", "Changes come back in the order of the log, whatever batches they came in.", listsOrder},
	{"every field", "Every field of a change comes back as it went in.", listsEveryField},
	{"after", "Only changes with a greater number than asked for are yielded.", listsAfter},
	{"gaps", "Numbers may be missing: only the order counts.", listsGaps},
	{"conflict", "A change that does not come after the last one is refused with ErrConflict.", listsConflict},
	{"all or nothing", "A batch with one bad change adds nothing.", listsAtomic},
	{"owned", "A store keeps nothing of the slice it was given.", listsOwned},
	{"stop", "An iteration may be left early.", listsStop},
	{"cancelled", "Under a cancelled context nothing is added, and reading ends with an error.", listsCancelled},
	{"concurrent", "Readers see a prefix of the log while it grows.", listsConcurrent},
	{"racing writers", "Of two writers that use the same number one gets ErrConflict.", listsRacing},
	{"forget", "Forgotten entries lose all their changes, others keep theirs.", listsForget},
	{"forget the last", "The entry of the last change is never forgotten: Append builds on its number.", listsForgetLast},
	{"forget while reading", "An iteration that has begun yields a log without contradictions.", listsForgetReading},
	{"book", "A book that is opened again on the store is the same book.", listsBook},
}

var listsStart = time.Date(2026, 8, 21, 12, 0, 0, 123456789, time.UTC)

// listAdd returns a plain change that adds an entry.
func listAdd(seq uint64) lists.Change {
	addr := netip.AddrFrom4([4]byte{192, 0, byte(seq >> 8), byte(seq)})
	return lists.Change{
		Seq: seq, ID: seq, Time: listsStart.Add(time.Duration(seq) * time.Second),
		Op: lists.OpAdd, List: lists.Deny, Object: lists.OfAddr(addr),
		By: traffic.Author{Kind: traffic.Manual, ID: "anna"},
	}
}

// listRemove returns a change that takes the entry id off.
func listRemove(seq, id uint64) lists.Change {
	c := listAdd(id)
	c.Seq, c.Op, c.Ending = seq, lists.OpRemove, lists.Removed
	c.Time = listsStart.Add(time.Duration(seq) * time.Second)
	return c
}

func listAppend(t *testing.T, s lists.Store, changes ...lists.Change) {
	t.Helper()
	require.NoError(t, s.Append(t.Context(), changes))
}

func listLog(t *testing.T, s lists.Store, after uint64) (log []lists.Change) {
	t.Helper()
	for c, err := range s.Changes(t.Context(), after) {
		require.NoError(t, err)
		log = append(log, c)
	}
	return log
}

func listSeqs(t *testing.T, s lists.Store, after uint64) (seqs []uint64) {
	t.Helper()
	for _, c := range listLog(t, s, after) {
		seqs = append(seqs, c.Seq)
	}
	return seqs
}

func listsOrder(t *testing.T, s lists.Store) {
	listAppend(t, s, listAdd(1))
	listAppend(t, s, listAdd(2), listAdd(3), listRemove(4, 2))
	listAppend(t, s)
	listAppend(t, s, listAdd(5))
	require.Equal(t, []lists.Change{listAdd(1), listAdd(2), listAdd(3), listRemove(4, 2), listAdd(5)}, listLog(t, s, 0))
}

func listsEveryField(t *testing.T, s lists.Store) {
	full := lists.Change{
		Seq: 1, ID: 1, Time: listsStart, Op: lists.OpAdd, List: lists.Gray,
		Object: lists.OfPrefix(netip.MustParsePrefix("2001:db8::/48")),
		Apps:   []traffic.App{traffic.DefaultApp, 1, 7},
		By:     traffic.Author{Kind: traffic.Control, ID: "bola-1", Name: "Orders, \"BOLA\""},
		Reason: "more than 2 orders a minute → gray",
		Cause: traffic.Cause{
			Attack: "bola", Request: traffic.RequestID{1, 2}, Session: traffic.SessionID{3, 4}, Confidence: 62,
		},
		Expires: listsStart.Add(time.Hour + time.Nanosecond),
	}
	except := listAdd(2)
	except.Object, except.Except = lists.OfSession(traffic.SessionID{0: 9, 31: 8}), []traffic.App{3}
	remove := full
	remove.Seq, remove.Op, remove.Ending = 3, lists.OpRemove, lists.Excepted
	remove.SuppressUntil = listsStart.Add(24 * time.Hour)
	listAppend(t, s, full, except, remove)
	require.Equal(t, []lists.Change{full, except, remove}, listLog(t, s, 0))
}

func listsAfter(t *testing.T, s lists.Store) {
	listAppend(t, s, listAdd(2), listAdd(4), listAdd(6))
	require.Equal(t, []uint64{2, 4, 6}, listSeqs(t, s, 1))
	require.Equal(t, []uint64{4, 6}, listSeqs(t, s, 2))
	require.Equal(t, []uint64{4, 6}, listSeqs(t, s, 3))
	require.Empty(t, listSeqs(t, s, 6))
	require.Empty(t, listSeqs(t, s, 1<<63))
}

func listsGaps(t *testing.T, s lists.Store) {
	listAppend(t, s, listAdd(3))
	listAppend(t, s, listAdd(10), listAdd(1<<40))
	require.Equal(t, []uint64{3, 10, 1 << 40}, listSeqs(t, s, 0))
}

func listsConflict(t *testing.T, s lists.Store) {
	listAppend(t, s, listAdd(1), listAdd(5))
	for _, seq := range []uint64{0, 1, 4, 5} {
		err := s.Append(t.Context(), []lists.Change{listAdd(seq)})
		require.ErrorIs(t, err, lists.ErrConflict, "number %d after 5", seq)
	}
	require.Equal(t, []uint64{1, 5}, listSeqs(t, s, 0))
}

func listsAtomic(t *testing.T, s lists.Store) {
	listAppend(t, s, listAdd(1))
	err := s.Append(t.Context(), []lists.Change{listAdd(2), listAdd(3), listAdd(3)})
	require.ErrorIs(t, err, lists.ErrConflict)
	require.Equal(t, []uint64{1}, listSeqs(t, s, 0))
	listAppend(t, s, listAdd(2))
	require.Equal(t, []uint64{1, 2}, listSeqs(t, s, 0))
}

func listsOwned(t *testing.T, s lists.Store) {
	c := listAdd(1)
	c.Apps = []traffic.App{1, 2}
	batch := []lists.Change{c}
	listAppend(t, s, batch...)
	batch[0].Reason, c.Apps[0] = "changed", 99
	got := listLog(t, s, 0)
	require.Equal(t, []traffic.App{1, 2}, got[0].Apps)
	require.Empty(t, got[0].Reason)
	got[0].Apps[1] = 99
	require.Equal(t, []traffic.App{1, 2}, listLog(t, s, 0)[0].Apps)
}

func listsStop(t *testing.T, s lists.Store) {
	listAppend(t, s, listAdd(1), listAdd(2), listAdd(3))
	for c, err := range s.Changes(t.Context(), 0) {
		require.NoError(t, err)
		if c.Seq == 2 {
			break
		}
	}
	listAppend(t, s, listAdd(4)) // nothing is left locked
}

func listsCancelled(t *testing.T, s lists.Store) {
	listAppend(t, s, listAdd(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Append(ctx, []lists.Change{listAdd(2)}), context.Canceled)
	require.Equal(t, []uint64{1}, listSeqs(t, s, 0))
	var last error
	for _, err := range s.Changes(ctx, 0) {
		last = err
	}
	require.ErrorIs(t, last, context.Canceled)
}

func listsConcurrent(t *testing.T, s lists.Store) {
	const n = 200
	var wg sync.WaitGroup
	defer wg.Wait()
	for range 2 {
		wg.Go(func() {
			for seen := 0; seen < n; {
				seen = 0
				for c, err := range s.Changes(t.Context(), 0) {
					if seen++; err != nil || c.Seq != uint64(seen) {
						t.Errorf("change %d of the log: number %d, error %v", seen, c.Seq, err)
						return
					}
				}
			}
		})
	}
	for seq := uint64(1); seq <= n; seq++ {
		if err := s.Append(t.Context(), []lists.Change{listAdd(seq)}); err != nil {
			t.Errorf("append %d: %v", seq, err)
		}
	}
}

func listsRacing(t *testing.T, s lists.Store) {
	for seq := uint64(1); seq <= 50; seq++ {
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() { errs[i] = s.Append(t.Context(), []lists.Change{listAdd(seq)}) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.ErrorIs(t, err, lists.ErrConflict)
		}
		require.Equal(t, 1, won, "writers that added number %d", seq)
	}
	require.Len(t, listSeqs(t, s, 0), 50)
}

func listsForget(t *testing.T, s lists.Store) {
	f, ok := s.(lists.Forgetter)
	if !ok {
		t.Log("this store keeps everything")
		return
	}
	listAppend(t, s, listAdd(1), listAdd(2), listRemove(3, 1), listAdd(4), listRemove(5, 2), listAdd(6))
	require.NoError(t, f.Forget(t.Context(), nil))
	require.NoError(t, f.Forget(t.Context(), []uint64{1, 2, 77}))
	require.Equal(t, []lists.Change{listAdd(4), listAdd(6)}, listLog(t, s, 0))
	require.Equal(t, []uint64{6}, listSeqs(t, s, 4))
	require.ErrorIs(t, s.Append(t.Context(), []lists.Change{listAdd(5)}), lists.ErrConflict)
	listAppend(t, s, listAdd(7))
	require.Equal(t, []uint64{4, 6, 7}, listSeqs(t, s, 0))
}

func listsForgetLast(t *testing.T, s lists.Store) {
	f, ok := s.(lists.Forgetter)
	if !ok {
		t.Log("this store keeps everything")
		return
	}
	listAppend(t, s, listAdd(1), listAdd(2), listRemove(3, 2), listRemove(4, 1))
	require.NoError(t, f.Forget(t.Context(), []uint64{1, 2}))
	require.Equal(t, []uint64{1, 4}, listSeqs(t, s, 0))
	require.ErrorIs(t, s.Append(t.Context(), []lists.Change{listAdd(4)}), lists.ErrConflict)
	listAppend(t, s, listAdd(5))
	require.NoError(t, f.Forget(t.Context(), []uint64{1}))
	require.Equal(t, []uint64{5}, listSeqs(t, s, 0))
}

func listsForgetReading(t *testing.T, s lists.Store) {
	f, ok := s.(lists.Forgetter)
	if !ok {
		t.Log("this store keeps everything")
		return
	}
	listAppend(t, s, listAdd(1), listAdd(2), listRemove(3, 2), listAdd(4))
	known := map[uint64]bool{}
	for c, err := range s.Changes(t.Context(), 0) {
		require.NoError(t, err)
		require.True(t, c.Op == lists.OpAdd || known[c.ID], "change %d is about entry %d, which was not yielded", c.Seq, c.ID)
		known[c.ID] = true
		require.NoError(t, f.Forget(t.Context(), []uint64{2}))
	}
	require.Equal(t, []uint64{1, 4}, listSeqs(t, s, 0))
}

func listsBook(t *testing.T, s lists.Store) {
	ctx, now := t.Context(), listsStart
	by := traffic.Author{Kind: traffic.Manual, ID: "anna"}
	book, err := lists.Open(ctx, s, lists.Config{})
	require.NoError(t, err)
	var ids []uint64
	for i := range 8 {
		e, err := book.Add(ctx, now, lists.Entry{
			List: lists.Deny, Object: lists.OfSession(traffic.SessionID{byte(i + 1)}), By: by,
			Reason: fmt.Sprintf("no. %d", i), Expires: now.Add(time.Duration(i+1) * time.Hour),
		})
		require.NoError(t, err)
		ids = append(ids, e.ID)
		now = now.Add(time.Second)
	}
	_, err = book.RemoveAll(ctx, now, ids[:3], by)
	require.NoError(t, err)
	_, err = book.SetExpiry(ctx, now, ids[4], time.Time{}, by)
	require.NoError(t, err)
	again, err := lists.Open(ctx, s, lists.Config{})
	require.NoError(t, err)
	require.Equal(t, book.Stats(), again.Stats())
	for _, id := range ids {
		a, _ := book.Entry(id)
		b, ok := again.Entry(id)
		require.True(t, ok)
		require.Equal(t, a, b)
	}
}
