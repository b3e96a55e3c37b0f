package lists

import (
	"context"
	"errors"
	"iter"
)

// Store keeps the log of changes. Implementations are safe for concurrent
// use and pass storetest.Lists.
type Store interface {
	// Append adds the changes to the end of the log, all or none of them, and
	// returns once they are as durable as the store makes anything. The slice
	// and what it points to belong to the caller again afterwards. When a Seq
	// is not greater than the one before it, or than the last in the log,
	// nothing is added and the error is [ErrConflict].
	Append(ctx context.Context, changes []Change) error
	// Changes yields the changes with Seq > after in the order of the log.
	// Changes appended meanwhile may or may not be among them. The first
	// error ends the iteration.
	Changes(ctx context.Context, after uint64) iter.Seq2[Change, error]
}

// Forgetter is the extra power of a [Store] to forget history. A store
// without it keeps the whole log.
type Forgetter interface {
	// Forget deletes every change of the entries with these ids; unknown ids
	// are no error. Other changes keep their order and numbers. The entry that
	// the last change in the log is about stays in any case: the next Append
	// builds on that change's number.
	Forget(ctx context.Context, ids []uint64) error
}

// Errors that callers tell apart with [errors.Is].
var (
	// ErrConflict: somebody else appended to the log first.
	ErrConflict = errors.New("the log of changes has moved on")
	// ErrSuppressed: a person took the object off; automatic authors may not
	// add it before half of its last period is over.
	ErrSuppressed = errors.New("suppressed: a person took it off the list")
	// ErrExcepted: an exception keeps API Abuse Prevention off the object.
	ErrExcepted = errors.New("an exception is in force")
	// ErrNotFound: the book has no entry with this id.
	ErrNotFound = errors.New("no such entry")
	// ErrEnded: the entry has expired or was taken off already.
	ErrEnded = errors.New("the entry is no longer in force")
	// ErrFull: the book holds as many entries as its configuration allows.
	ErrFull = errors.New("the lists are full")
)
