package memory

import (
	"math"
	"time"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// interval is the time a query asks for, in the units of the store. It may
// let a record pass at an end that is beyond the years 1678 to 2262, so the
// matcher has the last word.
type interval struct {
	min, max int64 // both included
	from, to traffic.Day
}

func (s *Sessions) interval(m *session.Matcher) interval {
	from, to := m.Interval()
	v := interval{math.MinInt64, math.MaxInt64, math.MinInt32, math.MaxInt32}
	if !from.IsZero() {
		v.min, _ = nanos(from)
		v.from = traffic.DayOf(from.In(s.opt.Zone))
	}
	if !to.IsZero() {
		to = to.Add(-1)
		v.max, _ = nanos(to)
		v.to = traffic.DayOf(to.In(s.opt.Zone))
	}
	return v
}

// within reports whether a time lies in v.
func (v *interval) within(ns int64) bool { return v.min <= ns && ns <= v.max }

// covers reports whether all of a part lies in v.
func (v *interval) covers(p *part) bool { return v.min <= p.first && p.last <= v.max }

// when turns the order of times back into a time.
func when(ns int64) time.Time { return time.Unix(0, ns).UTC() }
