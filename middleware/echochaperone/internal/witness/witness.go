// Package witness is the inspector that the tests of both adapters share.
package witness

import (
	"context"
	"sync"

	"github.com/chaperone-go/chaperone/traffic"
)

// Witness remembers what End saw of the last request.
type Witness struct {
	// Block makes Begin block every request.
	Block bool
	// Hold makes Begin ask for the answer to be held back and copied; Withhold
	// makes End withhold what could be held.
	Hold, Withhold bool

	// Ended, when not nil, gets a value after each End.
	Ended chan struct{}

	mu   sync.Mutex
	seen Seen
}

// Seen is what there was to see.
type Seen struct {
	Status int
	Bytes  int64
	Route  string
	Marks  traffic.Mark
	User   string
	Body   string // of the request
	Answer string // what was copied of the answer
	Held   bool
}

// Begin implements middleware.Inspector.
func (w *Witness) Begin(_ context.Context, x *traffic.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = Seen{}
	if w.Block {
		x.Verdict.Action = traffic.Block
	}
	if w.Hold {
		x.Response.Want = traffic.Want{Limit: 1024, Kinds: traffic.KindAny, Hold: true}
	}
	if x.Request.Body != nil {
		b, _, _ := x.Request.Body.ReadAhead(1024)
		w.seen.Body = string(b)
	}
}

// End implements middleware.Inspector.
func (w *Witness) End(_ context.Context, x *traffic.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.seen
	s.Status, s.Bytes, s.Route, s.Marks = x.Response.Status, x.Response.Length, x.Request.Route, x.Marks
	s.User = x.Handle.Close().User
	s.Answer, s.Held = string(x.Response.Body), x.Response.Held
	if w.Withhold && x.Response.Held {
		x.Verdict.Action, x.Verdict.Withheld = traffic.Block, true
	}
	if w.Ended != nil {
		w.Ended <- struct{}{}
	}
}

// Seen returns what the last request left.
func (w *Witness) Seen() Seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}
