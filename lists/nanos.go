package lists

import (
	"math"
	"time"
)

// Inside the book a time is nanoseconds since 1970, as an int64: a third of a
// time.Time and compared in one instruction.

// forever is the expiry of what does not expire; no time is as late.
const forever = math.MaxInt64

// noTime is a time that was never set; it is the zero value.
const noTime = 0

// Seconds outside of these do not fit into nanoseconds.
const (
	firstSecond = math.MinInt64 / int64(time.Second)
	lastSecond  = math.MaxInt64 / int64(time.Second)
)

// nanos returns t, or the nearest time that fits.
func nanos(t time.Time) int64 {
	switch s := t.Unix(); {
	case s >= lastSecond:
		return forever - 1
	case s <= firstSecond:
		return math.MinInt64
	}
	return t.UnixNano()
}

// instant returns n as a time in UTC; noTime is the zero time.
func instant(n int64) time.Time {
	if n == noTime {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// expiryNanos returns an expiry, in which the zero time and everything later
// than nanoseconds can say is forever.
func expiryNanos(t time.Time) int64 {
	if t.IsZero() || t.Unix() >= lastSecond {
		return forever
	}
	return nanos(t)
}

// expiryTime returns an expiry as a time, zero when it is forever.
func expiryTime(n int64) time.Time {
	if n == forever {
		return time.Time{}
	}
	return instant(n)
}
