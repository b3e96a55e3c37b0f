package lists

import "github.com/chaperone-go/chaperone/traffic"

// except takes everything that API Abuse Prevention listed inside the
// exception's object off the deny and gray lists, for the exception's
// applications: what it listed for others too is narrowed to those.
//
// The items are collected before the first is changed: the iterator walks
// the table that the changes replace.
func (t *tx) except(ex *item, by traffic.Author) error {
	var hit []*item
	for it := range t.live.within(ex.object()) {
		if (it.list == Deny || it.list == Gray) && t.now < it.expires &&
			it.standing() == abuse && it.scope.meets(ex.scope) {
			hit = append(hit, it)
		}
	}
	for _, it := range hit {
		if err := t.free(it, ex.scope, by, Excepted); err != nil {
			return err
		}
	}
	return nil
}
