package export_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

func TestEventTellsTheDecision(t *testing.T) {
	r := login()
	e := export.EventOf(r)
	require.Equal(t, export.EventVersion, e.Version)
	require.Equal(t, r.ID, e.Request)
	require.Equal(t, r.Verdict, traffic.Verdict{Action: e.Action, Reason: e.Reason, Entry: e.Entry, Control: e.Control,
		Allowed: e.Allowed, Gray: e.Gray, Withheld: e.Withheld, Mode: e.Mode}, "nothing of the verdict is lost")
	v := reflect.ValueOf(e)
	for i := range v.NumField() {
		require.False(t, v.Field(i).IsZero(), "%s is filled", v.Type().Field(i).Name)
	}
}

func TestEventAgreesWithEncodingJSON(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		e := export.EventOf(random(rnd))
		want, err := json.Marshal(e)
		require.NoError(t, err)
		require.Equal(t, tokens(t, string(want)), tokens(t, string(e.AppendJSON(nil))))
	}
}

func TestLines(t *testing.T) {
	var buf bytes.Buffer
	s := export.Lines(&buf)
	events := []export.Event{export.EventOf(login()), export.EventOf(plain())}
	events[1].Time = events[1].Time.UTC()
	require.NoError(t, s.Send(t.Context(), events))
	require.NoError(t, s.Send(t.Context(), nil))
	golden(t, "events.jsonl", buf.Bytes())
	var back []export.Event
	for e, err := range export.ReadEvents(&buf) {
		require.NoError(t, err)
		back = append(back, *e)
	}
	require.Equal(t, events, back)
}

func TestLinesGoOnAfterAFailure(t *testing.T) {
	w := &failing{after: -1}
	s := export.Lines(w)
	events := []export.Event{export.EventOf(plain())}
	require.ErrorIs(t, s.Send(t.Context(), events), errFull)
	w.after = 1 << 20
	require.NoError(t, s.Send(t.Context(), events))
	require.Equal(t, 1<<20-len(events[0].AppendJSON(nil))-1, w.after, "what failed is not sent again")
}

func TestLinesDoNotMix(t *testing.T) {
	var buf bytes.Buffer // guarded by the sink
	s := export.Lines(&buf)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				_ = s.Send(context.Background(), []export.Event{export.EventOf(plain()), export.EventOf(login())})
			}
		})
	}
	wg.Wait()
	n := 0
	for _, err := range export.ReadEvents(&buf) {
		require.NoError(t, err)
		n++
	}
	require.Equal(t, 800, n)
}

func TestFanout(t *testing.T) {
	var got []string
	sink := func(name string, err error) export.Sink {
		return export.SinkFunc(func(_ context.Context, events []export.Event) error {
			got = append(got, name)
			require.Len(t, events, 1)
			return err
		})
	}
	errA, errC := errors.New("a is down"), errors.New("c is down")
	all := export.Fanout(sink("a", errA), sink("b", nil), sink("c", errC))
	err := all.Send(t.Context(), make([]export.Event, 1))
	require.ErrorIs(t, err, errA)
	require.ErrorIs(t, err, errC)
	require.Equal(t, []string{"a", "b", "c"}, got, "one failing sink keeps no other from its events")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, all.Send(ctx, make([]export.Event, 1)), context.Canceled)
	require.Len(t, got, 3)
	require.NoError(t, export.Fanout().Send(t.Context(), nil))
}

func TestOnly(t *testing.T) {
	calls := 0
	blocked := export.Only(export.SinkFunc(func(_ context.Context, events []export.Event) error {
		calls++
		require.Len(t, events, 1)
		require.Equal(t, traffic.Block, events[0].Action)
		return nil
	}), func(e *export.Event) bool { return e.Action == traffic.Block })
	require.NoError(t, blocked.Send(t.Context(), []export.Event{export.EventOf(plain()), export.EventOf(login())}))
	require.NoError(t, blocked.Send(t.Context(), []export.Event{export.EventOf(plain())}))
	require.Equal(t, 1, calls)
}

func TestSlog(t *testing.T) {
	var buf bytes.Buffer
	h := slog.NewJSONHandler(&buf, &slog.HandlerOptions{Level: slog.LevelDebug})
	registered := plain()
	registered.Verdict.Action, registered.Verdict.Reason = traffic.Monitor, traffic.AttackFound
	failed := plain()
	failed.Verdict.Action, failed.Verdict.Reason = traffic.Block, traffic.Failure
	var events []export.Event
	for _, r := range []*traffic.Record{plain(), registered, login(), failed} {
		r.Time = r.Time.UTC()
		events = append(events, export.EventOf(r))
	}
	require.NoError(t, export.Slog(h, nil).Send(t.Context(), events))
	golden(t, "slog.jsonl", buf.Bytes())

	buf.Reset()
	loud := export.Slog(slog.NewTextHandler(&buf, nil), func(*export.Event) slog.Level { return slog.LevelInfo })
	require.NoError(t, loud.Send(t.Context(), events[:1]))
	require.Contains(t, buf.String(), "level=INFO")
	buf.Reset()
	quiet := export.Slog(slog.NewTextHandler(&buf, nil), nil)
	require.NoError(t, quiet.Send(t.Context(), events[:1]))
	require.Empty(t, buf.String(), "a passed request is below the level of the handler")
}

type brokenHandler struct{ slog.Handler }

func (brokenHandler) Enabled(context.Context, slog.Level) bool  { return true }
func (brokenHandler) Handle(context.Context, slog.Record) error { return errFull }

func TestSlogErrors(t *testing.T) {
	err := export.Slog(brokenHandler{}, nil).Send(t.Context(), make([]export.Event, 2))
	require.ErrorIs(t, err, errFull)
	require.Equal(t, 2, strings.Count(err.Error(), "disk full"), "each event is tried")
}

func TestTimesThatRFC3339CannotSay(t *testing.T) {
	for _, year := range []int{-5, 12345} {
		e := export.Event{Time: time.Date(year, 2, 3, 4, 5, 6, 7, time.UTC)}
		require.True(t, json.Valid(e.AppendJSON(nil)))
		for _, err := range export.ReadEvents(bytes.NewReader(e.AppendJSON(nil))) {
			require.NoError(t, err)
		}
	}
}
