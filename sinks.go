package chaperone

import (
	"context"
	"fmt"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/traffic"
)

// sinkBacklog is how many batches of events may wait for one sink. A sink
// that falls further behind misses events, which are counted.
const sinkBacklog = 64

// sinkWorker hands events to one sink from a goroutine of its own, so that a
// slow sink delays neither the store nor the other sinks.
type sinkWorker struct {
	guard *Guard
	sink  export.Sink
	jobs  chan sinkJob  // never closed: a flush may come at any time
	stop  chan struct{} // closed when nothing more will be offered
	ended chan struct{} // closed when the worker is done
}

// sinkJob is a batch of events, or a flush to be answered.
type sinkJob struct {
	events []export.Event
	done   chan struct{}
}

func newSinkWorker(g *Guard, s export.Sink) *sinkWorker {
	w := &sinkWorker{
		guard: g, sink: s, jobs: make(chan sinkJob, sinkBacklog),
		stop: make(chan struct{}), ended: make(chan struct{}),
	}
	go w.run()
	return w
}

// run works until it is stopped and everything offered before is sent.
func (w *sinkWorker) run() {
	defer close(w.ended)
	for {
		select {
		case job := <-w.jobs:
			w.do(job)
		case <-w.stop:
			for {
				select {
				case job := <-w.jobs:
					w.do(job)
				default:
					return
				}
			}
		}
	}
}

func (w *sinkWorker) do(job sinkJob) {
	if job.done != nil {
		close(job.done)
		return
	}
	w.send(job.events)
}

func (w *sinkWorker) send(events []export.Event) {
	g := w.guard
	defer func() {
		if r := recover(); r != nil {
			g.count.eventsDropped.Add(uint64(len(events)))
			g.trouble.report("sink", fmt.Errorf("send %d events: panic: %v", len(events), r))
		}
	}()
	if err := w.sink.Send(g.ctx, events); err != nil {
		g.count.eventsDropped.Add(uint64(len(events)))
		g.trouble.report("sink", fmt.Errorf("send %d events: %w", len(events), err))
		return
	}
	g.count.eventsSent.Add(uint64(len(events)))
}

// offer queues events; when the backlog is full they are dropped and counted.
// A replay waits instead.
func (w *sinkWorker) offer(events []export.Event) {
	if w.guard.cfg.Replay {
		w.jobs <- sinkJob{events: events}
		return
	}
	select {
	case w.jobs <- sinkJob{events: events}:
	default:
		w.guard.count.eventsDropped.Add(uint64(len(events)))
		w.guard.trouble.report("sink", fmt.Errorf("queue %d events: the sink is too slow; the events are lost", len(events)))
	}
}

// flush waits until everything offered before is sent.
func (w *sinkWorker) flush(ctx context.Context) error {
	done := make(chan struct{})
	select {
	case w.jobs <- sinkJob{done: done}:
	case <-w.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-w.ended: // it stopped before it came to us, with all sent
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close sends what is queued and waits for the worker. Called by the recorder
// when nothing more will be offered.
func (w *sinkWorker) close() {
	close(w.stop)
	<-w.ended
}

// tell offers the decisions of a batch to every sink.
func (r *recorder) tell(batch []traffic.Record) {
	g := r.guard
	if len(g.sinks) == 0 {
		return
	}
	var events []export.Event
	for i := range batch {
		if g.cfg.AllDecisions || batch[i].Verdict.Action != traffic.Pass {
			events = append(events, export.EventOf(&batch[i]))
		}
	}
	if len(events) == 0 {
		return
	}
	for _, w := range g.sinks {
		w.offer(events)
	}
}
