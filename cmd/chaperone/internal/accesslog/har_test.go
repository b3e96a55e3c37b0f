package accesslog_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/stretchr/testify/require"
)

const harLogin = `{"startedDateTime":"2023-10-10T22:55:36.250+02:00","time":35.5,
 "request":{"method":"POST","url":"https://shop.example/login?x=1","httpVersion":"http/2.0","cookies":[],
  "headers":[{"name":":authority","value":"shop.example"},{"name":"user-agent","value":"x y"},{"name":"Content-Type","value":"application/json"},{"name":"Cookie","value":"a=1"}],
  "queryString":[],"headersSize":-1,"bodySize":17,"postData":{"mimeType":"application/json","text":"{\"user\":\"joe\"}"}},
 "response":{"status":200,"statusText":"OK","httpVersion":"h2","cookies":[],"headers":[{"name":"content-type","value":"application/json"},{"name":"content-encoding","value":"gzip"}],
  "content":{"size":15,"mimeType":"application/json","text":"{\"token\":\"aaa\"}"},"redirectURL":"","headersSize":-1,"bodySize":-1},
 "cache":{},"timings":{"send":0,"wait":30,"receive":5.5},"serverIPAddress":"198.51.100.1"}`

const harForm = `{"startedDateTime":"2023-10-10T20:55:37Z","time":1,
 "request":{"method":"POST","url":"http://shop.example:80/form","httpVersion":"HTTP/1.1","headers":[{"name":"Host","value":"shop.example"}],"bodySize":0,
  "postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a b","value":"1&2"},{"name":"c"}]}},
 "response":{"status":0,"headers":[],"content":{"size":3,"mimeType":"image/png","text":"AQID","encoding":"base64"},"bodySize":3}}`

func har(entries ...string) string {
	return "\xef\xbb\xbf" + `{"log":{"version":"1.2","creator":{"name":"a \"}] b","version":"1"},"pages":[{"id":"p","entries":[1,2]}],"entries": [ ` +
		strings.Join(entries, " ,\n") + ` ],"comment":"behind"}}`
}

func TestHAR(t *testing.T) {
	list, s := readAll(t, har(harLogin, harForm), accesslog.Options{})
	require.Len(t, list, 2)
	require.Zero(t, s.Malformed)
	require.NoError(t, s.Damage)
	e := list[0]
	require.Equal(t, 1, e.Line)
	require.Equal(t, at("2023-10-10T20:55:36.25Z"), e.Time)
	require.Equal(t, want{client: "127.0.0.1", host: "shop.example", scheme: "https", method: "POST", target: "/login?x=1", proto: "2.0",
		status: 200, in: 17, out: 15, ua: "x y", span: 35500 * time.Microsecond}, got(e))
	require.Equal(t, `{"user":"joe"}`, string(e.RequestBody))
	require.Equal(t, `{"token":"aaa"}`, string(e.ResponseBody))
	require.Equal(t, []accesslog.Field{{Name: "Content-Type", Value: "application/json"}}, e.Answered, "the content is decoded already")
	require.Equal(t, "a=1", field(e, "Cookie"))

	e = list[1]
	require.Equal(t, want{client: "127.0.0.1", host: "shop.example", scheme: "http", method: "POST", target: "/form", proto: "1.1", in: 12, out: 3, span: time.Millisecond}, got(e))
	require.Equal(t, "a+b=1%262&c=", string(e.RequestBody))
	require.Equal(t, "application/x-www-form-urlencoded", field(e, "Content-Type"))
	require.Equal(t, []byte{1, 2, 3}, e.ResponseBody)
}

func TestHAREdges(t *testing.T) {
	list, s := readAll(t, har(), accesslog.Options{})
	require.Empty(t, list)
	require.NoError(t, s.Damage)
	for _, entry := range []string{`1`, `"x"`, `null`, `[]`, `{}`, `{"request":{}}`} {
		list, s = readAll(t, har(entry, harLogin), accesslog.Options{})
		require.Len(t, list, 1, "%s", entry)
		require.Equal(t, 1, s.Malformed)
		require.Equal(t, 2, list[0].Line)
	}
	f := func(entry string, want accesslog.Reason) {
		t.Helper()
		require.Equal(t, want, reasonOf(t, har(entry), accesslog.Options{}), "%s", entry)
	}
	f(`{"startedDateTime":}`, accesslog.BadJSON)
	f(`{]`, accesslog.BadJSON)
	f(`{"startedDateTime":"2023-10-10T20:55:37Z","request":{"method":"GET"}}`, accesslog.NoRequest)
	f(`{"startedDateTime":"yesterday","request":{"method":"GET","url":"/"}}`, accesslog.NoTime)
	f(`{"startedDateTime":"2023-10-10T20:55:37Z","request":{"method":"GET","url":"/"},"response":{"status":2000}}`, accesslog.BadStatus)
}

