package lists

import (
	"context"
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// SetExpiry lets an entry end at another time, earlier or later; the zero
// time is forever. The bounds are those of Add, counted from now. The error
// is [ErrNotFound], [ErrEnded], a violation, or the store's.
func (b *Book) SetExpiry(ctx context.Context, now time.Time, id uint64, expires time.Time, by traffic.Author) (Entry, error) {
	var e Entry
	err := b.change(ctx, now, func(t *tx) error {
		err := t.setExpiry(id, expires, by)
		if err != nil {
			return fmt.Errorf("set the expiry of entry %d: %w", id, err)
		}
		e = t.entries.get(id).entry()
		return nil
	})
	return e, err
}

func (t *tx) setExpiry(id uint64, expires time.Time, by traffic.Author) error {
	if err := checkAuthor(by); err != nil {
		return fmt.Errorf("By: %w", err)
	}
	it, err := t.current(id)
	if err != nil {
		return err
	}
	if err := t.cfg.checkExpiry(expires, standingOf(by.Kind), t.now); err != nil {
		return fmt.Errorf("Expires: %w", err)
	}
	until := expiryNanos(expires)
	if until == it.expires {
		return nil
	}
	return t.record(Change{Op: OpReschedule, ID: id, By: validAuthor(by), Expires: expiryTime(until)})
}
