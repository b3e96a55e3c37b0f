package chaperone

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

func TestQueueRefusesWhenFull(t *testing.T) {
	q := newQueue(3, false)
	for range 3 {
		require.True(t, q.push(new(traffic.Exchange)))
	}
	require.False(t, q.push(new(traffic.Exchange)), "the fourth of three has no room")
	batch := q.take()
	require.Len(t, batch, 3)
	require.True(t, q.push(new(traffic.Exchange)), "room again once the recorder took everything")
	q.finish(batch)
	require.Equal(t, 1, q.depth())
}

func TestQueueGivesEveryAcceptedRecordOnce(t *testing.T) {
	const producers, each = 8, 5000
	q := newQueue(256, true)
	seen := map[int64]int{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			batch := q.take()
			for i := range batch {
				seen[batch[i].BytesIn]++
			}
			if batch != nil {
				q.finish(batch)
				continue
			}
			select {
			case <-q.ready:
			case <-q.stop:
				if q.depth() == 0 {
					return
				}
			}
		}
	}()
	var wg sync.WaitGroup
	for p := range producers {
		wg.Go(func() {
			for i := range each {
				q.push(&traffic.Exchange{Request: traffic.Request{Length: int64(p*each + i)}})
			}
		})
	}
	wg.Wait()
	q.close()
	<-done
	require.Len(t, seen, producers*each)
	for id, n := range seen {
		require.Equalf(t, 1, n, "record %d came %d times", id, n)
	}
}

func TestQueueFlushWaitsForWhatWasPushedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(10, false)
		require.NoError(t, q.flush(t.Context()), "nothing to wait for")
		q.push(new(traffic.Exchange))
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, q.flush(short), context.DeadlineExceeded)
		flushed := make(chan error, 1)
		go func() { flushed <- q.flush(t.Context()) }()
		synctest.Wait()
		select {
		case <-flushed:
			t.Fatal("flushed before the batch was finished")
		default:
		}
		q.finish(q.take())
		require.NoError(t, <-flushed)
	})
}

func TestQueueCloseReleasesThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, true)
		q.push(new(traffic.Exchange))
		refused := make(chan bool, 1)
		go func() { refused <- !q.push(new(traffic.Exchange)) }()
		synctest.Wait()
		q.close()
		q.close()
		require.True(t, <-refused)
		require.False(t, q.push(new(traffic.Exchange)), "a closed queue takes nothing")
		require.Len(t, q.take(), 1, "what was accepted before stays")
	})
}
