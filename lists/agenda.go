package lists

// agenda tells a writer what expires next, so that sweeping costs by what has
// expired and not by what is listed: a binary heap of times and entry ids.
//
// It only has to be early enough. An entry that was extended is put back when
// its old time comes; one that was taken off is dropped then. What piles up
// in between is bounded by making the agenda anew, see [Book.note].
type agenda struct{ heap []due }

type due struct {
	at int64
	id uint64
}

// add notes that something about the entry ends at the time.
func (a *agenda) add(at int64, id uint64) {
	if at == forever {
		return
	}
	a.heap = append(a.heap, due{at, id})
	for i := len(a.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if a.heap[up].at <= a.heap[i].at {
			return
		}
		a.heap[up], a.heap[i] = a.heap[i], a.heap[up]
		i = up
	}
}

// has reports whether anything is due at now.
func (a *agenda) has(now int64) bool { return len(a.heap) > 0 && a.heap[0].at <= now }

// next takes out the earliest; there must be one.
func (a *agenda) next() due {
	first, last := a.heap[0], len(a.heap)-1
	a.heap[0] = a.heap[last]
	a.heap = a.heap[:last]
	for i := 0; ; {
		down := 2*i + 1
		if down >= last {
			return first
		}
		if down+1 < last && a.heap[down+1].at < a.heap[down].at {
			down++
		}
		if a.heap[i].at <= a.heap[down].at {
			return first
		}
		a.heap[i], a.heap[down] = a.heap[down], a.heap[i]
		i = down
	}
}

// agendaOf returns the agenda of a state.
func agendaOf(s *state) (a agenda) {
	add := func(it *item) bool {
		a.add(it.expires, it.id)
		return true
	}
	s.live.all(add)
	s.quiet.all(add)
	return a
}
