package accesslog_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

const good = `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "x"`

func TestReaderCounts(t *testing.T) {
	log := "\n" + good + "\r\n\n  \nnonsense\n" + good + "\nmore\n" + strings.Replace(good, "GET / HTTP/1.1", `\x16\x03`, 1)
	list, s := readAll(t, log, accesslog.Options{Examples: 1})
	require.Equal(t, []int{2, 6, 8}, []int{list[0].Line, list[1].Line, list[2].Line}, "numbers of lines count blank ones")
	require.Equal(t, 5, s.Lines)
	require.Equal(t, 3, s.Accepted)
	require.Equal(t, 2, s.Malformed)
	require.Equal(t, 2, s.Reasons[accesslog.NotRecognised])
	require.Equal(t, 1, s.Garbage)
	require.Equal(t, 3, s.Blank)
	require.Len(t, s.Examples, 1)
	require.Equal(t, `a.log:5: not an access log line: "nonsense"`, s.Examples[0].String())
	require.Equal(t, at("2023-10-10T20:55:36Z"), s.First)
	require.Equal(t, s.First, s.Last)
}

func TestReaderOneByteAtATime(t *testing.T) {
	log := good + "\nnonsense\n" + good
	r, err := accesslog.NewReader("a", iotest.OneByteReader(strings.NewReader(log)), accesslog.Options{})
	require.NoError(t, err)
	var e accesslog.Entry
	require.NoError(t, r.Next(&e))
	require.NoError(t, r.Next(&e))
	require.Equal(t, 3, e.Line)
	require.Equal(t, io.EOF, r.Next(&e))
}

func TestReaderEmpty(t *testing.T) {
	for _, log := range []string{"", "\n", "\n\n \n\x00\x00"} {
		list, s := readAll(t, log, accesslog.Options{})
		require.Empty(t, list)
		require.Zero(t, s.Lines, "%q", log)
	}
}

func TestReaderOddStarts(t *testing.T) {
	// A byte order mark, and the zeros a log rotated by copying starts with.
	for _, start := range []string{"\xef\xbb\xbf", "\x00\x00\x00\x00", " "} {
		list, s := readAll(t, start+good+"\n", accesslog.Options{})
		require.Len(t, list, 1, "%q", start)
		require.Zero(t, s.Malformed)
	}
}

func TestReaderLongLines(t *testing.T) {
	pad := func(n int) string { return good[:len(good)-1] + strings.Repeat("x", n-len(good)) + `"` }
	log := pad(accesslog.MaxLine) + "\r\n" + pad(accesslog.MaxLine+1) + "\n" + pad(3*accesslog.MaxLine) + "\n" + good + "\n"
	list, s := readAll(t, log, accesslog.Options{})
	require.Len(t, list, 2)
	require.Equal(t, accesslog.MaxLine, len(list[0].UserAgent())+len(good)-1)
	require.Equal(t, 4, list[1].Line)
	require.Equal(t, 2, s.Reasons[accesslog.TooLong])
	require.Len(t, s.Examples[0].Text, 200, "an example is short")
}

func TestReaderGzip(t *testing.T) {
	two := append(pack(t, good+"\n"), pack(t, good+"\n")...) // as logrotate and cat make them
	list, s := readAll(t, string(two), accesslog.Options{})
	require.Len(t, list, 2)
	require.NoError(t, s.Damage)

	// Text behind the stream is no gzip.
	_, s = readAll(t, string(two)+"trailing", accesslog.Options{})
	require.Equal(t, 2, s.Accepted)
	require.Error(t, s.Damage)

	flipped := bytes.Clone(two)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	_, s = readAll(t, string(flipped), accesslog.Options{})
	require.Equal(t, 2, s.Accepted)
	require.ErrorContains(t, s.Damage, "checksum")

	_, err := accesslog.NewReader("a", strings.NewReader("\x1f\x8b\x00nonsense-nonsense"), accesslog.Options{})
	require.ErrorContains(t, err, "gzip")
}

