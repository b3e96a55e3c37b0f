package lists

import (
	"net/netip"
	"slices"
	"time"
	"unique"

	"github.com/chaperone-go/chaperone/traffic"
)

// item is an entry as the book holds it: immutable, shared by the snapshots
// and about a fifth of an Entry. Changing an entry makes a new item.
type item struct {
	id      uint64
	added   int64
	expires int64
	key     [32]byte // the address in its first 16 bytes, or the session id
	scope   *scope   // nil is all applications
	meta    unique.Handle[meta]
	cause   *traffic.Cause
	more    *more // nil while the entry is as it was added
	list    List
	kind    Kind
	bits    uint8 // of the prefix
	is4     bool
}

// meta is what many entries have in common: it is kept once.
type meta struct {
	by     traffic.Author
	reason string
}

// more is what happened to an entry after it was added.
type more struct {
	since    int64  // of the last change
	set      int64  // when the expiry was last set
	past     []step // what changes replaced, oldest first
	extended []Extension
	dropped  int // of extended
	removed  int64
	by       traffic.Author
	ending   Ending
	suppress int64
}

// step is what a change of the entry replaced; it was so from at on.
type step struct {
	at, expires, suppress int64
	scope                 *scope
}

// How many extensions and past steps of one entry are kept. Beyond, the
// oldest go, but for the first step. See [Book.Add] for what bounds their
// number in the log.
const (
	maxExtended = 20
	maxSteps    = 40
)

// newItem returns the item of an OpAdd.
func newItem(c *Change) *item {
	it := &item{
		id:      c.ID,
		added:   nanos(c.Time),
		expires: expiryNanos(c.Expires),
		scope:   newScope(c.Apps, c.Except),
		meta:    unique.Make(meta{c.By, c.Reason}),
		list:    c.List,
	}
	it.setObject(c.Object)
	if cause := c.Cause; cause != (traffic.Cause{}) {
		it.cause = &cause
	}
	return it
}

func (it *item) setObject(o Object) {
	it.kind = o.Kind
	if o.Kind == Session {
		it.key = o.Session
		return
	}
	a := o.Prefix.Addr().As16()
	copy(it.key[:], a[:])
	it.is4, it.bits = o.Prefix.Addr().Is4(), uint8(o.Prefix.Bits())
}

func (it *item) object() Object {
	if it.kind == Session {
		return Object{Kind: Session, Session: it.key}
	}
	a := netip.AddrFrom16([16]byte(it.key[:16]))
	if it.is4 {
		a = a.Unmap()
	}
	return Object{Kind: it.kind, Prefix: netip.PrefixFrom(a, int(it.bits))}
}

// names reports whether it is about the same thing as o; their tables
// distinguish everything but the second half of a session id.
func (it *item) names(o Object) bool {
	return it.kind != Session || it.key == [32]byte(o.Session)
}

// since is when the entry was last changed.
func (it *item) since() int64 {
	if it.more == nil {
		return it.added
	}
	return it.more.since
}

// period is how long the entry was to live when its expiry was last set.
func (it *item) period() int64 {
	set := it.added
	if it.more != nil {
		set = it.more.set
	}
	return max(it.expires-set, 0)
}

// removed reports whether the entry was taken off.
func (it *item) removed() bool { return it.more != nil && it.more.ending != "" }

// end is when the entry's time is over, or was.
func (it *item) end() int64 {
	if it.removed() {
		return min(it.more.removed, it.expires)
	}
	return it.expires
}

func (it *item) suppress() int64 {
	if it.more == nil {
		return noTime
	}
	return it.more.suppress
}

func (it *item) standing() standing { return standingOf(it.meta.Value().by.Kind) }

// next returns a copy of it, to be changed at the given time, that remembers
// what it was.
func (it *item) next(at int64) *item {
	c, m := *it, more{set: it.added}
	if it.more != nil {
		m = *it.more
	}
	m.past = append(slices.Clip(m.past), step{it.since(), it.expires, m.suppress, it.scope})
	if len(m.past) > maxSteps {
		m.past = slices.Delete(m.past, 1, 2)
	}
	m.since = at
	c.more = &m
	return &c
}

// extend appends an extension.
func (m *more) extend(x Extension) {
	m.extended = append(slices.Clip(m.extended), x)
	if len(m.extended) > maxExtended {
		m.extended = slices.Delete(m.extended, 0, 1)
		m.dropped++
	}
}

// entry returns it for the caller to own.
func (it *item) entry() Entry {
	info := it.meta.Value()
	e := Entry{
		ID: it.id, List: it.list, Object: it.object(),
		By: info.by, Reason: info.reason,
		Added: time.Unix(0, it.added).UTC(), Expires: expiryTime(it.expires),
	}
	e.Apps, e.Except = it.scope.lists()
	if it.cause != nil {
		e.Cause = *it.cause
	}
	if m := it.more; m != nil {
		e.Extended = slices.Clone(m.extended)
		e.ExtendedMore = m.dropped
		e.Removed, e.RemovedBy, e.Ending = instant(m.removed), m.by, m.ending
		e.SuppressUntil = instant(m.suppress)
	}
	return e
}

// entryAt returns it as it was at t.
func (it *item) entryAt(t int64) Entry {
	e := it.entry()
	m := it.more
	if m == nil || t >= m.since {
		return e
	}
	was := m.past[0]
	for _, s := range m.past[1:] {
		if s.at <= t {
			was = s
		}
	}
	e.Apps, e.Except = was.scope.lists()
	e.Expires = expiryTime(was.expires)
	e.SuppressUntil = instant(was.suppress)
	e.Removed, e.RemovedBy, e.Ending = instant(noTime), traffic.Author{}, ""
	e.Extended = slices.DeleteFunc(e.Extended, func(x Extension) bool { return nanos(x.Time) > t })
	if len(e.Extended) == 0 {
		e.Extended = nil
	}
	return e
}
