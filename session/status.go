package session

import (
	"fmt"
	"strconv"
	"strings"
)

// StatusRange is a range of status codes, both ends included. Its text is one
// of "404", "4xx" and "400-451".
type StatusRange struct {
	From, To int
}

// ParseStatusRange reads the text of a range.
func ParseStatusRange(s string) (StatusRange, error) {
	r, ok := parseStatus(s)
	if !ok || r.check() != nil {
		return StatusRange{}, fmt.Errorf("status range %q: want a code such as 404, a class such as 4xx or a range such as 400-451", clip(s, 80))
	}
	return r, nil
}

func parseStatus(s string) (r StatusRange, ok bool) {
	if len(s) == 3 && strings.EqualFold(s[1:], "xx") && s[0] >= '1' && s[0] <= '9' {
		low := int(s[0]-'0') * 100
		return StatusRange{low, low + 99}, true
	}
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	var err1, err2 error
	r.From, err1 = strconv.Atoi(strings.TrimSpace(from))
	r.To, err2 = strconv.Atoi(strings.TrimSpace(to))
	return r, err1 == nil && err2 == nil
}

func (r StatusRange) check() error {
	if r.From < 0 || r.To > 999 || r.From > r.To {
		return fmt.Errorf("%d-%d: want 0 to 999, the smaller first", r.From, r.To)
	}
	return nil
}

// Contains reports whether code is in the range.
func (r StatusRange) Contains(code int) bool { return r.From <= code && code <= r.To }

// String returns the shortest text of the range.
func (r StatusRange) String() string {
	switch {
	case r.From == r.To:
		return strconv.Itoa(r.From)
	case r.From%100 == 0 && r.To == r.From+99 && r.From >= 100 && r.From <= 900:
		return strconv.Itoa(r.From/100) + "xx"
	}
	return strconv.Itoa(r.From) + "-" + strconv.Itoa(r.To)
}

// MarshalText implements [encoding.TextMarshaler].
func (r StatusRange) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *StatusRange) UnmarshalText(b []byte) (err error) {
	*r, err = ParseStatusRange(string(b))
	return err
}
