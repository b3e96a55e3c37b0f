package chaperone_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/store/memory"
	"github.com/chaperone-go/chaperone/traffic"
)

// moody is a store that fails, panics or stalls as told, over a real one.
type moody struct {
	session.Store
	mu   sync.Mutex
	fail func(attempt int) error
	n    int
}

func (m *moody) Append(ctx context.Context, recs []traffic.Record) error {
	m.mu.Lock()
	m.n++
	n, fail := m.n, m.fail
	m.mu.Unlock()
	if err := fail(n); err != nil {
		return err
	}
	return m.Store.Append(ctx, recs)
}

func (m *moody) Records(ctx context.Context, q session.Query) iter.Seq2[*traffic.Record, error] {
	return m.Store.Records(ctx, q)
}

func newMoody(fail func(int) error) *moody {
	return &moody{Store: memory.NewSessions(memory.Options{}), fail: fail}
}

// heard collects what OnError is told.
type heard struct {
	mu   sync.Mutex
	errs []error
}

func (h *heard) tell(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.errs = append(h.errs, err)
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprint(errors.Join(h.errs...))
}

func TestStoreThatRecoversLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said heard
		store := newMoody(func(n int) error {
			if n <= 3 {
				return errors.New("disk full")
			}
			return nil
		})
		h := newHouse(t, chaperone.Config{SessionStore: store, OnError: said.tell})
		require.Equal(t, 200, h.send(ask{}), "the request does not notice")
		require.Len(t, h.records(), 1, "stored once the disk has room, and once only")
		s := h.guard.Stats()
		require.EqualValues(t, 3, s.StoreErrors)
		require.Zero(t, s.Lost)
		require.Contains(t, said.text(), "disk full")
	})
}

func TestStoreThatNeverRecoversIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said heard
		store := newMoody(func(int) error { panic("broken") })
		h := newHouse(t, chaperone.Config{SessionStore: store, OnError: said.tell})
		require.Equal(t, 200, h.send(ask{}))
		require.Empty(t, h.records())
		s := h.guard.Stats()
		require.EqualValues(t, 1, s.Lost)
		require.Contains(t, said.text(), "given up")
	})
}

func TestFullQueueDropsAndSaysSo(t *testing.T) {
	var said heard
	hold := make(chan struct{})
	store := newMoody(func(int) error { <-hold; return nil })
	h := newHouse(t, chaperone.Config{SessionStore: store, OnError: said.tell, QueueSize: 4})
	for range 20 {
		require.Equal(t, 200, h.send(ask{}), "requests never wait for the store")
	}
	s := h.guard.Stats()
	require.NotZero(t, s.Dropped)
	require.EqualValues(t, 20, s.Recorded+s.Dropped, "every request is accounted for")
	require.Contains(t, said.text(), "the record is lost")
	close(hold)
	require.Len(t, h.records(), int(s.Recorded), "what was accepted is stored")
}

func TestCloseIsPatientOnlyAsLongAsToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMoody(func(int) error { return errors.New("gone") })
		g, err := chaperone.New(chaperone.Config{Client: middleware.Direct(), SessionStore: store})
		require.NoError(t, err)
		g.Wrap(http.NotFoundHandler()).ServeHTTP(discard{}, plainRequest())
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, g.Close(ctx), context.DeadlineExceeded)
		require.EqualValues(t, 1, g.Stats().Lost)
		require.NoError(t, g.Close(t.Context()), "closing again is fine")
	})
}

func TestFlushAfterAndDuringClose(t *testing.T) {
	sink := sinkFunc(func(context.Context, []export.Event) error { return nil })
	for range 50 {
		g, err := chaperone.New(chaperone.Config{Client: middleware.Direct(), Sinks: []export.Sink{sink}, AllDecisions: true})
		require.NoError(t, err)
		g.Wrap(http.NotFoundHandler()).ServeHTTP(discard{}, plainRequest())
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 20 {
					if err := g.Flush(context.Background()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		require.NoError(t, g.Close(t.Context()))
		wg.Wait()
		require.NoError(t, g.Flush(t.Context()))
		require.EqualValues(t, 1, g.Stats().EventsSent)
	}
}

func TestCloseDoesNotWaitForASinkThatIgnoresItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		sink := sinkFunc(func(context.Context, []export.Event) error { <-hold; return nil })
		g, err := chaperone.New(chaperone.Config{Client: middleware.Direct(), Sinks: []export.Sink{sink}, AllDecisions: true})
		require.NoError(t, err)
		g.Wrap(http.NotFoundHandler()).ServeHTTP(discard{}, plainRequest())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		require.ErrorIs(t, g.Close(ctx), context.DeadlineExceeded)
		require.LessOrEqual(t, time.Since(began), time.Minute+time.Second)
		close(hold) // so that its goroutine ends, as every one of a guard must
		require.NoError(t, g.Close(t.Context()))
	})
}

func TestDeniedAddressesAreNotInspected(t *testing.T) {
	seen := 0
	count := chaperone.DetectorFunc(func(*traffic.Exchange, point.Value) { seen++ })
	h := newHouse(t, chaperone.Config{Detectors: []chaperone.Detector{count}})
	h.send(ask{target: "/?a=b"})
	require.NotZero(t, seen)
	seen = 0
	h.list(lists.Entry{List: lists.Deny, Object: lists.OfAddr(addr("192.0.2.1"))})
	require.Equal(t, 403, h.send(ask{target: "/?a=b", method: "POST", body: `{"a":"b"}`}))
	require.Zero(t, seen)
}

