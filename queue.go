package chaperone

import (
	"context"
	"sync"

	"github.com/chaperone-go/chaperone/traffic"
)

// queue stands between the way out and the slow side. Requests push records
// and never wait (unless the queue was made to wait); one recorder takes all
// that is there at once. It holds at most limit records; what comes when it
// is full is refused and counted by the caller.
//
// Two slices change places: requests append to one under the mutex while the
// recorder works on the other. Both grow on demand and are kept.
type queue struct {
	limit int
	wait  bool // push waits for room instead of refusing

	mu     sync.Mutex
	room   sync.Cond     // signalled when the recorder took everything
	ready  chan struct{} // there is something to take
	hurry  chan struct{} // somebody waits for it to be taken
	filled []traffic.Record
	spare  []traffic.Record
	pushed uint64 // records accepted so far
	done   uint64 // records the recorder is finished with
	settle chan struct{}
	closed bool
	stop   chan struct{} // closed by close
}

func newQueue(limit int, wait bool) *queue {
	q := &queue{limit: limit, wait: wait, ready: make(chan struct{}, 1), hurry: make(chan struct{}, 1), settle: make(chan struct{}), stop: make(chan struct{})}
	q.room.L = &q.mu
	return q
}

// push settles x into a record at the end of the queue; false when the queue
// is full or closed.
func (q *queue) push(x *traffic.Exchange) bool {
	n := q.place(x)
	if n == 0 {
		signal(q.ready)
	}
	if n == q.limit/2 {
		signal(q.hurry)
	}
	return n >= 0
}

// place is push without its signals. It returns how many records stood before
// the new one, -1 when it was refused.
func (q *queue) place(x *traffic.Exchange) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.wait && !q.closed && len(q.filled) >= q.limit {
		q.room.Wait()
	}
	n := len(q.filled)
	if q.closed || n >= q.limit {
		return -1
	}
	q.grow(n)
	settle(&q.filled[n], x)
	q.pushed++
	return n
}

// grow makes room for record n, which is then zero: finish clears what it
// gives back.
func (q *queue) grow(n int) {
	if n < cap(q.filled) {
		q.filled = q.filled[:n+1]
		return
	}
	q.filled = append(q.filled, traffic.Record{})
}

// signal wakes whoever waits on c, now or next.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// take returns everything that is queued, or nil. The slice is the caller's
// until finish.
func (q *queue) take() []traffic.Record {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.filled) == 0 {
		return nil
	}
	batch := q.filled
	q.filled, q.spare = q.spare[:0], nil
	q.room.Broadcast()
	return batch
}

// finish gives a batch back and wakes those who wait for it.
func (q *queue) finish(batch []traffic.Record) {
	n := len(batch)
	clear(batch)
	q.mu.Lock()
	q.spare = batch[:0]
	q.done += uint64(n)
	close(q.settle)
	q.settle = make(chan struct{})
	q.mu.Unlock()
}

// close refuses further records and wakes everyone.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	q.closed = true
	q.room.Broadcast()
	close(q.stop)
}

// flush waits until every record accepted before the call is finished.
func (q *queue) flush(ctx context.Context) error {
	q.mu.Lock()
	goal := q.pushed
	signal(q.hurry)
	for q.done < goal {
		settled := q.settle
		q.mu.Unlock()
		select {
		case <-settled:
		case <-ctx.Done():
			return ctx.Err()
		}
		q.mu.Lock()
	}
	q.mu.Unlock()
	return nil
}

// depth returns how many records wait.
func (q *queue) depth() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.filled)
}
