package point

import (
	"bytes"
	"strings"
	"time"
)

// past reports whether the date of an Expires attribute is over. Where no
// time is known, only those of the epoch's first month are, which is what
// frameworks write to delete a cookie.
func past(date []byte, now time.Time) bool {
	t, ok := cookieDate(date)
	if now.IsZero() {
		now = time.Unix(30*24*3600, 0)
	}
	return ok && !t.After(now)
}

// cookieDate reads a date as browsers do (RFC 6265, 5.1.1): of the pieces
// between delimiters, the first that looks like a time, a day, a month and a
// year is each of these.
func cookieDate(b []byte) (t time.Time, ok bool) {
	var clock [3]int
	day, month, year, timed := 0, 0, -1, false
	for len(b) > 0 {
		var piece []byte
		if piece, b = datePiece(b); len(piece) == 0 {
			continue
		}
		if !timed {
			if clock, timed = clockTime(piece); timed {
				continue
			}
		}
		n, digits := leadingNumber(piece)
		switch {
		case day == 0 && digits >= 1 && digits <= 2:
			day = n
		case month == 0 && monthOf(piece) > 0:
			month = monthOf(piece)
		case year < 0 && digits >= 2 && digits <= 4:
			year = n
		}
	}
	switch {
	case year >= 70 && year <= 99:
		year += 1900
	case year >= 0 && year <= 69:
		year += 2000
	}
	if !timed || day < 1 || day > 31 || month == 0 || year < 1601 || clock[0] > 23 || clock[1] > 59 || clock[2] > 59 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, clock[0], clock[1], clock[2], 0, time.UTC), true
}

// datePiece cuts the first piece, which may be empty, off a date.
func datePiece(b []byte) (piece, rest []byte) {
	for i, c := range b {
		if c == '\t' || c >= ' ' && c <= '/' || c >= ';' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~' {
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// clockTime reads hours, minutes and seconds of one or two digits.
func clockTime(b []byte) (clock [3]int, ok bool) {
	for i := range clock {
		n, digits := leadingNumber(b)
		if digits < 1 || digits > 2 {
			return clock, false
		}
		clock[i], b = n, b[digits:]
		if i < 2 {
			if len(b) == 0 || b[0] != ':' {
				return clock, false
			}
			b = b[1:]
		}
	}
	return clock, true
}

// leadingNumber reads the digits b starts with, up to five.
func leadingNumber(b []byte) (n, digits int) {
	for digits < len(b) && digits < 5 && b[digits]-'0' <= 9 {
		n = n*10 + int(b[digits]-'0')
		digits++
	}
	return n, digits
}

// monthOf returns the month that b starts with the first three letters of, 0
// for none.
func monthOf(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	var name [3]byte
	copy(name[:], b)
	for i := range name {
		name[i] |= 0x20
	}
	const months = "jan feb mar apr may jun jul aug sep oct nov dec"
	if at := strings.Index(months, string(name[:])); at%4 == 0 && bytes.IndexByte(b[:3], ' ') < 0 {
		return at/4 + 1
	}
	return 0
}