// A gzip file cut at any byte gives the whole lines before the cut.
func TestReaderGzipCutAnywhere(t *testing.T) {
	var text strings.Builder
	for i := range 50 {
		text.WriteString(strings.Replace(good, "GET /", "GET /"+strings.Repeat("ab", i), 1) + "\n")
	}
	whole := pack(t, text.String())
	last := 0
	for n := 11; n < len(whole); n++ {
		list, s := readAll(t, string(whole[:n]), accesslog.Options{Format: accesslog.Text})
		require.Error(t, s.Damage, "cut at %d", n)
		require.GreaterOrEqual(t, len(list), last, "more bytes, more lines")
		require.Equal(t, s.Malformed, s.Reasons[accesslog.CutOff])
		require.LessOrEqual(t, s.Malformed, 1)
		last = len(list)
		for i, e := range list {
			require.Equal(t, "/"+strings.Repeat("ab", i), e.Target)
		}
	}
	require.Equal(t, 50, last)
}

func TestReaderDiskError(t *testing.T) {
	sick := io.MultiReader(strings.NewReader(strings.Repeat(good+"\n", 2000)), iotest.ErrReader(errors.New("disk on fire")))
	r, err := accesslog.NewReader("a.log", sick, accesslog.Options{})
	require.NoError(t, err)
	var e accesslog.Entry
	n := 0
	for err = r.Next(&e); err == nil; err = r.Next(&e) {
		n++
	}
	require.EqualError(t, err, "read log a.log: line 2001: disk on fire")
	require.Equal(t, 2000, n)
	require.Equal(t, io.EOF, r.Next(&e))

	_, err = accesslog.NewReader("a.log", iotest.ErrReader(errors.New("disk on fire")), accesslog.Options{})
	require.EqualError(t, err, "open log a.log: read: disk on fire")
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	_, err := accesslog.Open(filepath.Join(dir, "none"), accesslog.Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "open log: ")
	_, err = accesslog.Open(dir, accesslog.Options{})
	require.ErrorContains(t, err, "is a directory")

	file := filepath.Join(dir, "a.log.gz")
	packed := pack(t, good+"\n")
	require.NoError(t, os.WriteFile(file, packed, 0o600))
	r, err := accesslog.Open(file, accesslog.Options{})
	require.NoError(t, err)
	require.Equal(t, file, r.Name())
	require.Equal(t, accesslog.Text, r.Format())
	var e accesslog.Entry
	require.NoError(t, r.Next(&e))
	require.Equal(t, io.EOF, r.Next(&e))
	read, size := r.Progress()
	require.EqualValues(t, len(packed), size)
	require.Equal(t, size, read)
	require.NoError(t, r.Close())
}

func TestEntryID(t *testing.T) {
	list, _ := readAll(t, good+"\n"+good, accesslog.Options{})
	require.NotEqual(t, list[0].ID(), list[1].ID())
	again, _ := readAll(t, good+"\n"+good, accesslog.Options{})
	require.Equal(t, list[0].ID(), again[0].ID(), "the same each time the log is read")
	other := accesslog.Entry{Source: "b.log", Line: 1}
	require.NotEqual(t, list[0].ID(), other.ID())
	byHand := accesslog.Entry{Source: "a.log", Line: 1}
	require.Equal(t, list[0].ID(), byHand.ID())
}

func TestFill(t *testing.T) {
	e := one(t, `{"method":"POST","uri":"/a?b","time":"2023-10-10T20:55:36Z","host":"h","remote_addr":"192.0.2.1","scheme":"https",`+
		`"user_agent":"x","cookie_a":"1","cookie_b":"2","http_x_tag":"t","sent_http_content_type":"text/plain","request_time":1.5,"status":201,`+
		`"body_bytes_sent":7,"ja4":"t13d","http_authorization":"REDACTED","server_protocol":"HTTP/1.1"}`, accesslog.Options{})
	var x traffic.Exchange
	x.Params = append(x.Params, traffic.Param{Name: "old"})
	e.Request(&x)
	require.Empty(t, x.Params, "nothing is left of the last request")
	require.Equal(t, at("2023-10-10T20:55:36Z"), x.Time)
	require.Equal(t, e.ID(), x.ID)
	require.Equal(t, traffic.DefaultApp, x.App)
	require.Equal(t, traffic.Client{Addr: e.Client, UserAgent: "x", JA4: "t13d"}, x.Client)
	require.Equal(t, traffic.Request{Method: "POST", Scheme: "https", Proto: "1.1", Host: "h", Target: "/a?b",
		Header: traffic.Header{"User-Agent": {"x"}, "Cookie": {"a=1; b=2"}, "X-Tag": {"t"}}}, x.Request)
	require.Zero(t, x.Response)
	e.Response(&x)
	require.Equal(t, 1500*time.Millisecond, x.Duration)
	require.Equal(t, traffic.Response{Status: 201, Length: 7, Header: traffic.Header{"Content-Type": {"text/plain"}}}, x.Response)
}

