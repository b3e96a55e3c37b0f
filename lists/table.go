package lists

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// table finds items by their object. It is persistent: changing it leaves
// earlier copies as they were.
//
// Sessions have a table of prefixes too: the first half of their id is looked
// up as an IPv6 address, the whole id is compared. Ids are keyed hashes, so a
// path of two or three nodes leads to each.
type table struct {
	addrs    *bart.Table[[]*item]
	sessions *bart.Table[[]*item]
	n        int // items
}

func newTable() table {
	return table{addrs: new(bart.Table[[]*item]), sessions: new(bart.Table[[]*item])}
}

// place returns the table an object is in and its prefix there.
func (t *table) place(o Object) (**bart.Table[[]*item], netip.Prefix) {
	if o.Kind == Session {
		return &t.sessions, netip.PrefixFrom(sessionAddr(o.Session), 128)
	}
	return &t.addrs, o.Prefix
}

func sessionAddr(id [32]byte) netip.Addr { return netip.AddrFrom16([16]byte(id[:16])) }

// at yields the items for exactly this object.
func (t *table) at(o Object) iter.Seq[*item] {
	tab, p := t.place(o)
	items, _ := (*tab).Get(p)
	return func(yield func(*item) bool) {
		for _, it := range items {
			if it.names(o) && !yield(it) {
				return
			}
		}
	}
}

// get returns the item with the id among those for its object, nil when it
// is not there.
func (t *table) get(o Object, id uint64) *item {
	for it := range t.at(o) {
		if it.id == id {
			return it
		}
	}
	return nil
}

// around yields the items whose objects hold o: the same, and the blocks
// around it from the narrowest to the widest.
func (t *table) around(o Object) iter.Seq[*item] {
	if o.Kind == Session {
		return t.at(o)
	}
	return flat(t.addrs.Supernets(o.Prefix))
}

// within yields the items whose objects are o or inside of it.
func (t *table) within(o Object) iter.Seq[*item] {
	if o.Kind == Session {
		return t.at(o)
	}
	return flat(t.addrs.Subnets(o.Prefix))
}

// all yields every item.
func (t *table) all(yield func(*item) bool) {
	for _, tab := range []*bart.Table[[]*item]{t.addrs, t.sessions} {
		for it := range flat(tab.All()) {
			if !yield(it) {
				return
			}
		}
	}
}

func flat(groups iter.Seq2[netip.Prefix, []*item]) iter.Seq[*item] {
	return func(yield func(*item) bool) {
		for _, items := range groups {
			for _, it := range items {
				if !yield(it) {
					return
				}
			}
		}
	}
}

// put adds the item in place of the one with its id, or at the end: items
// stay in the order of their ids. With inPlace, the table must not have been
// published.
func (t *table) put(it *item, inPlace bool) {
	tab, p := t.place(it.object())
	was, _ := (*tab).Get(p)
	items := make([]*item, len(was), len(was)+1)
	copy(items, was)
	if i := slices.IndexFunc(items, func(o *item) bool { return o.id == it.id }); i >= 0 {
		items[i] = it
	} else {
		items = append(items, it)
		t.n++
	}
	if inPlace {
		(*tab).Insert(p, items)
	} else {
		*tab = (*tab).InsertPersist(p, items)
	}
}

// drop takes out the item with the id.
func (t *table) drop(o Object, id uint64, inPlace bool) {
	tab, p := t.place(o)
	items, _ := (*tab).Get(p)
	rest := slices.DeleteFunc(slices.Clone(items), func(o *item) bool { return o.id == id })
	t.n -= len(items) - len(rest)
	switch {
	case len(rest) == len(items):
	case len(rest) > 0 && inPlace:
		(*tab).Insert(p, rest)
	case len(rest) > 0:
		*tab = (*tab).InsertPersist(p, rest)
	case inPlace:
		(*tab).Delete(p)
	default:
		*tab = (*tab).DeletePersist(p)
	}
}
