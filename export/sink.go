package export

import (
	"context"
	"errors"
	"io"
	"sync"
)

// Sink takes decisions away: to a log, a file, a queue, another machine. It
// runs behind the queue of records, not while a request waits.
//
// The events are borrowed: a sink that keeps them copies them. An error is
// reported and counted by the caller; the events are not sent again. Send may
// be called by many goroutines at once unless the sink says otherwise.
type Sink interface {
	Send(ctx context.Context, events []Event) error
}

// SinkFunc makes a function a [Sink].
type SinkFunc func(ctx context.Context, events []Event) error

// Send calls f.
func (f SinkFunc) Send(ctx context.Context, events []Event) error { return f(ctx, events) }

// Fanout returns a [Sink] that gives all events to each of the sinks, one
// after the other. A sink that fails does not keep the others from theirs;
// the errors are joined. A context that is done ends it between two sinks.
func Fanout(sinks ...Sink) Sink {
	sinks = append([]Sink(nil), sinks...)
	return SinkFunc(func(ctx context.Context, events []Event) error {
		var errs []error
		for _, s := range sinks {
			if err := ctx.Err(); err != nil {
				return errors.Join(append(errs, err)...)
			}
			if err := s.Send(ctx, events); err != nil {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	})
}

// Only returns a [Sink] that passes on the events keep is true for, such as
// those that were blocked. Nothing is sent when none is left.
func Only(sink Sink, keep func(*Event) bool) Sink {
	return SinkFunc(func(ctx context.Context, events []Event) error {
		var kept []Event
		for i := range events {
			if keep(&events[i]) {
				kept = append(kept, events[i])
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return sink.Send(ctx, kept)
	})
}

// Lines returns a [Sink] that writes each event as a line of JSON to w. Each
// batch is one Write, so that a file opened for appending is never left with
// half a line by this process, and no two batches mix.
func Lines(w io.Writer) Sink { return &lineSink{out: gather{w: w}} }

type lineSink struct {
	mu  sync.Mutex
	out gather
}

// Send writes the events. A failed write does not stop later ones.
func (s *lineSink) Send(_ context.Context, events []Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.err = nil
	for i := range events {
		s.out.buf = append(events[i].AppendJSON(s.out.buf), '\n')
	}
	return s.out.flush()
}
