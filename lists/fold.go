package lists

import (
	"errors"
	"fmt"
	"time"
)

// fold applies one change of the log. Whatever is wrong with it is an error
// that names its number, and leaves s as it was: a log that cannot be
// understood must not be half understood.
func (s *state) fold(c *Change) error {
	if err := s.apply(c); err != nil {
		return fmt.Errorf("change %d: %w", c.Seq, err)
	}
	s.seq = c.Seq
	return nil
}

func (s *state) apply(c *Change) error {
	if c.Seq <= s.seq {
		return fmt.Errorf("is out of order: the last one was %d", s.seq)
	}
	if c.Time.IsZero() {
		return errors.New("has no time")
	}
	switch c.Op {
	case OpAdd:
		return s.applyAdd(c)
	case OpExtend, OpReschedule, OpNarrow, OpRemove, OpClear:
	default:
		return fmt.Errorf("has the unknown operation %q", clip(string(c.Op)))
	}
	it, err := s.subject(c)
	if err != nil {
		return err
	}
	if c.Op == OpClear {
		s.applyClear(it, c)
		return nil
	}
	if it.removed() {
		return fmt.Errorf("%s: entry %d was taken off before", c.Op, c.ID)
	}
	switch next := it.next(nanos(c.Time)); c.Op {
	case OpExtend:
		s.applyExtend(next, c)
	case OpReschedule:
		s.applyExpiry(next, c.Expires)
	case OpNarrow:
		return s.applyNarrow(next, c)
	case OpRemove:
		s.applyRemove(next, c)
	}
	return nil
}

func (s *state) applyAdd(c *Change) error {
	o, err := c.Object.normal()
	switch {
	case err != nil:
		return err
	case o != c.Object:
		return fmt.Errorf("add: %s %s is not in its normal form", c.Object.Kind, c.Object)
	case !c.List.valid():
		return fmt.Errorf("add: list %s: want one of %q", c.List, listNames[1:])
	case c.ID != c.Seq:
		return fmt.Errorf("add: the entry has number %d", c.ID)
	}
	s.keep(newItem(c))
	return nil
}

// subject returns the entry that a change is about.
func (s *state) subject(c *Change) (*item, error) {
	it := s.entries.get(c.ID)
	switch {
	case it == nil:
		return nil, fmt.Errorf("%s: entry %d was never added", c.Op, c.ID)
	case it.list != c.List || it.object() != c.Object:
		return nil, fmt.Errorf("%s: entry %d is %s on the %s list, not %s on the %s list",
			c.Op, c.ID, it.object(), it.list, c.Object, c.List)
	}
	return it, nil
}

func (s *state) applyExtend(next *item, c *Change) {
	next.more.extend(Extension{
		Time: instant(nanos(c.Time)), By: c.By, Reason: c.Reason,
		Expires: expiryTime(expiryNanos(c.Expires)), Cause: c.Cause,
	})
	s.applyExpiry(next, c.Expires)
}

// applyExpiry sets the expiry; the period of the entry starts anew when that
// changes anything.
func (s *state) applyExpiry(next *item, expires time.Time) {
	if e := expiryNanos(expires); e != next.expires {
		next.expires, next.more.set = e, next.more.since
	}
	s.keep(next)
}

func (s *state) applyNarrow(next *item, c *Change) error {
	left := newScope(c.Apps, c.Except)
	gone := next.scope.minus(left)
	if gone.empty() || !left.minus(next.scope).empty() {
		return fmt.Errorf("narrow: entry %d is not narrowed by it", c.ID)
	}
	next.scope = left
	s.applySuppress(next, gone, c)
	s.keep(next)
	return nil
}

func (s *state) applyRemove(next *item, c *Change) {
	m := next.more
	m.removed, m.by, m.ending = m.since, c.By, c.Ending
	if m.ending == "" {
		m.ending = Removed
	}
	s.applySuppress(next, next.scope, c)
	s.finish(next)
}

// applySuppress starts the suppression that comes with the change, if any.
func (s *state) applySuppress(next *item, gone *scope, c *Change) {
	if c.SuppressUntil.IsZero() {
		return
	}
	until := nanos(c.SuppressUntil)
	next.more.suppress = max(next.more.suppress, until)
	s.hush(next, gone, until)
}

func (s *state) applyClear(it *item, c *Change) {
	next := it.next(nanos(c.Time))
	next.more.suppress = noTime
	s.quiet.drop(c.Object, c.ID, s.inPlace)
	s.entries.set(next, s.own)
	if s.isLive(next) {
		s.live.put(next, s.inPlace)
	}
}
