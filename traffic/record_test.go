package traffic_test

import (
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fullRecord has something in every field.
func fullRecord() traffic.Record {
	return traffic.Record{
		ID:       traffic.RequestID{0xab, 15: 1},
		Time:     time.Date(2026, 8, 21, 10, 0, 0, 123456789, time.UTC),
		Duration: 12345 * time.Microsecond,
		App:      3,
		Session: traffic.Identity{
			ID: traffic.SessionID{1, 31: 2}, Provisional: traffic.SessionID{3, 31: 4},
			Key:      traffic.Key{Source: traffic.OwnKey, Index: 1, Name: "token", Value: "k1:abcd", Hashed: true},
			Strength: traffic.StrengthStrong, Standing: traffic.Issued, User: "ada", Role: "admin",
		},
		Client: traffic.Client{Addr: netip.MustParseAddr("2001:db8::7"), UserAgent: "curl/8 <\u2028>", JA3: "3a", JA4: "t13d"},
		Method: "POST", Scheme: "https", Proto: "2.0", Host: "shop.example", Path: "/login", Route: "POST /login",
		Status: 403, BytesIn: 17, BytesOut: 256,
		Params: []traffic.Param{
			{Name: "token", Value: "k1:abcd", Found: traffic.Present, Hashed: true, Key: true},
			{Name: "order", Value: "17", Found: traffic.Present, Hidden: true},
			{Name: "cart", Found: traffic.TooLarge},
		},
		Hits:  []traffic.Hit{{Type: "sqli", Point: "REQUEST → QUERY → q", Payload: "' or 1=1", Detector: "d"}},
		Tags:  []string{"vip", "slow"},
		Login: traffic.LoginFailed,
		Verdict: traffic.Verdict{
			Action: traffic.Block, Reason: traffic.SessionDenied, Entry: 42, Control: "bola-1",
			Allowed: true, Gray: true, Withheld: true, Mode: traffic.ModeSafeBlocking,
		},
		Marks: traffic.BodyTruncated | traffic.AfterEnd,
	}
}

// emptyRecord is as little as there can be.
func emptyRecord() traffic.Record {
	return traffic.Record{Time: time.Date(2026, 8, 21, 10, 0, 0, 0, time.UTC)}
}

func TestFullRecordIsFull(t *testing.T) {
	var walk func(name string, v reflect.Value)
	walk = func(name string, v reflect.Value) {
		require.Falsef(t, v.IsZero(), "%s: give it a value, so that the golden file shows it", name)
		if v.Kind() != reflect.Struct || v.Type().PkgPath() != reflect.TypeFor[traffic.Record]().PkgPath() {
			return
		}
		for i := range v.NumField() {
			walk(name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
	r := fullRecord()
	walk("Record", reflect.ValueOf(r))
	walk("Record.Hits[0]", reflect.ValueOf(r.Hits[0]))
}

// The JSON of a record is what exports show: names stay, absent things are
// left out. Run with -update after adding a field, and read the difference.
func TestRecordJSON(t *testing.T) {
	for name, r := range map[string]traffic.Record{"full": fullRecord(), "empty": emptyRecord()} {
		t.Run(name, func(t *testing.T) {
			got, err := json.MarshalIndent(r, "", "  ")
			require.NoError(t, err)
			golden := filepath.Join("testdata", "record-"+name+".json")
			if *update {
				require.NoError(t, os.WriteFile(golden, append(got, '\n'), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got)+"\n")

			var again traffic.Record
			require.NoError(t, json.Unmarshal(got, &again))
			require.Equal(t, r, again)
		})
	}
}

func TestCauseJSON(t *testing.T) {
	for want, c := range map[string]traffic.Cause{
		`{}`: {},
		`{"attack":"sqli","request":"01000000000000000000000000000000","session":"0200000000000000000000000000000000000000000000000000000000000000","confidence":90}`: {
			Attack: "sqli", Request: traffic.RequestID{1}, Session: traffic.SessionID{2}, Confidence: 90,
		},
	} {
		b, err := json.Marshal(c)
		require.NoError(t, err)
		require.Equal(t, want, string(b))
		var again traffic.Cause
		require.NoError(t, json.Unmarshal(b, &again))
		require.Equal(t, c, again)
	}
}

func TestRecordClone(t *testing.T) {
	r := fullRecord()
	c := r.Clone()
	require.Equal(t, &r, c)
	c.Params[0].Name, c.Hits[0].Type, c.Tags[0] = "x", "x", "x"
	require.Equal(t, fullRecord(), r, "the copy shares no slice")

	v := reflect.ValueOf(*r.Clone())
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice {
			require.NotEqualf(t, f.Pointer(), reflect.ValueOf(r).Field(i).Pointer(), "%s is shared", v.Type().Field(i).Name)
		}
	}
	empty := emptyRecord()
	require.Equal(t, &empty, empty.Clone())
}

func TestRecordEnd(t *testing.T) {
	r := fullRecord()
	require.Equal(t, r.Time.Add(12345*time.Microsecond), r.End())
}
