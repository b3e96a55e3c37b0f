package traffic_test

import (
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestBytesReadAhead(t *testing.T) {
	body := traffic.Bytes("hello")
	for _, c := range []struct {
		name  string
		body  traffic.Bytes
		limit int
		want  string
		whole bool
	}{
		{"more than there is", body, 100, "hello", true},
		{"exactly all", body, 5, "hello", true},
		{"one less", body, 4, "hell", false},
		{"nothing", body, 0, "", false},
		{"negative", body, -1, "", false},
		{"empty", traffic.Bytes{}, 10, "", true},
		{"empty and nothing", traffic.Bytes{}, 0, "", true},
		{"empty and negative", traffic.Bytes{}, -1, "", true},
		{"nil", nil, 10, "", true},
		{"nil and negative", nil, -1, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, whole, err := c.body.ReadAhead(c.limit)
			require.NoError(t, err)
			require.Equal(t, c.want, string(b))
			require.Equal(t, c.whole, whole)
			_ = append(b, 'X')
			require.Equal(t, "hello", string(body), "what is handed out has no room to write behind it")
		})
	}
}

// filled returns an exchange with something in every field; a field added
// later must be given a value here, or the test of Reset would not see it.
func filled(t *testing.T) *traffic.Exchange {
	x := &traffic.Exchange{
		Time: time.Unix(1, 2), Duration: time.Second, ID: traffic.RequestID{1}, App: 3,
		Client: traffic.Client{Addr: netip.MustParseAddr("192.0.2.1"), UserAgent: "ua", JA3: "3", JA4: "4"},
		Request: traffic.Request{
			Method: "POST", Scheme: "https", Proto: "1.1", Host: "h", Target: "/?q",
			Header: traffic.Header{"A": {"b"}}, Body: traffic.Bytes("in"), Length: 2, Route: "/",
		},
		Response: traffic.Response{
			Status: 200, Length: 3, Header: traffic.Header{"C": {"d"}}, Body: []byte("out"), Whole: true, Held: true,
			Want: traffic.Want{Limit: 1, Kinds: traffic.KindAny, Hold: true},
		},
		Session:    traffic.Identity{ID: traffic.SessionID{1}, User: "ada"},
		Params:     []traffic.Param{{Name: "p", Value: "secret"}, {Name: "q", Value: "secret"}},
		Hits:       []traffic.Hit{{Type: "sqli", Payload: "secret"}, {Type: "xss", Payload: "secret"}},
		Tags:       []string{"tag"},
		Login:      traffic.LoginFailed,
		Verdict:    traffic.Verdict{Action: traffic.Block},
		Marks:      traffic.Panicked,
		Handle:     new(traffic.Handle),
		Inspection: "mine",
	}
	v := reflect.ValueOf(*x)
	for i := range v.NumField() {
		require.Falsef(t, v.Field(i).IsZero(), "%s is not filled", v.Type().Field(i).Name)
	}
	return x
}

// What one client left must not be seen by the next, not even in the memory
// behind a slice's length.
func TestResetKeepsMemoryNotContent(t *testing.T) {
	x := filled(t)
	params, hits := x.Params, x.Hits
	x.Hits = x.Hits[:1] // a room took one back
	x.Params = x.Params[:0]
	x.Reset()

	require.Equal(t, &traffic.Exchange{Params: []traffic.Param{}, Hits: []traffic.Hit{}}, x)
	require.Equal(t, make([]traffic.Param, 2), params, "wiped")
	require.Equal(t, make([]traffic.Hit, 2), hits, "wiped, also what was taken back")
	require.Same(t, &params[0], &x.Params[:1][0], "the memory is used again")
	require.Same(t, &hits[0], &x.Hits[:1][0])

	x.Reset()
	new(traffic.Exchange).Reset() // nothing to keep
}

func TestResetDoesNotShareTags(t *testing.T) {
	x := filled(t)
	tags := x.Tags
	x.Reset()
	require.Equal(t, []string{"tag"}, tags, "tags are owned by the record made of them")
	require.Nil(t, x.Tags)
}

func TestResetLetsLargeSlicesGo(t *testing.T) {
	x := &traffic.Exchange{Params: make([]traffic.Param, 257), Hits: make([]traffic.Hit, 257)}
	x.Reset()
	require.Zero(t, cap(x.Params))
	require.Zero(t, cap(x.Hits))
	x = &traffic.Exchange{Params: make([]traffic.Param, 256), Hits: make([]traffic.Hit, 0, 256)}
	x.Reset()
	require.Equal(t, 256, cap(x.Params))
	require.Equal(t, 256, cap(x.Hits))
}

func TestResetAllocatesNothing(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates")
	}
	x := filled(t)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		x.Params = append(x.Params, traffic.Param{Name: "p"})
		x.Hits = append(x.Hits, traffic.Hit{Type: "sqli"})
		x.Reset()
	}))
}
