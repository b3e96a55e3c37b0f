package storetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// noon is the time most cases count from.
var noon = time.Date(2026, 8, 21, 12, 0, 0, 0, time.UTC)

// sid makes a session id out of a number; ids are in the order of numbers.
func sid(n uint64) (id traffic.SessionID) {
	binary.BigEndian.PutUint64(id[24:], n)
	return id
}

// rid makes a request id out of a number.
func rid(n uint64) (id traffic.RequestID) {
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

// visit makes the record of request number n, in a session, so long after noon.
func visit(n, of uint64, after time.Duration, edits ...func(*traffic.Record)) traffic.Record {
	r := traffic.Record{
		ID: rid(n), Time: noon.Add(after), Duration: 5 * time.Millisecond, App: traffic.DefaultApp,
		Session: traffic.Identity{
			ID:       sid(of),
			Key:      traffic.Key{Source: traffic.OwnKey, Name: "token", Value: fmt.Sprintf("value-%d", of)},
			Strength: traffic.StrengthStrong, Standing: traffic.Claimed,
		},
		Client: traffic.Client{Addr: netip.AddrFrom4([4]byte{192, 0, 2, byte(of)}), UserAgent: "shopper/1.0"},
		Method: "GET", Scheme: "https", Proto: "2.0", Host: "shop.example.com", Path: fmt.Sprintf("/orders/%d", n),
		Status: 200, BytesOut: 100,
		Verdict: traffic.Verdict{Mode: traffic.ModeMonitoring},
	}
	for _, edit := range edits {
		edit(&r)
	}
	return r
}

// fill appends records, one batch.
func fill(t *testing.T, s session.Store, recs ...traffic.Record) {
	t.Helper()
	require.NoError(t, s.Append(t.Context(), recs))
}

// all returns what an iteration yields, and fails on its error.
func all[T any](t *testing.T, seq iter.Seq2[*T, error]) (list []T) {
	t.Helper()
	for v, err := range seq {
		require.NoError(t, err)
		require.NotNil(t, v)
		list = append(list, *v)
	}
	return list
}

// requests returns the numbers of the records a query gives, in order.
func requests(t *testing.T, s session.Store, q session.Query) (numbers []uint64) {
	t.Helper()
	for _, r := range all(t, s.Records(t.Context(), q)) {
		numbers = append(numbers, binary.BigEndian.Uint64(r.ID[8:]))
	}
	return numbers
}

// row is a part in short.
type row struct {
	session  uint64
	day      string
	requests int
}

func rowOf(p *session.Part) row {
	return row{binary.BigEndian.Uint64(p.Session[24:]), p.Day.String(), p.Requests}
}

// rows returns the parts a query gives, in order.
func rows(t *testing.T, s session.Store, q session.Query) (list []row) {
	t.Helper()
	parts := all(t, s.Parts(t.Context(), q))
	for i := range parts {
		list = append(list, rowOf(&parts[i]))
	}
	return list
}

// lastError runs an iteration that has to end with an error, yielded once,
// alone and with nil. It returns how many results came before.
func lastError[T any](t *testing.T, seq iter.Seq2[*T, error]) (before int, last error) {
	t.Helper()
	for v, err := range seq {
		require.NoError(t, last, "nothing comes after an error")
		if last = err; err == nil {
			before++
		} else {
			require.Nil(t, v, "an error comes without a result")
		}
	}
	require.Error(t, last)
	return before, last
}

// prune calls Prune if the store can; a store that cannot has nothing to prove.
func prune(t *testing.T, s session.Store, before traffic.Day) (parts int, can bool) {
	t.Helper()
	p, can := s.(session.Pruner)
	if !can {
		t.Log("this store is no session.Pruner")
		return 0, false
	}
	parts, err := p.Prune(t.Context(), before)
	require.NoError(t, err)
	return parts, true
}

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
