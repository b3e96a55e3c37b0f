package point_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// exchangeOf returns an exchange with a request body.
func exchangeOf(contentType, body string) *traffic.Exchange {
	x := &traffic.Exchange{Time: time.Unix(1_800_000_000, 0)}
	x.Request = traffic.Request{
		Method: "POST", Scheme: "https", Proto: "1.1", Host: "api.example", Target: "/",
		Header: traffic.Header{}, Length: int64(len(body)), Body: traffic.Bytes(body),
	}
	if contentType != "" {
		x.Request.Header["Content-Type"] = []string{contentType}
	}
	return x
}

// outcome says what a scan found for a path: all its values, or why there is
// none.
func outcome(s *point.Scan, slot point.Slot) string {
	r := s.Get(slot)
	if r.Found != traffic.Present {
		return "(" + r.Found.String() + ")"
	}
	var all []string
	for v := range s.All(slot) {
		all = append(all, string(v))
	}
	return strings.Join(all, " | ")
}

// formatCase is a request body and what is found in it, by path.
type formatCase struct {
	name   string
	typ    string // Content-Type
	body   string
	limits point.Limits
	want   map[string]string
	marks  traffic.Mark
	again  bool // a JSON property comes twice: the visitor sees what is not found
}

func runFormats(t *testing.T, cases []formatCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var set point.Set
			slots := map[string]point.Slot{}
			for path := range c.want {
				p, err := point.ParsePath(path)
				require.NoError(t, err)
				slots[path] = set.Reserve(p)
			}
			plan := set.Compile(c.limits)
			var seen watcher
			for _, visitor := range []point.Visitor{nil, &seen} {
				var s point.Scan
				s.Reset(plan, visitor)
				s.Request(exchangeOf(c.typ, c.body))
				got := map[string]string{}
				for path, slot := range slots {
					got[path] = outcome(&s, slot)
				}
				require.Equal(t, c.want, got, "visitor: %v", visitor != nil)
				require.Equal(t, c.marks, s.Marks()&(traffic.BodyUndecodable|traffic.LimitMet), "visitor: %v", visitor != nil)
			}
			if c.marks == 0 && len(seen.values) < 200 && !c.again {
				seen.check(t, c)
			}
		})
	}
}

// watcher takes down what a visitor sees.
type watcher struct {
	values []seenValue
	err    error
}

type seenValue struct {
	path, text string
	isName     bool
}

func (w *watcher) Visit(v point.Value) {
	path := string(v.AppendPath(nil))
	if _, err := point.ParsePath(path); err != nil {
		w.err = fmt.Errorf("visited path %q: %w", path, err)
	}
	w.values = append(w.values, seenValue{path, string(v.Text), v.IsName})
}

// check verifies that a slot reserved for the path of a value finds it. What
// is shown of a broken text may have no place of its own.
func (w *watcher) check(t *testing.T, c formatCase) {
	t.Helper()
	require.NoError(t, w.err)
	for _, v := range w.values {
		if v.isName {
			continue
		}
		var set point.Set
		slot := set.Reserve(point.MustParsePath(v.path))
		var s point.Scan
		s.Reset(set.Compile(c.limits), nil)
		s.Request(exchangeOf(c.typ, c.body))
		require.Contains(t, strings.Split(outcome(&s, slot), " | "), v.text, v.path)
	}
}

// texts returns the values seen below a path prefix, in order.
func (w *watcher) texts(prefix string) (all []string) {
	for _, v := range w.values {
		if !v.isName && strings.HasPrefix(v.path, prefix) {
			all = append(all, v.text)
		}
	}
	return all
}

// visited scans a body with a visitor and returns what it saw.
func visited(contentType, body string, limits point.Limits) (*watcher, *point.Scan) {
	var w watcher
	var s point.Scan
	s.Reset(new(point.Set).Compile(limits), &w)
	s.Request(exchangeOf(contentType, body))
	return &w, &s
}