func TestCloseFromTenGoroutines(t *testing.T) {
	g, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			g.Wrap(http.NotFoundHandler()).ServeHTTP(discard{}, plainRequest())
			if err := g.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s := g.Stats()
	require.Equal(t, s.Recorded, s.Stored)
	require.EqualValues(t, 10, s.Recorded+s.Dropped)
}

func TestPanickingDetector(t *testing.T) {
	boom := chaperone.DetectorFunc(func(*traffic.Exchange, point.Value) { panic("boom") })
	for _, closed := range []bool{false, true} {
		t.Run(fmt.Sprint("closed=", closed), func(t *testing.T) {
			var said heard
			h := newHouse(t, chaperone.Config{Detectors: []chaperone.Detector{boom}, OnError: said.tell, Policy: chaperone.Policy{FailClosed: closed}})
			want := 200
			if closed {
				want = 403
			}
			require.Equal(t, want, h.send(ask{target: "/?a=b"}))
			r := h.records()
			require.Len(t, r, 1, "the request is recorded all the same")
			require.True(t, r[0].Marks.Has(traffic.EngineFailed))
			require.EqualValues(t, 1, h.guard.Stats().Panics)
			require.Contains(t, said.text(), "boom")
		})
	}
}

func TestOverrunBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := chaperone.DetectorFunc(func(*traffic.Exchange, point.Value) { pass(time.Millisecond) })
		var said heard
		h := newHouse(t, chaperone.Config{Detectors: []chaperone.Detector{slow}, Budget: 40 * time.Millisecond, OnError: said.tell})
		target := "/?" + strings.Repeat("a=b&", 500)
		require.Equal(t, 200, h.send(ask{target: target}))
		r := h.records()[0]
		require.True(t, r.Marks.Has(traffic.OverBudget))
		require.Less(t, time.Since(r.Time), 200*time.Millisecond, "the rest was not looked at")
		require.EqualValues(t, 1, h.guard.Stats().OverBudget)

		p := h.guard.Policy()
		p.FailClosed = true
		require.NoError(t, h.guard.SetPolicy(p))
		require.Equal(t, 403, h.send(ask{target: target}))
		require.Equal(t, traffic.Failure, h.records()[1].Verdict.Reason)
	})
}

func TestSlowSinkDelaysNobody(t *testing.T) {
	hold := make(chan struct{})
	sink := sinkFunc(func(context.Context, []export.Event) error { <-hold; return nil })
	h := newHouse(t, chaperone.Config{Sinks: []export.Sink{sink}, AllDecisions: true, OnError: func(error) {}})
	for range 300 {
		h.send(ask{})
		require.NoError(t, waitStored(h.guard))
	}
	s := h.guard.Stats()
	require.EqualValues(t, 300, s.Stored, "the store is not delayed")
	require.NotZero(t, s.EventsDropped)
	close(hold)
	require.NoError(t, h.guard.Flush(t.Context()))
	s = h.guard.Stats()
	require.EqualValues(t, 300, s.EventsSent+s.EventsDropped)
}

func TestFailingAndPanickingSink(t *testing.T) {
	var said heard
	n := 0
	sink := sinkFunc(func(context.Context, []export.Event) error {
		if n++; n == 1 {
			panic("sink")
		}
		return errors.New("receiver down")
	})
	h := newHouse(t, chaperone.Config{Sinks: []export.Sink{sink}, AllDecisions: true, OnError: said.tell})
	h.send(ask{})
	require.NoError(t, h.guard.Flush(t.Context()))
	h.send(ask{})
	require.NoError(t, h.guard.Flush(t.Context()))
	require.EqualValues(t, 2, h.guard.Stats().EventsDropped)
	require.Contains(t, said.text(), "panic: sink")
}

func TestConfigurationTellsAllProblemsAtOnce(t *testing.T) {
	_, err := chaperone.New(chaperone.Config{
		QueueSize: -1,
		Detectors: []chaperone.Detector{nil},
		Sessions:  session.Config{Masks: []string{"REQUEST → URI"}, Secrets: []session.Secret{{ID: "a", Key: []byte("short")}}},
		Policy: chaperone.Policy{
			Applications: []chaperone.Application{{ID: 0}, {ID: 3}, {ID: 3}},
			Parameters:   []session.Parameter{{Name: "x", Path: "REQUEST → NOWHERE", Key: true}, {Name: "y", Path: "QUERY → y"}},
			Masks:        []string{"RESPONSE"},
		},
	})
	require.Error(t, err)
	for _, field := range []string{
		"Client:", "QueueSize:", "Detectors[0]:", "Sessions.Masks:", "Sessions.Secrets[0]",
		"Policy.Applications[0].ID", "Policy.Applications[2].ID", "Policy.Parameters[0].Path", "Policy.Parameters[1].Path", "Policy.Masks[0]",
	} {
		require.ErrorContains(t, err, field)
	}
}

func TestPolicyFile(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := chaperone.ReadPolicy(strings.NewReader(text))
		if want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, want)
		}
	}
	f(`{"mode":"block","parameters":[{"name":"t","path":"REQUEST → QUERY → t","key":true}]}`, "")
	f(`{}`, "")
	f(``, "EOF")
	f("{\n\"mode\":\"blok\"}", "blok")
	f("{\n\n\"modes\":\"block\"}", "modes")
	f("{\n\n\"mode\" \"block\"}", "line 3")
	f(`{} {}`, "after the end")
	f(`{"mode":"block"}`+strings.Repeat(" ", 5<<20), "larger")
}
