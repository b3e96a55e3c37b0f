package lists_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestEntryEnd(t *testing.T) {
	hour, later := noon.Add(time.Hour), noon.Add(2*time.Hour)
	for _, c := range []struct {
		name  string
		entry lists.Entry
		now   time.Time
		at    time.Time
		how   lists.Ending
	}{
		{"forever", lists.Entry{Added: noon}, later, time.Time{}, ""},
		{"in force", lists.Entry{Added: noon, Expires: hour}, hour.Add(-1), time.Time{}, ""},
		{"expired to the nanosecond", lists.Entry{Added: noon, Expires: hour}, hour, hour, lists.Expired},
		{"taken off", lists.Entry{Added: noon, Removed: hour, Ending: lists.Removed}, later, hour, lists.Removed},
		{"taken off before its time", lists.Entry{Added: noon, Expires: hour, Removed: noon, Ending: lists.Excepted}, later, noon, lists.Excepted},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, how := c.entry.End(c.now)
			require.Equal(t, c.at, at)
			require.Equal(t, c.how, how)
			require.Equal(t, how == "", c.entry.InForce(c.now))
			require.False(t, c.entry.InForce(noon.Add(-1)), "before it was added")
		})
	}
}

func TestEntryApplies(t *testing.T) {
	for _, c := range []struct {
		name    string
		entry   lists.Entry
		yes, no []traffic.App
	}{
		{"all", lists.Entry{}, []traffic.App{traffic.DefaultApp, 1, 99}, nil},
		{"all among others", lists.Entry{Apps: []traffic.App{2, traffic.AllApps}}, []traffic.App{1, 2}, nil},
		{"some", lists.Entry{Apps: []traffic.App{7, 2}}, []traffic.App{2, 7}, []traffic.App{traffic.DefaultApp, 1, 3, 8}},
		{"the default", lists.Entry{Apps: []traffic.App{traffic.DefaultApp}}, []traffic.App{traffic.DefaultApp}, []traffic.App{1}},
		{"all but some", lists.Entry{Except: []traffic.App{2}}, []traffic.App{traffic.DefaultApp, 1, 3}, []traffic.App{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, app := range c.yes {
				require.True(t, c.entry.Applies(app), "%s", app)
			}
			for _, app := range c.no {
				require.False(t, c.entry.Applies(app), "%s", app)
			}
		})
	}
}

// TestJSON fixes the text of entries and changes: stores and consoles depend
// on it.
func TestJSON(t *testing.T) {
	w := newWorld(t, lists.Config{})
	e := w.entry(lists.Deny, "192.0.2.0/24", 4*time.Hour, bola, 2, 1)
	e.Cause = traffic.Cause{Attack: "bola", Session: sid('1'), Request: traffic.RequestID{1}, Confidence: 62}
	_, err := w.book.Add(t.Context(), w.now, e)
	require.NoError(t, err)
	w.pass(time.Hour)
	e.Expires, e.Reason, e.Cause = w.now.Add(4*time.Hour), "again", traffic.Cause{}
	_, err = w.book.Add(t.Context(), w.now, e)
	require.NoError(t, err)
	w.pass(time.Minute)
	_, err = w.book.RemoveObject(t.Context(), w.now, lists.Deny, e.Object, 1, anna)
	require.NoError(t, err)
	w.pass(time.Minute)
	w.remove(1, anna)
	forever := w.add(lists.Allow, "2001:db8::1", 0, anna)

	same := func(want string, v any) {
		t.Helper()
		b, err := json.MarshalIndent(v, "", "  ")
		require.NoError(t, err)
		require.Equal(t, want, string(b))
	}
	same(`{
  "id": 1,
  "list": "deny",
  "object": {
    "kind": "prefix",
    "value": "192.0.2.0/24"
  },
  "apps": [
    2
  ],
  "by": {
    "kind": "control",
    "id": "bola-1",
    "name": "Orders"
  },
  "reason": "test",
  "expires": "2026-08-21T17:00:00Z",
  "cause": {
    "attack": "bola",
    "request": "01000000000000000000000000000000",
    "session": "3100000000000000000000000000000000000000000000000000000000000031",
    "confidence": 62
  },
  "added": "2026-08-21T12:00:00Z",
  "extended": [
    {
      "time": "2026-08-21T13:00:00Z",
      "by": {
        "kind": "control",
        "id": "bola-1",
        "name": "Orders"
      },
      "reason": "again",
      "expires": "2026-08-21T17:00:00Z"
    }
  ],
  "removed": "2026-08-21T13:02:00Z",
  "removed_by": {
    "kind": "manual",
    "id": "anna"
  },
  "ending": "removed",
  "suppress_until": "2026-08-21T15:02:00Z"
}`, w.get(1))
	same(`{
  "id": 5,
  "list": "allow",
  "object": {
    "kind": "address",
    "value": "2001:db8::1"
  },
  "by": {
    "kind": "manual",
    "id": "anna"
  },
  "reason": "test",
  "added": "2026-08-21T13:02:00Z"
}`, forever)

	var lines []string
	for _, c := range w.log() {
		b, err := json.Marshal(c)
		require.NoError(t, err)
		lines = append(lines, string(b))
		var back lists.Change
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, c, back)
	}
	require.Equal(t, []string{
		`{"seq":1,"time":"2026-08-21T12:00:00Z","op":"add","id":1,"list":"deny","object":{"kind":"prefix","value":"192.0.2.0/24"},"apps":[1,2],"by":{"kind":"control","id":"bola-1","name":"Orders"},"reason":"test","cause":{"attack":"bola","request":"01000000000000000000000000000000","session":"3100000000000000000000000000000000000000000000000000000000000031","confidence":62},"expires":"2026-08-21T16:00:00Z"}`,
		`{"seq":2,"time":"2026-08-21T13:00:00Z","op":"extend","id":1,"list":"deny","object":{"kind":"prefix","value":"192.0.2.0/24"},"by":{"kind":"control","id":"bola-1","name":"Orders"},"reason":"again","expires":"2026-08-21T17:00:00Z"}`,
		`{"seq":3,"time":"2026-08-21T13:01:00Z","op":"narrow","id":1,"list":"deny","object":{"kind":"prefix","value":"192.0.2.0/24"},"apps":[2],"by":{"kind":"manual","id":"anna"},"ending":"removed","suppress_until":"2026-08-21T15:01:00Z"}`,
		`{"seq":4,"time":"2026-08-21T13:02:00Z","op":"remove","id":1,"list":"deny","object":{"kind":"prefix","value":"192.0.2.0/24"},"by":{"kind":"manual","id":"anna"},"ending":"removed","suppress_until":"2026-08-21T15:02:00Z"}`,
		`{"seq":5,"time":"2026-08-21T13:02:00Z","op":"add","id":5,"list":"allow","object":{"kind":"address","value":"2001:db8::1"},"by":{"kind":"manual","id":"anna"},"reason":"test"}`,
	}, lines)

	b, err := json.Marshal(w.get(1))
	require.NoError(t, err)
	var back lists.Entry
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, w.get(1), back)
}
