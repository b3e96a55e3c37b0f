package lists_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
)

// What the store does not keep does not happen.
func TestStoreFails(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	before := w.book.Stats()
	w.store.failAppend = errDisk
	_, err := w.book.Add(t.Context(), w.now, w.entry(lists.Deny, "192.0.2.2", time.Hour, anna))
	require.ErrorIs(t, err, errDisk)
	require.ErrorContains(t, err, "append change 2: ")
	_, err = w.book.Remove(t.Context(), w.now, e.ID, anna)
	require.ErrorIs(t, err, errDisk)
	_, err = w.book.SetExpiry(t.Context(), w.now, e.ID, time.Time{}, anna)
	require.ErrorIs(t, err, errDisk)
	require.Equal(t, before, w.book.Stats())
	require.Equal(t, e, w.get(e.ID))
	require.True(t, w.check("192.0.2.2", 1).IsZero())
	w.store.failAppend = nil
	require.Equal(t, uint64(2), w.add(lists.Deny, "192.0.2.2", time.Hour, anna).ID)
}

// An append whose outcome is unknown is found out before the next change.
func TestStoreLosesItsReply(t *testing.T) {
	w := newWorld(t, lists.Config{})
	w.store.loseReply = errors.New("connection reset")
	_, err := w.book.Add(t.Context(), w.now, w.entry(lists.Deny, "192.0.2.1", time.Hour, anna))
	require.ErrorContains(t, err, "connection reset")
	require.True(t, w.check("192.0.2.1", 1).IsZero(), "an error is an error")
	w.store.loseReply = nil
	e := w.add(lists.Deny, "192.0.2.1", 2*time.Hour, anna)
	require.Equal(t, uint64(1), e.ID, "it had been kept, and is extended now")
	require.Len(t, e.Extended, 1)

	w.store.failRead = errDisk
	w.store.loseReply = errDisk
	_, err = w.book.Add(t.Context(), w.now, w.entry(lists.Deny, "192.0.2.2", time.Hour, anna))
	require.ErrorIs(t, err, errDisk)
	_, err = w.book.Add(t.Context(), w.now, w.entry(lists.Deny, "192.0.2.2", time.Hour, anna))
	require.ErrorContains(t, err, "sync lists: read the log after change 2: no space left on device")
	require.ErrorIs(t, w.book.Sync(t.Context()), errDisk)
}

// Two books on one store are one list, as far as each has read.
func TestTwoBooks(t *testing.T) {
	w := newWorld(t, lists.Config{})
	other := w.reopen(lists.Config{})
	a := w.add(lists.Deny, "192.0.2.1", time.Hour, anna)
	require.True(t, other.Check(w.now, netip.MustParseAddr("192.0.2.1"), 1).IsZero())
	require.NoError(t, other.Sync(t.Context()))
	require.Equal(t, a.ID, other.Check(w.now, netip.MustParseAddr("192.0.2.1"), 1).Deny)

	b := w.add(lists.Deny, "192.0.2.2", time.Hour, anna)
	e, err := other.Add(t.Context(), w.now, w.entry(lists.Deny, "192.0.2.2", 2*time.Hour, anna))
	require.NoError(t, err)
	require.Equal(t, b.ID, e.ID, "it read the first one's change and extended")
	w.remove(b.ID, anna)
	_, err = other.Remove(t.Context(), w.now, b.ID, anna)
	require.ErrorIs(t, err, lists.ErrEnded)
	require.NoError(t, w.book.Sync(t.Context()))
	require.Equal(t, w.book.Stats(), other.Stats())
}

// contended refuses every append, as if somebody were always faster.
type contended struct{ *logStore }

func (contended) Append(context.Context, []lists.Change) error { return lists.ErrConflict }

func TestWriterGivesUp(t *testing.T) {
	b, err := lists.Open(t.Context(), contended{new(logStore)}, lists.Config{})
	require.NoError(t, err)
	_, err = b.Add(t.Context(), noon, lists.Entry{List: lists.Deny, Object: obj("s1"), By: anna})
	require.ErrorIs(t, err, lists.ErrConflict)
}

// TestRace has readers of every kind, three writers on two books, sweeping
// and pruning at once; run it with -race.
func TestRace(t *testing.T) {
	w := newWorld(t, lists.Config{MaxHistory: 50, KeepHistory: time.Hour})
	books := []*lists.Book{w.book, w.reopen(lists.Config{})}
	pinned := w.add(lists.Deny, "10.0.0.0/12", 0, anna)
	require.NoError(t, books[1].Sync(t.Context()))
	stop := make(chan struct{})
	var readers, writers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() { readAll(t, books[i%2], pinned.ID, stop) })
	}
	for i := range 3 {
		writers.Go(func() {
			for n := range 300 {
				now := noon.Add(time.Duration(n) * time.Minute)
				e := lists.Entry{
					List: lists.Deny, Object: obj(fmt.Sprintf("10.0.%d.%d", n%7, n%11)), By: bola,
					Expires: now.Add(10 * time.Minute),
				}
				b := books[i%2]
				if got, err := b.Add(context.Background(), now, e); err == nil && n%3 == 0 {
					_, _ = b.Remove(context.Background(), now, got.ID, bola)
				}
				b.Sweep(now)
				if n%50 == 0 {
					_, _ = w.book.Prune(context.Background(), now)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}

func readAll(t *testing.T, b *lists.Book, pinned uint64, stop chan struct{}) {
	addr := netip.MustParseAddr("10.0.3.3")
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		// The wide block counts whatever the writers do inside of it.
		if m := b.Check(noon.Add(1e6*time.Hour), addr, 1); m.Deny != pinned {
			t.Errorf("check: %+v, want entry %d", m, pinned)
			return
		}
		b.CheckSession(noon, sid('1'), 1)
		if n%16 == 0 {
			for range b.Now(noon) {
			}
			for range b.Between(noon, time.Time{}) {
			}
			b.Suppressed(noon, lists.Deny, obj("10.0.3.3"), 1)
			b.Stats()
		}
	}
}
