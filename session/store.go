package session

import (
	"context"
	"iter"

	"github.com/chaperone-go/chaperone/traffic"
)

// KeptDays is how many calendar days of parts are kept: today and the six
// days before.
const KeptDays = 7

// KeptFrom returns the oldest day that is kept when today is today. Parts of
// earlier days are pruned.
func KeptFrom(today traffic.Day) traffic.Day { return today - (KeptDays - 1) }

// Store keeps records and gives them back by session and day.
//
// A session's records of one calendar day are a part. The day is that of
// [traffic.Record.Time] in the zone the store was opened with, UTC by default;
// use the zone of [Config.Zone]. All methods are safe for concurrent use; a
// reader never stops the one who appends for longer than a copy takes. The
// suite storetest.Sessions checks an implementation.
type Store interface {
	// Append stores records in the order given. The slice is borrowed for the
	// call; the records in it are immutable, so their strings and slices may
	// be kept. It stores all of the records or, when it returns an
	// error, none: the same slice is then offered again.
	Append(ctx context.Context, recs []traffic.Record) error

	// Records yields the records that match q in the order of their time,
	// those of one instant as they were appended, or the exact reverse with
	// [Query.Newest]. It tells of what was there when the iteration began:
	// what is appended meanwhile need not come, what is deleted is left out.
	// A record that is yielded belongs to the caller.
	//
	// A bad query, a failure of the store and a context that ends are yielded
	// once, with a nil record, as the last element. No match is no error.
	Records(ctx context.Context, q Query) iter.Seq2[*traffic.Record, error]

	// Parts yields every part that has at least one record matching q. A part
	// tells of all its records that lie inside [Query.From, Query.To), also of
	// those the other fields of q do not match. The order is by day, then by
	// the time of the first record told of, then by session id; [Query.Newest]
	// reverses it exactly. Errors come as in Records.
	Parts(ctx context.Context, q Query) iter.Seq2[*Part, error]
}

// Pruner is the extra power of a [Store] that forgets on demand.
type Pruner interface {
	// Prune deletes every part of a day before the given one, with its
	// records, and returns how many parts went. See [KeptFrom].
	Prune(ctx context.Context, before traffic.Day) (parts int, err error)
}
