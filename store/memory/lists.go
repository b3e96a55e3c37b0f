package memory

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/chaperone-go/chaperone/lists"
)

// Lists is a [lists.Store] in memory: the log of changes, each as its JSON, as
// a file would hold it. About 300 bytes a change, which hold no pointers for
// the garbage collector to follow. Its size is bounded by the book that
// writes it: [lists.Config] bounds the entries, Forget drops those whose
// history is over.
//
// The zero Lists is ready; it must not be copied. All methods are safe for
// concurrent use, and a reader never holds up a writer.
type Lists struct {
	mu  sync.RWMutex
	log []listChange // replaced by Forget, only appended to otherwise
}

// listChange is a change with what Forget and Changes look for.
type listChange struct {
	seq, id uint64
	json    []byte
}

// NewLists returns an empty store of lists.
func NewLists() *Lists { return new(Lists) }

// Append implements [lists.Store].
func (l *Lists) Append(ctx context.Context, changes []lists.Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	add := make([]listChange, len(changes))
	for i := range changes {
		c := &changes[i]
		b, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("encode change %d: %w", c.Seq, err)
		}
		add[i] = listChange{c.Seq, c.ID, b}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.end().seq
	for _, c := range add {
		if c.seq <= last {
			return fmt.Errorf("change %d comes after change %d: %w", c.seq, last, lists.ErrConflict)
		}
		last = c.seq
	}
	l.log = append(l.log, add...)
	return nil
}

// end returns the last change, the zero one when there is none.
func (l *Lists) end() (c listChange) {
	if n := len(l.log); n > 0 {
		c = l.log[n-1]
	}
	return c
}

// Changes implements [lists.Store]. The changes are those there are when the
// iteration starts.
func (l *Lists) Changes(ctx context.Context, after uint64) iter.Seq2[lists.Change, error] {
	return func(yield func(lists.Change, error) bool) {
		l.mu.RLock()
		log := l.log
		l.mu.RUnlock()
		first, _ := slices.BinarySearchFunc(log, after, func(c listChange, after uint64) int {
			if c.seq <= after {
				return -1
			}
			return 1
		})
		for _, c := range log[first:] {
			change, err := c.decode(ctx)
			if !yield(change, err) || err != nil {
				return
			}
		}
	}
}

func (c *listChange) decode(ctx context.Context) (change lists.Change, err error) {
	if err := ctx.Err(); err != nil {
		return change, err
	}
	if err := json.Unmarshal(c.json, &change); err != nil {
		return change, fmt.Errorf("decode change %d: %w", c.seq, err)
	}
	return change, nil
}

// Forget implements [lists.Forgetter].
func (l *Lists) Forget(ctx context.Context, ids []uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	gone := make(map[uint64]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(gone, l.end().id)
	kept := make([]listChange, 0, len(l.log))
	for _, c := range l.log {
		if !gone[c.id] {
			kept = append(kept, c)
		}
	}
	l.log = kept
	return nil
}
