package memory

import "time"

// Stats tells what a store holds and what it lost. Counters count since it was
// made.
type Stats struct {
	// Records and Parts are held now, in Segments segments of Days days.
	Records, Parts, Segments, Days int
	// Cut is how many of the parts have lost records to the bound. Their
	// numbers are exact all the same, see [Sessions.Parts].
	Cut int
	// Bytes is the memory in use, at most MaxBytes.
	Bytes, MaxBytes int64

	// Appended counts the records that were given to Append.
	Appended uint64
	// Evicted counts what was lost to the bound, Pruned what was deleted on
	// demand. A part is evicted with its last record.
	Evicted, Pruned Gone
	// Refused counts records that were not stored because one of them would
	// take more than an eighth of MaxBytes (or a gigabyte).
	Refused uint64
	// EvictedUntil is the time of the latest record that was evicted: later
	// ones are all there. Zero when none was.
	EvictedUntil time.Time
}

// Gone counts records and parts that are no longer there.
type Gone struct{ Records, Parts uint64 }

// Stats returns the numbers of this moment. Safe for concurrent use.
func (s *Sessions) Stats() Stats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := s.stats
	st.Parts, st.Days = s.parts.parts, len(s.days)
	for _, d := range s.days {
		st.Segments += len(d.segs)
	}
	st.Bytes, st.MaxBytes = s.bytes(), s.opt.MaxBytes
	return st
}
