package accesslog

import (
	"fmt"
	"time"
)

// Stats tells what became of the lines read so far. Accepted and Malformed
// add up to Lines.
type Stats struct {
	// Lines is the number of lines, blank ones left out; of a HAR, the number
	// of entries.
	Lines int
	// Accepted is how many of them became an [Entry].
	Accepted int
	// Malformed is how many did not; Reasons counts them by reason.
	Malformed int
	Reasons   [reasonCount]int
	// Examples are the first malformed lines, at most [Options.Examples].
	Examples []Malformed
	// Garbage counts accepted entries whose request was no HTTP.
	Garbage int
	// Blank counts blank lines.
	Blank int
	// First and Last are the least and the greatest time of an entry.
	First, Last time.Time
	// Damage says why reading ended before the end of the file, when the
	// file is damaged: a gzip stream or a HAR that was cut off. Nil for a
	// sound file.
	Damage error
}

// Malformed is a line that could not be read as a request.
type Malformed struct {
	Source string
	Line   int
	Reason Reason
	// Text is the start of the line, at most 200 bytes.
	Text string
}

// String returns where it stands, why it is malformed and its text, quoted.
func (m Malformed) String() string {
	return fmt.Sprintf("%s:%d: %s: %q", m.Source, m.Line, m.Reason, m.Text)
}

const maxExampleText = 200

// Reason is why a line is malformed.
type Reason uint8

// The reasons.
const (
	Fine          Reason = iota // not malformed
	NotRecognised               // nothing in it looks like an access log
	ErrorLog                    // a line of an error log: tells of a request that the access log has, too
	NoTime                      // no time, or not one that can be read
	NoRequest                   // no request
	BadStatus                   // the status is no number of three digits
	BadJSON                     // not a JSON object
	TooLong                     // longer than 1 MiB; a HAR entry longer than 16 MiB
	CutOff                      // the file ends within the line
	reasonCount
)

var reasonTexts = [reasonCount]string{
	"fine",
	"not an access log line",
	"an error log line, not an access log line",
	"no time that can be read",
	"no request in it",
	"the status is not a number of three digits",
	"not a JSON object",
	"too long",
	"cut off by the end of the file",
}

// String says the reason in plain words.
func (r Reason) String() string {
	if r < reasonCount {
		return reasonTexts[r]
	}
	return fmt.Sprintf("invalid(%d)", uint8(r))
}

// accept counts e.
func (s *Stats) accept(e *Entry) {
	s.Lines++
	s.Accepted++
	if e.Method == "" {
		s.Garbage++
	}
	if s.First.IsZero() || e.Time.Before(s.First) {
		s.First = e.Time
	}
	if e.Time.After(s.Last) {
		s.Last = e.Time
	}
}

// refuse counts a malformed line and keeps it if it is among the first.
func (s *Stats) refuse(m Malformed, keep int) {
	s.Lines++
	s.Malformed++
	s.Reasons[m.Reason]++
	if len(s.Examples) < keep {
		s.Examples = append(s.Examples, m)
	}
}

// Add adds what o counted; examples are kept up to n.
func (s *Stats) Add(o *Stats, n int) {
	s.Lines += o.Lines
	s.Accepted += o.Accepted
	s.Malformed += o.Malformed
	s.Garbage += o.Garbage
	s.Blank += o.Blank
	for i, c := range o.Reasons {
		s.Reasons[i] += c
	}
	s.Examples = append(s.Examples, o.Examples[:min(len(o.Examples), max(n-len(s.Examples), 0))]...)
	if !o.First.IsZero() && (s.First.IsZero() || o.First.Before(s.First)) {
		s.First = o.First
	}
	if o.Last.After(s.Last) {
		s.Last = o.Last
	}
	if s.Damage == nil {
		s.Damage = o.Damage
	}
}
