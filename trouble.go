package chaperone

import (
	"sync"
	"sync/atomic"
	"time"
)

// trouble passes errors on to Config.OnError, at most one a second of each
// kind, so that a storm of one fault does not become a storm of logging. The
// counters in Stats count every one.
type trouble struct {
	tell  func(error)
	count *atomic.Uint64

	mu   sync.Mutex
	last map[string]time.Time // by kind; the kinds are a handful of constants
}

func (t *trouble) report(kind string, err error) {
	t.count.Add(1)
	if !t.due(kind) {
		return
	}
	defer func() { _ = recover() }() // OnError is the application's; its panic must not cost a request
	t.tell(err)
}

// due reports whether kind may be told now. This is about the pace of our own
// messages, not about traffic, and so asks the clock of the process.
func (t *trouble) due(kind string) bool {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, ok := t.last[kind]; ok && now.Sub(last) < time.Second {
		return false
	}
	t.last[kind] = now
	return true
}
