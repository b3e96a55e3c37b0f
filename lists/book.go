package lists

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Book is the lists of one tenant: the fold of a store's log of changes. Make
// one with [Open]. All methods are safe for concurrent use; none of those
// that only read ever waits.
type Book struct {
	store Store
	cfg   Config
	state atomic.Pointer[state] // what readers see; immutable

	mu     sync.Mutex // held by writers; guards what follows
	agenda agenda     // of what is published
	// unsure is true when the store may hold changes that state does not:
	// somebody else's, or ours after an append of unclear outcome.
	unsure bool
}

// Open reads the log of the store and returns the book that it amounts to.
// A change that cannot be understood is an error that names its number. Open
// changes nothing in the store, and it reads no clock: what has expired
// meanwhile is found to be so by the first Check or Sweep.
func Open(ctx context.Context, store Store, cfg Config) (*Book, error) {
	if store == nil {
		return nil, errors.New("open lists: the store is nil")
	}
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("open lists: %w", err)
	}
	b := &Book{store: store, cfg: cfg.withDefaults()}
	s := newState()
	if err := s.read(ctx, store, func(Change) {}); err != nil {
		return nil, fmt.Errorf("open lists: %w", err)
	}
	b.publish(&s)
	b.agenda = agendaOf(&s)
	return b, nil
}

// read folds what the store has beyond the state, and shows it.
func (s *state) read(ctx context.Context, store Store, show func(Change)) error {
	for c, err := range store.Changes(ctx, s.seq) {
		if err != nil {
			return fmt.Errorf("read the log after change %d: %w", s.seq, err)
		}
		if err := s.fold(&c); err != nil {
			return err
		}
		show(c)
	}
	return nil
}

// Sync reads what others appended to the store and makes it visible. A book
// that has its store to itself never needs it; a book that writes and meets
// somebody else's changes does it by itself.
func (b *Book) Sync(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sync(ctx)
}

func (b *Book) sync(ctx context.Context) error {
	s := b.state.Load().fork()
	var news []Change
	if err := s.read(ctx, b.store, func(c Change) { news = append(news, c) }); err != nil {
		return fmt.Errorf("sync lists: %w", err)
	}
	b.publish(&s)
	b.note(news)
	b.unsure = false
	return nil
}

// begin starts a transaction. The caller holds mu.
func (b *Book) begin(now int64) *tx {
	return &tx{state: b.state.Load().fork(), cfg: &b.cfg, now: now}
}

// publish shows readers a state, which is immutable from now on.
func (b *Book) publish(s *state) {
	s.own, s.inPlace = nil, false
	b.state.Store(s)
}

// note puts what was published on the agenda. Entries that were changed many
// times or taken off leave more on it than there is; from twice as much on it
// is made anew.
func (b *Book) note(log []Change) {
	for i := range log {
		c := &log[i]
		switch c.Op {
		case OpAdd, OpExtend, OpReschedule:
			b.agenda.add(expiryNanos(c.Expires), c.ID)
		}
		if !c.SuppressUntil.IsZero() {
			b.agenda.add(nanos(c.SuppressUntil), c.ID)
		}
	}
	if s := b.state.Load(); len(b.agenda.heap) > 2*(s.live.n+s.quiet.n)+1024 {
		b.agenda = agendaOf(s)
	}
}

// maxTries is how often a writer starts over because others wrote first.
const maxTries = 8

// change makes a change of the lists: f builds it, the store keeps it, then
// readers see it. When others wrote first, their changes are read and f is
// called again.
func (b *Book) change(ctx context.Context, now time.Time, f func(*tx) error) error {
	if now.IsZero() {
		return errors.New("change lists: the time is zero")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.makeRoom(ctx, nanos(now)); err != nil {
		return err
	}
	for try := 1; ; try++ {
		if b.unsure {
			if err := b.sync(ctx); err != nil {
				return err
			}
		}
		t := b.begin(nanos(now))
		if err := f(t); err != nil || len(t.log) == 0 {
			return err
		}
		err := b.store.Append(ctx, t.log)
		if err == nil {
			b.publish(&t.state)
			b.note(t.log)
			return nil
		}
		b.unsure = true
		if !errors.Is(err, ErrConflict) || try == maxTries {
			return fmt.Errorf("append change %d: %w", t.log[0].Seq, err)
		}
	}
}

// makeRoom sweeps when the lists are nearly full, and prunes when history has
// outgrown its bound by an eighth. Both are published at once, so that a
// change that is refused afterwards does not have them done again.
func (b *Book) makeRoom(ctx context.Context, now int64) error {
	if b.state.Load().live.n+b.cfg.MaxBatch > b.cfg.automaticLimit() {
		b.sweep(now, math.MaxInt)
	}
	if b.state.Load().ended() <= b.cfg.MaxHistory+b.cfg.MaxHistory/8 {
		return nil
	}
	_, err := b.prune(ctx, now)
	return err
}

// Stats are counts of a book at one moment.
type Stats struct {
	// Seq is the number of the last change.
	Seq uint64 `json:"seq"`
	// Live is the number of entries in force, expired ones that were not swept
	// yet included.
	Live int `json:"live"`
	// Ended is the number of entries that are history.
	Ended int `json:"ended"`
	// Suppressed is the number of suppressions.
	Suppressed int `json:"suppressed"`
	// Prefixes and Sessions are the numbers of different objects listed.
	Prefixes int `json:"prefixes"`
	Sessions int `json:"sessions"`
}

// Stats returns the book's counts.
func (b *Book) Stats() Stats {
	s := b.state.Load()
	return Stats{
		Seq: s.seq, Live: s.live.n, Ended: s.ended(), Suppressed: s.quiet.n,
		Prefixes: s.live.addrs.Size(), Sessions: s.live.sessions.Size(),
	}
}
