package export_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"math/rand/v2"
	"net/url"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func TestCSVGolden(t *testing.T) {
	hostile := plain()
	hostile.Path, hostile.Client.UserAgent, hostile.Session.User = "/\x1b[2J\u202egnp.exe\xff", "=HYPERLINK(\"http://evil\")", "x;@SUM(1)"
	var buf bytes.Buffer
	require.NoError(t, export.WriteCSV(&buf, seq(plain(), login(), hostile)))
	golden(t, "records.csv", buf.Bytes())
}

func TestColumnsAreStable(t *testing.T) {
	var b bytes.Buffer
	for _, c := range export.Columns() {
		b.WriteString(c.Name + ": " + c.Doc + "\n")
	}
	golden(t, "columns.txt", b.Bytes())
}

// cell writes s as the path of a record and returns what a CSV reader sees.
func cell(t *testing.T, s string) string {
	t.Helper()
	r := plain()
	r.Path = s
	rows := rows(t, r)
	require.Len(t, rows, 1)
	return rows[0][column(t, "path")]
}

func rows(t *testing.T, records ...*traffic.Record) [][]string {
	t.Helper()
	var buf bytes.Buffer
	require.NoError(t, export.WriteCSV(&buf, seq(records...)))
	require.Equal(t, len(records)+1, strings.Count(buf.String(), "\r\n"), "one record is one line")
	require.Equal(t, len(records)+1, strings.Count(buf.String(), "\n"))
	all, err := csv.NewReader(&buf).ReadAll()
	require.NoError(t, err)
	return all[1:]
}

func column(t *testing.T, name string) int {
	t.Helper()
	for i, c := range export.Columns() {
		if c.Name == name {
			return i
		}
	}
	t.Fatalf("no column %q", name)
	return 0
}

func TestCells(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		require.Equal(t, want, cell(t, in), "%q", in)
	}
	f("", "")
	f("/orders/1", "/orders/1")
	f("a,b", "a,b")
	f(`say "hi"`, `say "hi"`)
	f("é日本😀", "é日本😀")

	// Formulas, also behind spaces and where cells are cut at semicolons.
	f("=1+1", "'=1+1")
	f("+1", "'+1")
	f("-1", "'-1")
	f("@SUM(A1)", "'@SUM(A1)")
	f("  =1+1", "'  =1+1")
	f("＝1", "'＝1")
	f("＋1", "'＋1")
	f("－1", "'－1")
	f("＠1", "'＠1")
	f("x;=1+1", `x\x3b=1+1`)
	f(`x;"=1"`, `x\x3b"=1"`)
	f("(Windows NT 10.0; Win64)", "(Windows NT 10.0; Win64)")

	// Nothing invisible, nothing that ends a line.
	f("a\nb\r\x00\x1b\x7f", `a\x0ab\x0d\x00\x1b\x7f`)
	f("\t=1", `\x09=1`)
	f("\u202e\u2066\u2028\ufeff\u0085\u200f\u061c", `\u202e\u2066\u2028\ufeff\u0085\u200f\u061c`)
	f("\xff\xfeé\xc3", `\xff\xfeé\xc3`)
	f(`a\x41`, `a\\x41`)
	f("�", "�") // a real U+FFFD is no invalid byte
}

func TestCSVParamsAreAQuery(t *testing.T) {
	got := rows(t, login())[0][column(t, "params")]
	q, err := url.ParseQuery(got)
	require.NoError(t, err)
	require.Equal(t, url.Values{"token": {"k1:abcd"}, "note to us": {"-1+1&x"}}, q, "absent ones are left out")
}

func TestCSVLists(t *testing.T) {
	row := rows(t, login())[0]
	require.Equal(t, "sqli|xss", row[column(t, "attacks")])
	require.Equal(t, `'=vip|a\x7cb|slow`, row[column(t, "tags")])
	require.Equal(t, "allowed|gray|withheld", row[column(t, "flags")])
	require.Equal(t, "body_truncated|after_end", row[column(t, "marks")])
}

// Every cell of random records is harmless and every row has all columns.
func TestCSVRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		row := rows(t, random(rnd))[0]
		require.Len(t, row, len(export.Columns()))
		for i, c := range row {
			harmless(t, export.Columns()[i].Name, c)
		}
	}
}

func harmless(t *testing.T, name, c string) {
	t.Helper()
	require.True(t, utf8.ValidString(c), "%s %q", name, c)
	for _, r := range c {
		require.False(t, unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r), "%s %q", name, c)
	}
	for _, part := range strings.Split(c, ";") {
		if part = strings.TrimLeft(part, " "); part != "" && part != c {
			continue // a part behind a semicolon and a space is text
		} else if part != "" {
			require.NotContains(t, "=+-@", part[:1], "%s %q", name, c)
		}
	}
	require.NotRegexp(t, `;[=+\-@"]`, c)
}

func FuzzCSV(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		r := plain()
		r.Path, r.Client.UserAgent = a, b
		r.Tags = []string{a, b}
		r.Params = []traffic.Param{{Name: a, Value: b, Found: traffic.Present}}
		row := rows(t, r)[0]
		for i, c := range row {
			harmless(t, export.Columns()[i].Name, c)
		}
	})
}

func TestCSVErrorOfTheRecords(t *testing.T) {
	var buf bytes.Buffer
	err := export.WriteCSV(&buf, broken(2))
	require.ErrorIs(t, err, errStore)
	require.EqualError(t, err, "export CSV after 2 records: store is gone")
	require.Equal(t, 3, strings.Count(buf.String(), "\n"), "what was complete is written")
}

type failing struct{ after int }

var errFull = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestCSVErrorOfTheWriter(t *testing.T) {
	n := 0
	endless := func(yield func(*traffic.Record, error) bool) {
		for yield(plain(), nil) {
			n++
		}
	}
	err := export.WriteCSV(&failing{after: 100 << 10}, endless)
	require.ErrorIs(t, err, errFull)
	require.ErrorContains(t, err, "write: disk full")
	require.Less(t, n, 2000, "it stops soon")
	require.ErrorIs(t, export.WriteCSV(&failing{}, seq()), errFull, "even the header line")
}
