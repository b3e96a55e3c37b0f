package session

import "unicode/utf8"

// who is the user and role of a session.
type who struct {
	user, role string
}

// whos keeps them for the sessions that have any. Places are numbered from 1;
// a place belongs to one session.
type whos struct {
	list []who
	free []uint32
}

// get returns what stands at a place; place 0 holds nothing.
func (w *whos) get(at uint32) who {
	if at == 0 {
		return who{}
	}
	return w.list[at-1]
}

// set stores v at a place, or at a new one when at is 0, and returns it.
func (w *whos) set(at uint32, v who) uint32 {
	if at == 0 {
		if n := len(w.free); n > 0 {
			at, w.free = w.free[n-1], w.free[:n-1]
		} else {
			w.list = append(w.list, who{})
			at = uint32(len(w.list))
		}
	}
	w.list[at-1] = v
	return at
}

// drop gives a place back; place 0 is nobody's.
func (w *whos) drop(at uint32) {
	if at != 0 {
		w.list[at-1] = who{}
		w.free = append(w.free, at)
	}
}

// clipText returns at most n bytes of s without cutting a character.
func clipText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for cut := n; cut > n-utf8.UTFMax; cut-- {
		if utf8.RuneStart(s[cut]) {
			return s[:cut]
		}
	}
	return s[:n] // not UTF-8 at all
}
