package export

import (
	"context"
	"errors"
	"log/slog"

	"github.com/chaperone-go/chaperone/traffic"
)

// Level returns the level [Slog] logs e at: a request that passed is
// [slog.LevelDebug], a registered one [slog.LevelInfo], a blocked one
// [slog.LevelWarn], and one that trouble of ours blocked [slog.LevelError].
func Level(e *Event) slog.Level {
	switch {
	case e.Reason == traffic.Failure:
		return slog.LevelError
	case e.Action == traffic.Block:
		return slog.LevelWarn
	case e.Action == traffic.Monitor:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

// Slog returns a [Sink] that logs each event to h, with the time of the event
// and the level given by [Level]. level may be nil; give another function to
// log, say, requests that passed more loudly. The attributes have the names
// of the members of the event's JSON; empty ones are left out.
func Slog(h slog.Handler, level func(*Event) slog.Level) Sink {
	if level == nil {
		level = Level
	}
	return SinkFunc(func(ctx context.Context, events []Event) error {
		var errs []error
		for i := range events {
			e := &events[i]
			l := level(e)
			if !h.Enabled(ctx, l) {
				continue
			}
			if err := h.Handle(ctx, logRecord(e, l)); err != nil {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	})
}

func logRecord(e *Event, l slog.Level) slog.Record {
	r := slog.NewRecord(e.Time, l, "request "+e.Action.String(), 0)
	r.AddAttrs(
		slog.Int("v", e.Version),
		slog.String("request", e.Request.String()),
		slog.String("session", e.Session.String()),
	)
	if e.Client.IsValid() {
		r.AddAttrs(slog.String("client", e.Client.String()))
	}
	r.AddAttrs(slog.Int("app", int(e.App)))
	addText(&r, "user", e.User)
	addText(&r, "method", e.Method)
	addText(&r, "host", e.Host)
	r.AddAttrs(slog.String("path", e.Path), slog.Int("status", e.Status), slog.String("action", e.Action.String()))
	addText(&r, "reason", e.Reason.String())
	if e.Entry != 0 {
		r.AddAttrs(slog.Uint64("entry", e.Entry))
	}
	addText(&r, "control", e.Control)
	addText(&r, "mode", e.Mode.String())
	addTrue(&r, "allowed", e.Allowed)
	addTrue(&r, "gray", e.Gray)
	addTrue(&r, "withheld", e.Withheld)
	addAttacks(&r, e.Attacks)
	if e.Marks != 0 {
		r.AddAttrs(slog.Any("marks", e.Marks.Names()))
	}
	return r
}

func addText(r *slog.Record, name, s string) {
	if s != "" {
		r.AddAttrs(slog.String(name, s))
	}
}

func addTrue(r *slog.Record, name string, on bool) {
	if on {
		r.AddAttrs(slog.Bool(name, true))
	}
}

func addAttacks(r *slog.Record, hits []traffic.Hit) {
	if len(hits) == 0 {
		return
	}
	types := make([]string, len(hits))
	for i, h := range hits {
		types[i] = string(h.Type)
	}
	r.AddAttrs(slog.Any("attacks", types))
}
