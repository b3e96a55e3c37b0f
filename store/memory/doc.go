// Package memory keeps sessions and lists in memory: the stores of a service
// that runs on one machine and may forget when it restarts.
//
//	s := memory.NewSessions(memory.Options{})            // at most 256 MiB
//	s := memory.NewSessions(memory.Options{MaxBytes: 2 << 30})
//
// # Sessions
//
// [Sessions] keeps each record as a run of bytes in a segment of its day. A
// text that stands in the segment already is a reference of two or three
// bytes, so that hosts, paths and user agents are stored once for each
// thousands of records. What all records of a part (a session's day) share is
// in the table of parts; each record points back to the one before it in its
// part, so that a session is read without looking at others.
//
//	table of parts            segments of 2026-08-21, oldest first
//	┌───────────────────┐     ┌──────────────────┐  ┌──────────────────┐
//	│ A  day  sums  head┼──┐  │ B  A  C  C  B  D │  │ D  A  B  A  D  C │
//	├───────────────────┤  │  └────▲─────────────┘  └────▲─────▲───────┘
//	│ B  day  sums  head│  │       └─────────────────────┘◄────┤ each record of A
//	└───────────────────┘  └───────────────────────────────────┘ knows the one before
//
// A typical record (a GET of a logged-in user with two parameters, one of them
// the hashed key) takes about 115 bytes when its session has no other record
// nearby, about 95 when it has; a part takes about 170. So the default bound
// of 256 MiB holds some 2 million requests of 200 thousand sessions, and 1
// million sessions with 10 million records take 1.3 GiB.
//
// # What is lost at the bound
//
// Nothing is ever dropped before [Options.MaxBytes] is reached. Then the
// oldest segment of the oldest day goes to make room for a new one. A part
// goes with its last record; while it has one, its numbers stay exact, see
// [Sessions.Parts]. [Sessions.Stats] counts what was lost and up to which time.
//
// # Readers and writers
//
// Segments are only ever appended to. A reader takes references to them under
// a lock, for microseconds, and reads without one; it sees what was there when
// it began. So a reader may be as slow as it likes, may append in its loop,
// and keeps alive only the segments it has in hand (at most 64 MiB beyond the
// bound). Append takes the lock for 64 records at a time and makes next to no
// garbage: one allocation for each segment.
//
// Questions about given sessions read only their records, in microseconds. All
// others go through the segments of the time asked for, at some 2 million
// records a second; the search for a request by its id alone passes by 30
// million a second, and so needs no index.
//
// # Lists
//
// [Lists] keeps the log of list changes.
package memory
