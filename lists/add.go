package lists

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Add lists an object and returns the entry as it is then. The way the
// entries of different authors meet is told in the package comment; the
// bounds are those of [Config], and every violation is named in the error.
//
// An equal entry in force is extended: the later expiry stays and the new
// cause is appended to Extended. That is exact for the first 20 extensions of
// an entry, and always for [traffic.Manual]; after that, one that would move
// the expiry by less than a tenth of the period it asks for changes nothing.
// So what an attacker triggers with every request, or a script repeats every
// minute, grows the log only slowly.
//
// A writer waits for the one before it, the store included.
//
// Errors are [ErrSuppressed], [ErrExcepted], [ErrFull], a violation, or the
// store's; nothing was changed then.
func (b *Book) Add(ctx context.Context, now time.Time, e Entry) (Entry, error) {
	added, err := b.AddAll(ctx, now, []Entry{e})
	if err != nil {
		return Entry{}, err
	}
	return added[0], nil
}

// AddAll lists several objects, all of them or none: when one is refused,
// the error names every one that was. At most [Config].MaxBatch at once.
func (b *Book) AddAll(ctx context.Context, now time.Time, entries []Entry) ([]Entry, error) {
	if len(entries) > b.cfg.MaxBatch {
		return nil, fmt.Errorf("add %d entries: want at most %d at once", len(entries), b.cfg.MaxBatch)
	}
	var added []Entry
	err := b.change(ctx, now, func(t *tx) error {
		added = make([]Entry, 0, len(entries))
		var errs []error
		for i := range entries {
			it, err := t.add(entries[i])
			if err != nil {
				errs = append(errs, addError(i, entries, err))
				continue
			}
			added = append(added, it.entry())
		}
		return errors.Join(errs...)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func addError(i int, entries []Entry, err error) error {
	what := fmt.Sprintf("add %s to the %s list", entries[i].Object, entries[i].List)
	if len(entries) > 1 {
		what = fmt.Sprintf("entry %d: %s", i, what)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// add returns the new or extended item.
func (t *tx) add(e Entry) (*item, error) {
	e, err := t.cfg.check(e, t.now)
	if err != nil {
		return nil, err
	}
	sc, err := t.permitted(&e)
	if err != nil {
		return nil, err
	}
	it, err := t.list(&e, sc)
	if err != nil {
		return nil, err
	}
	if standingOf(e.By.Kind) == person {
		if _, err := t.clear(e.List, e.Object, sc, e.By); err != nil {
			return nil, err
		}
	}
	if e.List == Exception {
		err = t.except(it, e.By)
	}
	return it, err
}

// permitted returns the applications for which the author may list the
// object now.
func (t *tx) permitted(e *Entry) (*scope, error) {
	sc := newScope(e.Apps, e.Except)
	switch standingOf(e.By.Kind) {
	case automatic:
		for q := range t.quiet.at(e.Object) {
			if q.list == e.List && t.now < q.expires {
				sc = sc.minus(q.scope)
			}
		}
		if sc.empty() {
			return nil, ErrSuppressed
		}
	case abuse:
		if e.List != Deny && e.List != Gray {
			return sc, nil
		}
		for it := range t.live.around(e.Object) {
			if it.list == Exception && t.now < it.expires {
				sc = sc.minus(it.scope)
			}
		}
		if sc.empty() {
			return nil, ErrExcepted
		}
	}
	return sc, nil
}

// list extends what is in force already, or adds.
func (t *tx) list(e *Entry, sc *scope) (*item, error) {
	it := t.equal(e, sc)
	if it != nil && t.tooOften(it, e) {
		return it, nil
	}
	c := Change{By: e.By, Reason: e.Reason, Cause: e.Cause, Expires: e.Expires}
	if it != nil {
		c.Op, c.ID = OpExtend, it.id
		c.Expires = expiryTime(max(it.expires, expiryNanos(e.Expires)))
		err := t.record(c)
		return t.entries.get(it.id), err
	}
	if t.full(standingOf(e.By.Kind)) {
		return nil, ErrFull
	}
	c.Op, c.List, c.Object = OpAdd, e.List, e.Object
	c.Apps, c.Except = sc.lists()
	err := t.record(c)
	return t.entries.get(t.seq), err
}

// equal returns what is in force for the same list, object and applications
// by an author of the same standing, nil when nothing is.
func (t *tx) equal(e *Entry, sc *scope) *item {
	for it := range t.live.at(e.Object) {
		if it.list == e.List && t.now < it.expires && it.scope.equal(sc) &&
			it.standing() == standingOf(e.By.Kind) {
			return it
		}
	}
	return nil
}

// tooOften reports whether an extension is not worth a change.
func (t *tx) tooOften(it *item, e *Entry) bool {
	if e.By.Kind == traffic.Manual || it.more == nil || len(it.more.extended) < maxExtended {
		return false
	}
	until := expiryNanos(e.Expires)
	if until <= it.expires {
		return true
	}
	return until != forever && until-it.expires < (until-t.now)/10
}

// full reports whether authors of this standing may add no more. Expired
// entries have made room before, see [Book.makeRoom].
func (t *tx) full(s standing) bool {
	if s == person {
		return t.live.n >= t.cfg.MaxEntries
	}
	return t.live.n >= t.cfg.automaticLimit()
}
