package lists

// ledger holds all entries of a book, ended ones too, by id: a persistent
// radix tree of 64-fold pages. Setting one copies the pages on its way and
// leaves the old ledger as it was, so that history is read without locks.
//
// An edit owns the pages it has copied or made: setting many under one edit
// copies each page once. An edit ends when its ledger is published.
type ledger struct {
	root *page
	bits uint // of the ids that fit under root: 6 a level
	n    int
}

// page is a node: kids above the lowest level, items on it.
type page struct {
	owner *edit
	used  int // slots that are not nil
	kids  []*page
	items []*item
}

// edit is an identity; it must not be of size zero.
type edit struct{ _ byte }

const (
	pageBits = 6
	pageSize = 1 << pageBits
)

func newPage(owner *edit, leaf bool) *page {
	if leaf {
		return &page{owner: owner, items: make([]*item, pageSize)}
	}
	return &page{owner: owner, kids: make([]*page, pageSize)}
}

// get returns the item, nil when there is none.
func (l *ledger) get(id uint64) *item {
	p := l.root
	if p == nil || id>>l.bits != 0 {
		return nil
	}
	for shift := l.bits - pageBits; shift > 0; shift -= pageBits {
		if p = p.kids[id>>shift%pageSize]; p == nil {
			return nil
		}
	}
	return p.items[id%pageSize]
}

// set puts the item under its id.
func (l *ledger) set(it *item, own *edit) {
	l.bits = max(l.bits, pageBits)
	for ; it.id>>l.bits != 0; l.bits += pageBits {
		if l.root != nil {
			top := newPage(own, false)
			top.kids[0], top.used = l.root, 1
			l.root = top
		}
	}
	l.root = l.put(l.root, l.bits-pageBits, it.id, it, own)
}

// drop takes the item with the id out.
func (l *ledger) drop(id uint64, own *edit) {
	if l.get(id) != nil {
		l.root = l.put(l.root, l.bits-pageBits, id, nil, own)
	}
}

// put stores it, or with nil takes out what is there, and returns the page
// that replaces p: nil when nothing is left on it.
func (l *ledger) put(p *page, shift uint, id uint64, it *item, own *edit) *page {
	if p == nil {
		p = newPage(own, shift == 0)
	}
	p = p.writable(own)
	i := id >> shift % pageSize
	if shift == 0 {
		d := count(it != nil) - count(p.items[i] != nil)
		p.items[i] = it
		p.used += d
		l.n += d
	} else {
		was := p.kids[i]
		p.kids[i] = l.put(was, shift-pageBits, id, it, own)
		p.used += count(p.kids[i] != nil) - count(was != nil)
	}
	if p.used == 0 {
		return nil
	}
	return p
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// writable returns p when own may change it, a copy that it may otherwise.
func (p *page) writable(own *edit) *page {
	if p.owner == own {
		return p
	}
	c := newPage(own, p.items != nil)
	c.used = p.used
	copy(c.kids, p.kids)
	copy(c.items, p.items)
	return c
}

// all yields the items by ascending id.
func (l *ledger) all(yield func(*item) bool) {
	if l.root != nil {
		l.root.each(yield)
	}
}

func (p *page) each(yield func(*item) bool) bool {
	for _, it := range p.items {
		if it != nil && !yield(it) {
			return false
		}
	}
	for _, kid := range p.kids {
		if kid != nil && !kid.each(yield) {
			return false
		}
	}
	return true
}