// A HAR cut anywhere gives the whole entries before the cut.
func TestHARCutAnywhere(t *testing.T) {
	whole := har(harLogin, harForm)
	step := 1
	if testkit.Race {
		step = 17
	}
	for n := 0; n < len(whole)-len(` ],"comment":"behind"}}`); n += step {
		list, s := readAll(t, whole[:n], accesslog.Options{Format: accesslog.HAR})
		require.Error(t, s.Damage, "cut at %d", n)
		entries := strings.Count(whole[:n], harLogin) + strings.Count(whole[:n], harForm)
		require.Len(t, list, entries)
		require.LessOrEqual(t, s.Malformed, 1)
	}
}

func TestHARThatIsNone(t *testing.T) {
	for _, text := range []string{"", "x", "{}", `{"log":[]}`, `{"log":{}}`, `{"log":{"entries":{}}}`, `{"log":{"a":1,"entries":5}}`, `{"a":]`, `{1:2}`, `{"log" {`} {
		list, s := readAll(t, text, accesslog.Options{Format: accesslog.HAR})
		require.Empty(t, list, "%s", text)
		require.Error(t, s.Damage, "%s", text)
		require.Zero(t, s.Lines)
	}
}

// The size of entries, not of the file, bounds the memory; an entry that is
// too large is passed over.
func TestHARMemory(t *testing.T) {
	huge := strings.Replace(harLogin, `{\"user\":\"joe\"}`, strings.Repeat(`\"a\\`, accesslog.MaxHAREntry/4), 1)
	list, s := readAll(t, har(harForm, huge, harLogin), accesslog.Options{})
	require.Len(t, list, 2)
	require.Equal(t, 1, s.Reasons[accesslog.TooLong])

	const n = 500
	body := strings.Replace(harLogin, `{\"user\":\"joe\"}`, strings.Repeat("x", 50<<10), 1)
	parts := []io.Reader{strings.NewReader(strings.TrimSuffix(har(), ` ],"comment":"behind"}}`) + body)}
	for range n - 1 {
		parts = append(parts, strings.NewReader(","+body))
	}
	parts = append(parts, strings.NewReader("]}}"))
	r, err := accesslog.NewReader("big.har", io.MultiReader(parts...), accesslog.Options{})
	require.NoError(t, err)
	var e accesslog.Entry
	count := 0
	var before, now runtime.MemStats
	for r.Next(&e) == nil {
		if count++; count == 100 {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&now)
	require.Equal(t, n, count)
	require.Less(t, int64(now.HeapAlloc)-int64(before.HeapAlloc), int64(4<<20), "25 MB went through")
}

// The splitter finds the same entries as encoding/json, read in any pieces.
func FuzzHAR(f *testing.F) {
	f.Add([]byte(har(harLogin, harForm)))
	f.Add([]byte(har(`1`, `"\\"`, `[["]"]]`, `{"a":{"}":"{"}}`)))
	f.Add([]byte(`{"log":{"entries":[{"a":"\\\\\""},2`))
	f.Fuzz(func(t *testing.T, text []byte) {
		o := accesslog.Options{Format: accesslog.HAR}
		_, s := readAll(t, string(text), o)
		r, err := accesslog.NewReader("a.log", iotest.OneByteReader(bytes.NewReader(text)), o)
		if err != nil {
			return // cut within the head of a gzip stream
		}
		var e accesslog.Entry
		for r.Next(&e) == nil {
		}
		require.Equal(t, s.Accepted, r.Stats().Accepted)
		require.Equal(t, s.Malformed, r.Stats().Malformed)

		var doc struct {
			Log struct {
				Entries []json.RawMessage `json:"entries"`
			} `json:"log"`
		}
		ok := json.Unmarshal(text, &doc) == nil && bytes.Count(text, []byte(`"entries"`)) == 1 && bytes.Count(text, []byte(`"log"`)) == 1
		if ok && doc.Log.Entries != nil {
			require.Equal(t, len(doc.Log.Entries), s.Lines)
		}
	})
}

func TestHARBase64ThatIsNone(t *testing.T) {
	bad := strings.Replace(harForm, "AQID", "A?", 1)
	list, _ := readAll(t, har(bad), accesslog.Options{})
	require.Empty(t, list[0].ResponseBody)
	_, err := base64.StdEncoding.DecodeString("A?")
	require.Error(t, err)
}
