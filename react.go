package chaperone

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// React turns a reaction into list entries: what a control, a profile or a
// trigger wants done about a finding. The entries are in force for the very
// next request. An entry that the re-add rule or an exception holds back is
// left out without an error, see [lists.ErrSuppressed] and [lists.ErrExcepted].
func (g *Guard) React(ctx context.Context, r traffic.Reaction) ([]lists.Entry, error) {
	now := g.now()
	var added []lists.Entry
	var errs []error
	for _, e := range entriesOf(r, now) {
		got, err := g.book.Add(ctx, now, e)
		switch {
		case errors.Is(err, lists.ErrSuppressed), errors.Is(err, lists.ErrExcepted):
		case err != nil:
			errs = append(errs, fmt.Errorf("react: %w", err))
		default:
			added = append(added, got)
		}
	}
	return added, errors.Join(errs...)
}

// entriesOf spells a reaction out as list entries.
func entriesOf(r traffic.Reaction, now time.Time) []lists.Entry {
	base := lists.Entry{Apps: slices.Clone(r.Apps), By: r.By, Reason: r.Reason, Cause: r.Cause, Expires: expiry(now, r.For)}
	var entries []lists.Entry
	add := func(list lists.List, o lists.Object) {
		e := base
		e.List, e.Object = list, o
		entries = append(entries, e)
	}
	switch r.Action {
	case traffic.GraylistAddr:
		eachAddr(r.Addrs, func(o lists.Object) { add(lists.Gray, o) })
	case traffic.DenyAddr, traffic.DenyBoth:
		eachAddr(r.Addrs, func(o lists.Object) { add(lists.Deny, o) })
	}
	if (r.Action == traffic.DenySession || r.Action == traffic.DenyBoth) && !r.Session.IsZero() {
		add(lists.Deny, lists.OfSession(r.Session))
	}
	return entries
}

func eachAddr(addrs []netip.Addr, f func(lists.Object)) {
	for _, a := range addrs {
		f(lists.OfAddr(a))
	}
}

// defaultReaction is how long a reaction lasts that says nothing: the hour of
// the default lists (SEMANTICS 3.12).
const defaultReaction = time.Hour

// expiry returns the end of a reaction: the zero time when it is for ever.
func expiry(now time.Time, d time.Duration) time.Time {
	switch {
	case d < 0:
		return time.Time{}
	case d == 0:
		d = defaultReaction
	}
	return now.Add(d)
}
