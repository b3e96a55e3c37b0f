package lists

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Suppressed tells until when automatic authors may not put the object on
// the list for the application; ok is false when they may. With
// [traffic.AllApps] it tells whether any application is suppressed.
func (b *Book) Suppressed(now time.Time, list List, o Object, app traffic.App) (until time.Time, ok bool) {
	o, err := o.normal()
	if err != nil {
		return time.Time{}, false
	}
	end := nanos(now)
	for q := range b.state.Load().quiet.at(o) {
		if q.list == list && end < q.expires && (app == traffic.AllApps || q.scope.has(app)) {
			end, ok = q.expires, true
		}
	}
	if !ok {
		return time.Time{}, false
	}
	return instant(end), true
}

// ClearSuppression lets automatic authors list the object again at once, for
// all applications, and returns how many suppressions that ended. Only people
// may do it.
func (b *Book) ClearSuppression(ctx context.Context, now time.Time, list List, o Object, by traffic.Author) (int, error) {
	o, err := o.normal()
	if err == nil {
		err = checkAuthor(by)
	}
	if err == nil && standingOf(by.Kind) != person {
		err = fmt.Errorf("author of kind %q: want a person", by.Kind)
	}
	if err != nil {
		return 0, fmt.Errorf("clear suppression: %w", err)
	}
	cleared := 0
	err = b.change(ctx, now, func(t *tx) (err error) {
		cleared, err = t.clear(list, o, nil, validAuthor(by))
		return err
	})
	return cleared, err
}

// clear ends the suppressions of the object for the applications in sc, and
// for those that were suppressed together with them.
func (t *tx) clear(list List, o Object, sc *scope, by traffic.Author) (int, error) {
	n := 0
	for _, q := range slices.Collect(t.quiet.at(o)) {
		if q.list != list || t.now >= q.expires || !q.scope.meets(sc) {
			continue
		}
		if err := t.record(Change{Op: OpClear, ID: q.id, By: by}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
