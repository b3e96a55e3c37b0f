package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

func lines(t *testing.T, records ...*traffic.Record) string {
	t.Helper()
	var buf bytes.Buffer
	require.NoError(t, export.WriteJSONLines(&buf, seq(records...)))
	require.Equal(t, len(records), strings.Count(buf.String(), "\n"), "one record is one line")
	return buf.String()
}

func TestJSONLinesGolden(t *testing.T) {
	hostile := plain()
	hostile.Path, hostile.Client.UserAgent = "/\x1b[2J\u202egnp.exe\xff", `"quoted" \ <b>`
	golden(t, "records.jsonl", []byte(lines(t, plain(), login(), hostile)))
}

// encoding/json is the oracle: same members, same order, same values.
func TestJSONLinesAgreeWithEncodingJSON(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		r := random(rnd)
		want, err := json.Marshal(r)
		require.NoError(t, err)
		got := lines(t, r)
		require.Equal(t, tokens(t, string(want)), tokens(t, got))
	}
}

// tokens takes a JSON text apart, so that only escapes may differ.
func tokens(t *testing.T, s string) (list []json.Token) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return list
		}
		require.NoError(t, err, "%s", s)
		list = append(list, tok)
	}
}

func TestJSONLinesRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var want []*traffic.Record
	for range 500 {
		r := random(rnd)
		valid(r)
		want = append(want, r)
	}
	long := plain()
	long.Path = nasty[len(nasty)-1]
	want = append(want, long, plain())
	var got []*traffic.Record
	for r, err := range export.ReadJSONLines(strings.NewReader(lines(t, want...))) {
		require.NoError(t, err)
		got = append(got, r)
	}
	require.Len(t, got, len(want))
	for i := range want {
		want[i].Time = want[i].Time.UTC()
		require.Equal(t, want[i], got[i])
	}
}

// valid makes the texts of r valid UTF-8: the one loss of JSON.
func valid(r *traffic.Record) {
	fix := func(s *string) { *s = strings.ToValidUTF8(*s, "?") }
	k, s, c := &r.Session.Key, &r.Session, &r.Client
	for _, p := range []*string{&k.Name, &k.Value, &s.User, &s.Role, &c.UserAgent, &c.JA3, &c.JA4, &r.Method,
		&r.Scheme, &r.Proto, &r.Host, &r.Path, &r.Route, &r.Verdict.Control} {
		fix(p)
	}
	for i := range r.Params {
		fix(&r.Params[i].Name)
		fix(&r.Params[i].Value)
	}
	for i := range r.Hits {
		h := &r.Hits[i]
		h.Type = traffic.AttackType(strings.ToValidUTF8(string(h.Type), "?"))
		fix(&h.Point)
		fix(&h.Payload)
		fix(&h.Detector)
	}
	for i := range r.Tags {
		fix(&r.Tags[i])
	}
}

func FuzzJSONLines(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		r := plain()
		r.Path, r.Session.User = a, b
		text := lines(t, r)
		for back, err := range export.ReadJSONLines(strings.NewReader(text)) {
			require.NoError(t, err)
			require.Equal(t, string([]rune(a)), back.Path, "as encoding/json: one U+FFFD per bad byte")
			require.Equal(t, string([]rune(b)), back.Session.User)
		}
	})
}

func TestJSONLinesErrors(t *testing.T) {
	var buf bytes.Buffer
	err := export.WriteJSONLines(&buf, broken(1))
	require.EqualError(t, err, "export JSON lines after 1 records: store is gone")
	require.Equal(t, 1, strings.Count(buf.String(), "\n"))
	require.ErrorIs(t, export.WriteJSONLines(&failing{}, seq(plain())), errFull)
}

// collect reads all, the errors as text.
func collect(r io.Reader) (n int, errs []error) {
	for rec, err := range export.ReadJSONLines(r) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if rec != nil {
			n++
		}
	}
	return n, errs
}

func TestReadJSONLinesGoesOnBehindBadLines(t *testing.T) {
	good := lines(t, plain())
	tooLong := `{"path":"` + strings.Repeat("x", export.MaxLine) + "\"}\n"
	in := good + "\n  \r\n{nope\n" + good + tooLong + `{"marks":["no such"]}` + "\n" + strings.TrimSuffix(good, "\n")
	n, errs := collect(strings.NewReader(in))
	require.Equal(t, 3, n)
	require.Len(t, errs, 3)
	var line *export.LineError
	require.ErrorAs(t, errs[0], &line)
	require.Equal(t, 4, line.Line)
	require.ErrorIs(t, errs[1], export.ErrLineTooLong)
	require.EqualError(t, errs[1], "line 6: longer than 1 MiB")
	require.EqualError(t, errs[2], `line 7: mark "no such": unknown`)

	n, errs = collect(iotest.OneByteReader(strings.NewReader(in)))
	require.Equal(t, 3, n)
	require.Len(t, errs, 3)
}

func TestReadJSONLinesStops(t *testing.T) {
	broken := iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(lines(t, plain()))))
	_, errs := collect(broken)
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], iotest.ErrTimeout)

	n := 0
	for range export.ReadJSONLines(strings.NewReader(lines(t, plain(), plain()))) {
		n++
		break
	}
	require.Equal(t, 1, n)

	n, errs = collect(strings.NewReader(""))
	require.Zero(t, n)
	require.Empty(t, errs)

	_, errs = collect(strings.NewReader(strings.Repeat("x", export.MaxLine+1)))
	require.Len(t, errs, 1)
	require.True(t, errors.Is(errs[0], export.ErrLineTooLong))
}

func FuzzReadJSONLines(f *testing.F) {
	f.Add("{}\n\n{")
	f.Add(`{"id":"zz"}`)
	f.Add(`{"verdict":{"action":"block"},"marks":["limit_met"]}`)
	f.Fuzz(func(t *testing.T, s string) {
		n, errs := collect(strings.NewReader(s))
		require.LessOrEqual(t, n+len(errs), strings.Count(s, "\n")+1)
	})
}
