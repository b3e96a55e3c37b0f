package memory

import (
	"context"
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// This file lets go of the oldest segments. All functions but Prune need the
// lock.

// full reports whether n more bytes would cross the bound.
func (s *Sessions) full(n int64) bool { return s.bytes() > s.opt.MaxBytes-n }

// trim evicts the oldest segments until there is room for n more bytes.
func (s *Sessions) trim(n int64) {
	for s.full(n) && len(s.days) > 0 {
		s.dropOldest(&s.stats.Evicted, true)
	}
}

// evicted counts a record that had to go before it was stored.
func (s *Sessions) evicted(ns int64) {
	s.stats.Evicted.Records++
	s.evictedUntil(ns)
}

func (s *Sessions) evictedUntil(ns int64) {
	if t := time.Unix(0, ns).UTC(); t.After(s.stats.EvictedUntil) {
		s.stats.EvictedUntil = t
	}
}

// dropOldest drops the first segment of the first day.
func (s *Sessions) dropOldest(count *Gone, evict bool) {
	d := s.days[0]
	g := d.segs[0]
	if g.words != nil {
		s.seal(g)
	}
	if evict {
		s.evictedUntil(g.max)
	}
	for at := 1; at < len(g.data); {
		h, ok := readHead(g.data, at, g.seq, g.base)
		if !ok {
			break
		}
		at = h.end
		s.forget(h.slot, count)
	}
	count.Records += uint64(g.records)
	s.stats.Records -= g.records
	s.segBytes -= g.bytes()
	d.bytes -= g.bytes()
	d.segs[0] = nil
	d.segs = d.segs[1:]
	g.data, g.gone = nil, true
	if len(d.segs) == 0 {
		s.days[0] = nil
		s.days = s.days[1:]
	}
}

// forget takes one record from its part, and the part with its last one.
func (s *Sessions) forget(slot uint32, count *Gone) {
	p := s.parts.at(slot)
	if !p.cut() {
		s.stats.Cut++
	}
	if p.kept--; p.kept > 0 {
		return
	}
	s.stats.Cut--
	count.Parts++
	s.index.remove(&p.id, p.day, slot)
	s.parts.release(slot)
}

// Prune deletes the parts of all days before the given one; see
// [session.Pruner]. Appending and reading go on in between.
func (s *Sessions) Prune(ctx context.Context, before traffic.Day) (parts int, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	var count Gone
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return int(count.Parts), fmt.Errorf("prune parts before %s: %w", before, err)
		}
		more = s.pruneOne(before, &count)
	}
	return int(count.Parts), nil
}

// pruneOne drops one segment of a day before the given one, if there is one.
func (s *Sessions) pruneOne(before traffic.Day, count *Gone) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.days) == 0 || s.days[0].day >= before {
		return false
	}
	was := *count
	s.dropOldest(count, false)
	s.stats.Pruned.Records += count.Records - was.Records
	s.stats.Pruned.Parts += count.Parts - was.Parts
	return true
}
