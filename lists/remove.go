package lists

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Remove takes an entry off and returns it as history shows it. The error is
// [ErrNotFound], [ErrEnded] when it is no longer in force, or the store's.
func (b *Book) Remove(ctx context.Context, now time.Time, id uint64, by traffic.Author) (Entry, error) {
	removed, err := b.RemoveAll(ctx, now, []uint64{id}, by)
	if err != nil {
		return Entry{}, err
	}
	return removed[0], nil
}

// RemoveAll takes several entries off, all of them or none: when one cannot
// be, the error names every one that cannot. At most [Config].MaxBatch at
// once.
func (b *Book) RemoveAll(ctx context.Context, now time.Time, ids []uint64, by traffic.Author) ([]Entry, error) {
	if len(ids) > b.cfg.MaxBatch {
		return nil, fmt.Errorf("remove %d entries: want at most %d at once", len(ids), b.cfg.MaxBatch)
	}
	if err := checkAuthor(by); err != nil {
		return nil, fmt.Errorf("remove: By: %w", err)
	}
	by = validAuthor(by)
	var removed []Entry
	err := b.change(ctx, now, func(t *tx) error {
		removed = make([]Entry, 0, len(ids))
		var errs []error
		for _, id := range ids {
			it, err := t.current(id)
			if err == nil {
				err = t.remove(it, by, Removed)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("remove entry %d: %w", id, err))
				continue
			}
			removed = append(removed, t.entries.get(id).entry())
		}
		return errors.Join(errs...)
	})
	if err != nil {
		return nil, err
	}
	return removed, nil
}

// RemoveObject takes an object off a list for one application, or with
// [traffic.AllApps] for all of them, and returns the entries it changed: none
// when the object was not listed. Entries that hold for other applications
// too are narrowed to those. A block around the object, and blocks inside of
// it, are not touched.
func (b *Book) RemoveObject(ctx context.Context, now time.Time, list List, o Object, app traffic.App, by traffic.Author) ([]Entry, error) {
	o, err := o.normal()
	if err == nil {
		err = checkAuthor(by)
	}
	if err != nil {
		return nil, fmt.Errorf("remove from the %s list: %w", list, err)
	}
	var sc *scope
	if app != traffic.AllApps {
		sc = &scope{apps: []traffic.App{app}}
	}
	by = validAuthor(by)
	var changed []Entry
	err = b.change(ctx, now, func(t *tx) error {
		changed = nil
		for _, it := range slices.Collect(t.live.at(o)) {
			if it.list != list || t.now >= it.expires || !it.scope.meets(sc) {
				continue
			}
			if err := t.free(it, sc, by, Removed); err != nil {
				return err
			}
			changed = append(changed, t.entries.get(it.id).entry())
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("remove %s from the %s list: %w", o, list, err)
	}
	return changed, nil
}
