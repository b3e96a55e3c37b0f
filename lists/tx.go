package lists

import "github.com/chaperone-go/chaperone/traffic"

// tx is a change of the lists in the making: a fork of the state, and the
// log that leads to it. Nothing is visible until the log is in the store.
type tx struct {
	state
	cfg *Config
	now int64
	log []Change
}

// record folds a change and puts it in the log. The change's number and time
// are filled in; the time is never before the entry's last change.
func (t *tx) record(c Change) error {
	at := t.now
	c.Seq = t.seq + 1
	if c.Op == OpAdd {
		c.ID = c.Seq
	} else {
		it := t.entries.get(c.ID)
		at = max(at, it.since())
		c.List, c.Object = it.list, it.object()
	}
	c.Time = instant(at)
	if err := t.fold(&c); err != nil {
		return err
	}
	t.log = append(t.log, c)
	return nil
}

// current returns the entry if it is in force.
func (t *tx) current(id uint64) (*item, error) {
	it := t.entries.get(id)
	switch {
	case it == nil:
		return nil, ErrNotFound
	case !t.inForce(it, t.now):
		return nil, ErrEnded
	}
	return it, nil
}

// remove takes an entry off.
func (t *tx) remove(it *item, by traffic.Author, how Ending) error {
	return t.record(Change{
		Op: OpRemove, ID: it.id, By: by, Ending: how,
		SuppressUntil: instant(t.suppression(it, by, how)),
	})
}

// free takes an entry off for the applications in sc: it is narrowed to the
// others, or removed when there are none.
func (t *tx) free(it *item, sc *scope, by traffic.Author, how Ending) error {
	left := it.scope.minus(sc)
	if left.empty() {
		return t.remove(it, by, how)
	}
	c := Change{
		Op: OpNarrow, ID: it.id, By: by, Ending: how,
		SuppressUntil: instant(t.suppression(it, by, how)),
	}
	c.Apps, c.Except = left.lists()
	return t.record(c)
}

// suppression returns until when automatic authors are suppressed after by
// took the entry off: half of its period when a person took off what was
// automatic, noTime otherwise. An exception needs none, it keeps off those it
// is meant for itself.
func (t *tx) suppression(it *item, by traffic.Author, how Ending) int64 {
	if how != Removed || standingOf(by.Kind) != person || it.standing() == person {
		return noTime
	}
	if it.expires != forever {
		return t.now + it.period()/2
	}
	if t.cfg.MaxSuppress < 0 {
		return noTime
	}
	return t.now + int64(t.cfg.MaxSuppress)
}
