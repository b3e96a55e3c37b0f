package lists_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/chaperone-go/chaperone/lists"
)

// logStore is a store for tests: a slice, and ways to go wrong. The stores
// that people use are tested with storetest.
type logStore struct {
	mu  sync.Mutex
	log []lists.Change

	failAppend error // Append fails before it has added anything
	loseReply  error // Append fails after it has added everything
	failRead   error // Changes ends with it after failAfter changes
	failAfter  int
	failForget error
	appends    int
}

var errDisk = errors.New("no space left on device")

func (s *logStore) Append(_ context.Context, changes []lists.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appends++
	if s.failAppend != nil {
		return s.failAppend
	}
	if n := len(s.log); n > 0 && changes[0].Seq <= s.log[n-1].Seq {
		return fmt.Errorf("change %d: %w", changes[0].Seq, lists.ErrConflict)
	}
	s.log = append(s.log, changes...)
	return s.loseReply
}

func (s *logStore) Changes(_ context.Context, after uint64) iter.Seq2[lists.Change, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	log, fail, n := slices.Clone(s.log), s.failRead, s.failAfter
	return func(yield func(lists.Change, error) bool) {
		for i, c := range log {
			if fail != nil && i == n {
				break
			}
			if c.Seq > after && !yield(c, nil) {
				return
			}
		}
		if fail != nil {
			yield(lists.Change{}, fail)
		}
	}
}

func (s *logStore) Forget(_ context.Context, ids []uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failForget != nil {
		return s.failForget
	}
	last := s.log[len(s.log)-1].ID
	s.log = slices.DeleteFunc(slices.Clone(s.log), func(c lists.Change) bool {
		return c.ID != last && slices.Contains(ids, c.ID)
	})
	return nil
}
