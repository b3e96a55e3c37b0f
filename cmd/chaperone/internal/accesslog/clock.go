package accesslog

import (
	"strings"
	"time"
)

// clfTimeLen is the length of 02/Jan/2006:15:04:05.
const clfTimeLen = 20

// parseCLFTime reads 02/Jan/2006:15:04:05 -0700, with an optional fraction of
// the second and an optional zone (UTC when absent).
func parseCLFTime(s string) (time.Time, bool) {
	if len(s) < clfTimeLen || s[2] != '/' || s[6] != '/' || s[11] != ':' || s[14] != ':' || s[17] != ':' {
		return time.Time{}, false
	}
	day, ok1 := two(s, 0)
	year, ok2 := four(s, 7)
	month := monthOf(s[3:6])
	if !ok1 || !ok2 || month == 0 {
		return time.Time{}, false
	}
	return clockTime(year, month, day, s[12:])
}

// parseISOTime reads 2006-01-02T15:04:05 with T, t or a space between, an
// optional fraction (after . or ,) and an optional zone (UTC when absent). The
// date may be written with slashes.
func parseISOTime(s string) (time.Time, bool) {
	if len(s) < 19 || s[4] != '-' && s[4] != '/' || s[7] != s[4] || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	if c := s[10]; c != 'T' && c != 't' && c != ' ' {
		return time.Time{}, false
	}
	year, ok1 := four(s, 0)
	month, ok2 := two(s, 5)
	day, ok3 := two(s, 8)
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 {
		return time.Time{}, false
	}
	return clockTime(year, time.Month(month), day, s[11:])
}

// clockTime reads 15:04:05 with fraction and zone and adds the date.
func clockTime(year int, month time.Month, day int, s string) (time.Time, bool) {
	hour, ok1 := two(s, 0)
	minute, ok2 := two(s, 3)
	sec, ok3 := two(s, 6)
	if !ok1 || !ok2 || !ok3 || year < 1 || day < 1 || day > 31 || hour > 23 || minute > 59 || sec > 60 {
		return time.Time{}, false
	}
	nanos, rest, ok := fraction(s[8:])
	if !ok {
		return time.Time{}, false
	}
	offset, ok := zone(rest)
	if !ok {
		return time.Time{}, false
	}
	if day > 28 && time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Month() != month {
		return time.Time{}, false // 31 February
	}
	return time.Date(year, month, day, hour, minute, sec, nanos, time.UTC).Add(-offset), true
}

// fraction reads .123456789 or ,123 at the start of s.
func fraction(s string) (nanos int, rest string, ok bool) {
	if s == "" || s[0] != '.' && s[0] != ',' {
		return 0, s, true
	}
	i, unit := 1, int(time.Second)
	for ; i < len(s) && isDigit(s[i]); i++ {
		unit /= 10
		nanos += int(s[i]-'0') * unit
	}
	return nanos, s[i:], i > 1
}

// zone reads "", Z, +0200, +02:00, +02, each with an optional space before.
func zone(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	if s == "" || s == "Z" || s == "z" || s == "UTC" || s == "GMT" {
		return 0, true
	}
	if s[0] != '+' && s[0] != '-' || len(s) < 3 {
		return 0, false
	}
	hours, ok := two(s, 1)
	minutes, rest := 0, strings.TrimPrefix(s[3:], ":")
	if rest != "" {
		var okm bool
		minutes, okm = two(rest, 0)
		ok = ok && okm && len(rest) == 2
	}
	if !ok || hours > 23 || minutes > 59 {
		return 0, false
	}
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		d = -d
	}
	return d, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func two(s string, i int) (int, bool) {
	if len(s) < i+2 || !isDigit(s[i]) || !isDigit(s[i+1]) {
		return 0, false
	}
	return int(s[i]-'0')*10 + int(s[i+1]-'0'), true
}

func four(s string, i int) (int, bool) {
	if len(s) < i+4 {
		return 0, false
	}
	a, ok1 := two(s, i)
	b, ok2 := two(s, i+2)
	return a*100 + b, ok1 && ok2
}

func monthOf(s string) time.Month {
	i := strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", s)
	if i < 0 || i%3 != 0 {
		return 0
	}
	return time.Month(i/3 + 1)
}

// parseEpoch reads the seconds since 1970, with their fraction. A number too
// large for seconds counts milliseconds, micro- or nanoseconds: the units are
// a factor of 1000 apart, and a log is from this century.
func parseEpoch(s string) (time.Time, bool) {
	whole, nanos, ok := parseFixed(s)
	if !ok {
		return time.Time{}, false
	}
	unit := int64(1) // units a second
	for whole/unit >= 1e11 {
		unit *= 1000
	}
	if unit > 1e9 {
		return time.Time{}, false
	}
	part := int64(time.Second) / unit // nanoseconds a unit
	return time.Unix(whole/unit, whole%unit*part+nanos/unit).UTC(), true
}

// parseTime reads any of the forms above: what a member of a JSON object may
// hold.
func parseTime(s string) (time.Time, bool) {
	if t, ok := parseISOTime(s); ok {
		return t, true
	}
	if t, ok := parseCLFTime(s); ok {
		return t, true
	}
	return parseEpoch(s)
}
