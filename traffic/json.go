package traffic

import (
	"encoding/json"
	"fmt"
	"time"
)

// The JSON shapes below are what exports and the JSON lines show; field names
// are stable.

// MarshalJSON writes the names of the marks as an array.
func (m Mark) MarshalJSON() ([]byte, error) {
	names := m.Names()
	if names == nil {
		names = []string{}
	}
	return json.Marshal(names)
}

// UnmarshalJSON reads an array of names; null is the empty one. An unknown
// name is refused, and m stays as it is.
func (m *Mark) UnmarshalJSON(b []byte) error {
	var names []string
	if err := json.Unmarshal(b, &names); err != nil {
		return fmt.Errorf("marks: %w", err)
	}
	var all Mark
	for _, n := range names {
		mark, ok := markNamed(n)
		if !ok {
			return fmt.Errorf("mark %q: unknown", clip(n, 80))
		}
		all |= mark
	}
	*m = all
	return nil
}

func markNamed(name string) (Mark, bool) {
	for i, n := range markNames {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}

// Clone returns a copy of r that shares no slice with it.
func (r *Record) Clone() *Record {
	c := *r
	c.Params = append([]Param(nil), r.Params...)
	c.Hits = append([]Hit(nil), r.Hits...)
	c.Tags = append([]string(nil), r.Tags...)
	return &c
}

// End returns when the response was done.
func (r *Record) End() time.Time { return r.Time.Add(r.Duration) }
