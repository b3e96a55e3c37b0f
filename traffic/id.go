package traffic

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
)

// App is the number of an application: a named partition of the traffic.
// Applications are numbered from 1.
type App int32

const (
	// AllApps in a scope means every application. No request has it.
	AllApps App = 0
	// DefaultApp is the application of a request that no rule assigned.
	DefaultApp App = -1
)

// String returns the number, "default" or "all".
func (a App) String() string {
	switch a {
	case AllApps:
		return "all"
	case DefaultApp:
		return "default"
	}
	return strconv.Itoa(int(a))
}

// SessionID names a session: the keyed hash (HMAC-SHA-256) of the value that
// identified it. The zero SessionID is no session.
type SessionID [32]byte

// IsZero reports whether id is no session.
func (id SessionID) IsZero() bool { return id == SessionID{} }

// String returns the 64 hexadecimal digits of the id.
func (id SessionID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText implements [encoding.TextMarshaler].
func (id SessionID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *SessionID) UnmarshalText(b []byte) error { return unhex(id[:], b, "session id") }

// ParseSessionID reads the 64 hexadecimal digits of an id.
func ParseSessionID(s string) (id SessionID, err error) {
	err = id.UnmarshalText([]byte(s))
	return id, err
}

// RequestID names one request; 32 hexadecimal digits as text.
type RequestID [16]byte

// IsZero reports whether id is unset.
func (id RequestID) IsZero() bool { return id == RequestID{} }

// String returns the 32 hexadecimal digits of the id.
func (id RequestID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText implements [encoding.TextMarshaler].
func (id RequestID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *RequestID) UnmarshalText(b []byte) error { return unhex(id[:], b, "request id") }

// ParseRequestID reads the 32 hexadecimal digits of an id.
func ParseRequestID(s string) (id RequestID, err error) {
	err = id.UnmarshalText([]byte(s))
	return id, err
}

// unhex reads src into dst, which stays as it is when src is bad.
func unhex(dst, src []byte, what string) error {
	if len(src) != 2*len(dst) {
		return fmt.Errorf("%s %q: want %d hexadecimal digits", what, clip(src, 80), 2*len(dst))
	}
	var b [len(SessionID{})]byte
	if _, err := hex.Decode(b[:], src); err != nil {
		return fmt.Errorf("%s %q: %w", what, src, err)
	}
	copy(dst, b[:])
	return nil
}

// clip returns at most n bytes of foreign text, for messages.
func clip[T string | []byte](s T, n int) T { return s[:min(n, len(s))] }

// Day is a calendar day in the zone of the configuration: the number of days
// since 1970-01-01. A session has one part a day.
type Day int32

// DayOf returns the calendar day of t in its location; use t.In(zone) first.
func DayOf(t time.Time) Day {
	_, offset := t.Zone()
	secs := t.Unix() + int64(offset)
	day := secs / 86400
	if secs%86400 < 0 {
		day--
	}
	return Day(day)
}

// String returns the day as 2006-01-02.
func (d Day) String() string { return d.Start(time.UTC).Format(time.DateOnly) }

// Start returns the first instant of the day in zone: midnight, the first one
// where the clock shows it twice, and the end of the gap where the clock
// jumps over it.
func (d Day) Start(zone *time.Location) time.Time {
	t := time.Date(1970, 1, 1+int(d), 0, 0, 0, 0, zone)
	if DayOf(t) < d { // no midnight: time.Date answers in the evening before
		_, t = t.ZoneBounds()
		return t
	}
	if from, _ := t.ZoneBounds(); !from.IsZero() {
		_, before := from.Add(-1).Zone()
		_, now := t.Zone()
		first := t.Add(time.Duration(now-before) * time.Second)
		if first.Before(from) && DayOf(first) == d {
			return first
		}
	}
	return t
}

// MarshalText implements [encoding.TextMarshaler].
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Day) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("day %q: want YYYY-MM-DD", clip(b, 80))
	}
	*d = DayOf(t)
	return nil
}
