package accesslog

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// parseCount reads a number of bytes: digits alone. One that is too large is
// the largest there is.
func parseCount(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64 - 9
			continue
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// parseStatus reads three digits. "-" is 0: no answer was sent.
func parseStatus(s string) (int, bool) {
	if s == "-" {
		return 0, true
	}
	if len(s) != 3 {
		return 0, false
	}
	n, ok := parseCount(s)
	return int(n), ok
}

// parseFixed reads a decimal number that is not negative, as a whole and
// billionths. Digits behind the ninth are dropped.
func parseFixed(s string) (whole, nanos int64, ok bool) {
	left, right, _ := strings.Cut(s, ".")
	if len(s) > 3 && strings.ContainsAny(s, "eE") {
		return parseExponent(s)
	}
	if whole, ok = parseCount(left); !ok || len(left) > 19 {
		return 0, 0, false
	}
	for i, unit := 0, int64(1e8); i < len(right); i, unit = i+1, unit/10 {
		if !isDigit(right[i]) {
			return 0, 0, false
		}
		nanos += int64(right[i]-'0') * unit
	}
	return whole, nanos, true
}

// parseExponent reads numbers such as 1.7e9, as precisely as a float64 can.
func parseExponent(s string) (whole, nanos int64, ok bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1e18 {
		return 0, 0, false
	}
	return int64(f), int64((f - math.Floor(f)) * 1e9), true
}

// parseSpan reads a length of time in the given unit. One that is longer than
// a year is no length of time.
func parseSpan(s string, unit time.Duration) (time.Duration, bool) {
	whole, nanos, ok := parseFixed(s)
	const year = 366 * 24 * time.Hour
	if !ok || whole > int64(year/unit) {
		return 0, false
	}
	return time.Duration(whole)*unit + time.Duration(nanos)*unit/time.Second, true
}