func TestFillRepeatedFields(t *testing.T) {
	e := accesslog.Entry{Asked: []accesslog.Field{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}, {Name: "A", Value: "3"}, {Name: "C", Value: "4"}}}
	var x traffic.Exchange
	for range 2 { // the second time in the memory of the first
		e.Request(&x)
		require.Equal(t, traffic.Header{"A": {"1", "3"}, "B": {"2"}, "C": {"4"}}, x.Request.Header)
	}
}

func TestFillGivesTheBodyThatIsWanted(t *testing.T) {
	e := accesslog.Entry{RequestBody: []byte("in"), ResponseBody: []byte(`{"token":"aaa"}`), BytesOut: 15,
		Answered: []accesslog.Field{{Name: "Content-Type", Value: "application/json"}}}
	var x traffic.Exchange
	f := func(want traffic.Want, body string, whole bool) {
		t.Helper()
		e.Request(&x)
		x.Response.Want = want
		e.Response(&x)
		require.Equal(t, body, string(x.Response.Body))
		require.Equal(t, whole, x.Response.Whole)
		in, all, err := x.Request.Body.ReadAhead(100)
		require.NoError(t, err)
		require.True(t, all)
		require.Equal(t, "in", string(in))
	}
	f(traffic.Want{}, "", false)
	f(traffic.Want{Limit: 100, Kinds: traffic.KindXML}, "", false)
	f(traffic.Want{Limit: 100, Kinds: traffic.KindJSON}, `{"token":"aaa"}`, true)
	f(traffic.Want{Limit: 5, Kinds: traffic.KindJSON}, `{"tok`, false)
	e.ResponseBody = nil
	f(traffic.Want{Limit: 5, Kinds: traffic.KindJSON}, "", false) // the log has no bodies
}

func TestFormatNames(t *testing.T) {
	for i, n := range accesslog.FormatNames() {
		f, err := accesslog.ParseFormat(strings.ToUpper(n))
		require.NoError(t, err)
		require.Equal(t, accesslog.Format(i), f)
		require.Equal(t, n, f.String())
	}
	for alias, want := range map[string]accesslog.Format{"": accesslog.Auto, "combined": accesslog.Text, "caddy": accesslog.JSON, "elb": accesslog.ALB} {
		f, err := accesslog.ParseFormat(alias)
		require.NoError(t, err)
		require.Equal(t, want, f)
	}
	_, err := accesslog.ParseFormat("iis")
	require.EqualError(t, err, `format "iis": want one of auto, text, json, alb, zoraxy, har`)
}

func TestFormatIsFoundByMostLines(t *testing.T) {
	r, err := accesslog.NewReader("a", strings.NewReader("noise\n{}\n"+good+"\n"), accesslog.Options{})
	require.NoError(t, err)
	require.Equal(t, accesslog.Text, r.Format())
	r, err = accesslog.NewReader("a", strings.NewReader("{}\n{}\nx"), accesslog.Options{})
	require.NoError(t, err)
	require.Equal(t, accesslog.JSON, r.Format(), "when no line can be read, what the lines look like")
	_, s := readAll(t, good, accesslog.Options{Format: accesslog.JSON})
	require.Equal(t, 1, s.Malformed, "a given format is not doubted")
}

func TestReasonTexts(t *testing.T) {
	for r := accesslog.NotRecognised; r <= accesslog.CutOff; r++ {
		require.NotEmpty(t, r.String())
		require.NotContains(t, r.String(), "invalid")
	}
	require.Equal(t, "invalid(99)", accesslog.Reason(99).String())
}

func TestStatsAdd(t *testing.T) {
	_, a := readAll(t, good+"\nx\ny\n\n", accesslog.Options{})
	_, b := readAll(t, strings.Replace(good, "2023", "2020", 1)+"\nz\n", accesslog.Options{})
	var sum accesslog.Stats
	sum.Add(a, 2)
	sum.Add(b, 2)
	require.Equal(t, 5, sum.Lines)
	require.Equal(t, 2, sum.Accepted)
	require.Equal(t, 3, sum.Malformed)
	require.Equal(t, 1, sum.Blank)
	require.Equal(t, 3, sum.Reasons[accesslog.NotRecognised])
	require.Len(t, sum.Examples, 2)
	require.Equal(t, 2020, sum.First.Year())
	require.Equal(t, 2023, sum.Last.Year())
}
