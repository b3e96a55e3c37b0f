package memory

import (
	"context"
	"fmt"
	"sync"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Sessions keeps session records in memory. It implements [session.Store] and
// [session.Pruner]. All methods are safe for concurrent use.
type Sessions struct {
	opt     Options
	largest int64 // segment

	// writing is held by Append and Prune from beginning to end.
	writing sync.Mutex
	// mu guards what follows. It is held for a few records at a time, by
	// readers to take references only.
	mu    sync.RWMutex
	days  []*daylog // by day
	parts table
	index index
	// open are the segments that are written to, the one used last at the
	// end; spare are tables of words for the next ones.
	open      []*segment
	spare     []*words
	wordBytes int64 // of the tables of words, in use and spare
	segBytes  int64 // of the segments
	segments  uint32
	stats     Stats // only what is counted on the way
}

var (
	_ session.Store  = (*Sessions)(nil)
	_ session.Pruner = (*Sessions)(nil)
)

const (
	// stride is how many records are appended under one lock: some 20 µs.
	stride = 64
	// maxOpen is how many days can be written to in turns at full speed: the
	// kept ones and tomorrow.
	maxOpen = session.KeptDays + 1
)

// NewSessions returns an empty store.
func NewSessions(o Options) *Sessions {
	o = o.withDefaults()
	return &Sessions{opt: o, largest: o.largestSegment()}
}

// Append stores records; see [session.Store]. Nothing of recs is kept. It
// fails only if ctx ended before it began, and then stores nothing.
func (s *Sessions) Append(ctx context.Context, recs []traffic.Record) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("append %d records: %w", len(recs), err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	for len(recs) > 0 {
		n := min(len(recs), stride)
		s.addSome(recs[:n])
		recs = recs[n:]
	}
	return nil
}

func (s *Sessions) addSome(recs []traffic.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warm(recs)
	for i := range recs {
		s.add(&recs[i])
	}
}

// warm reads what add is going to look up, for all records at once: the loads
// do not depend on each other, so the processor waits for many at a time. With
// 100 thousand parts this takes a sixth off Append. The result only keeps the
// compiler from leaving the loads out.
func (s *Sessions) warm(recs []traffic.Record) (sum uint64) {
	var slots [stride]uint32
	for i := range recs {
		slots[i] = s.index.guess(hashPart(&recs[i].Session.ID, s.dayOf(&recs[i])))
	}
	for i := range recs {
		if p := s.parts.get(slots[i]); p != nil {
			sum += uint64(p.id[0]) + uint64(p.kept) + uint64(p.requests)
		}
	}
	return sum
}

// dayOf returns the calendar day of a record.
func (s *Sessions) dayOf(r *traffic.Record) traffic.Day {
	return traffic.DayOf(r.Time.In(s.opt.Zone))
}

// add stores one record, or counts why not.
func (s *Sessions) add(r *traffic.Record) {
	s.stats.Appended++
	size := maxSize(r)
	if int64(size) > s.opt.maxRecord() {
		s.stats.Refused++
		return
	}
	ns, _ := nanos(r.Time)
	day := s.dayOf(r)
	g := s.room(day, size, ns)
	if g == nil {
		s.evicted(ns)
		return
	}
	slot := s.slot(r, day)
	p := s.parts.at(slot)
	at := place{slot: slot, prev: p.head, first: p.kept == 0}
	if p.hashed {
		at.digest = &p.digest
	}
	words := g.words.bytes()
	p.head = g.add(r, ns, at)
	p.count(r, ns)
	s.wordBytes += g.words.bytes() - words
	s.stats.Records++
	s.trim(0)
}

// slot finds the part of r or makes it.
func (s *Sessions) slot(r *traffic.Record, day traffic.Day) uint32 {
	id := &r.Session.ID
	if slot, ok := s.index.find(&s.parts, id, day); ok {
		return slot
	}
	slot := s.parts.alloc()
	p := s.parts.at(slot)
	p.id, p.day = *id, day
	_, p.digest, p.hashed = splitDigest(r.Session.Key.Value)
	s.index.insert(id, day, slot)
	return slot
}

// bytes is the memory in use.
func (s *Sessions) bytes() int64 {
	return s.segBytes + s.wordBytes + s.parts.bytes + s.index.bytes
}
