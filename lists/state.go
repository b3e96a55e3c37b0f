package lists

// state is everything a book knows, as one immutable value: what readers
// load, and what a transaction copies and changes. It is nothing but the fold
// of the log, less what was swept and pruned.
type state struct {
	seq     uint64 // of the last change folded
	entries ledger // all entries, ended ones too
	live    table  // entries in force, and expired ones not yet swept
	// quiet holds the suppressions: items whose expiry is the end of the
	// suppression and whose scope is what was taken off.
	quiet table

	own     *edit // pages of entries that may be changed in place
	inPlace bool  // whether live and quiet may be, too: never published yet
}

func newState() state {
	return state{live: newTable(), quiet: newTable(), own: new(edit), inPlace: true}
}

// fork returns a copy to change. The published original stays as it is.
func (s *state) fork() state {
	c := *s
	c.own, c.inPlace = new(edit), false
	return c
}

// inForce reports whether the entry is in force at now: not taken off, not
// swept, not expired.
func (s *state) inForce(it *item, now int64) bool {
	return !it.removed() && now < it.expires && s.isLive(it)
}

func (s *state) isLive(it *item) bool { return s.live.get(it.object(), it.id) != nil }

// keep stores an entry that is in force, new or changed.
func (s *state) keep(it *item) {
	s.entries.set(it, s.own)
	s.live.put(it, s.inPlace)
}

// finish stores an entry that was taken off.
func (s *state) finish(it *item) {
	s.entries.set(it, s.own)
	s.live.drop(it.object(), it.id, s.inPlace)
}

// hush suppresses what it listed for the applications in sc.
func (s *state) hush(it *item, sc *scope, until int64) {
	g := *it
	g.scope, g.expires, g.more = sc, until, nil
	if was := s.quiet.get(it.object(), it.id); was != nil {
		g.scope, g.expires = sc.union(was.scope), max(until, was.expires)
	}
	s.quiet.put(&g, s.inPlace)
}

// ended is the number of entries that are history.
func (s *state) ended() int { return s.entries.n - s.live.n }
