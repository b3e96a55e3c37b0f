package point_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// lookWith is look with limits and a visitor that must not matter.
func lookWith(t testing.TB, x *traffic.Exchange, limits point.Limits, path string) (point.Result, traffic.Mark) {
	t.Helper()
	set := new(point.Set)
	slot := set.Reserve(point.MustParsePath(path))
	plan := set.Compile(limits)
	s := scanned(plan, nil, x)
	watched := scanned(plan, new(census), x)
	require.Equal(t, s.Get(slot), watched.Get(slot), "who watches does not change what is found")
	return s.Get(slot), s.Marks()
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func zlibbed(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

// The format is what a slot asks for, if the body looks like it; the type
// only decides in doubt.
func TestBodyFormats(t *testing.T) {
	const (
		token = `{"token":"aaa"}`
		form  = "application/x-www-form-urlencoded"
	)
	f := func(contentType, body, path string, found traffic.Found, want string, marks traffic.Mark) {
		t.Helper()
		got, m := lookWith(t, posted(contentType, body), point.Limits{}, strings.TrimSuffix("REQUEST>BODY>"+path, ">"))
		require.Equal(t, found, got.Found, body)
		require.Equal(t, want, string(got.Text), body)
		require.Equal(t, marks, m, body)
	}
	for _, contentType := range []string{"application/json", "application/vnd.api+json; charset=utf-8", "TEXT/JSON", form, "text/plain", "", "application/octet-stream", "nonsense;;;"} {
		f(contentType, token, "JSON>PROPERTY>token", traffic.Present, "aaa", 0)
		f(contentType, " \r\n\t"+token, "JSON>PROPERTY>token", traffic.Present, "aaa", 0)
		f(contentType, "\xef\xbb\xbf"+token, "JSON>PROPERTY>token", traffic.Present, "aaa", 0)
	}
	f("application/json", `hello`, "JSON>PROPERTY>token", traffic.Undecodable, "", traffic.BodyUndecodable)
	f("text/plain", `hello`, "JSON>PROPERTY>token", traffic.Absent, "", 0)
	f("text/plain", `"aaa"`, "JSON", traffic.Present, "aaa", 0)
	f("", `42`, "JSON", traffic.Present, "42", 0)
	f(form, `token=aaa`, "JSON>PROPERTY>token", traffic.Absent, "", 0)
	f(form, `token=aaa`, "FORM_URLENCODED>token", traffic.Present, "aaa", 0)
	f("", `token=aaa`, "FORM_URLENCODED>token", traffic.Present, "aaa", 0)
	f("text/plain", `token=aaa`, "FORM_URLENCODED>token", traffic.Present, "aaa", 0)
	f("application/json", `token=aaa`, "FORM_URLENCODED>token", traffic.Present, "aaa", 0)
	f("application/json", `{"a":"token=aaa&token=b"}`, "FORM_URLENCODED>token", traffic.Absent, "", 0)
	f("text/xml", `<a>1</a>`, "XML>XML_TAG>a", traffic.Present, "1", 0)
	f("", `<a>1</a>`, "XML>XML_TAG>a", traffic.Present, "1", 0)
	f("application/json", token, "XML>XML_TAG>a", traffic.Absent, "", 0)
	f("", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n", "MULTIPART>a", traffic.Present, "1", traffic.BodyUndecodable)
	f("multipart/form-data; boundary=\"b\"", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n", "MULTIPART>a", traffic.Present, "1", 0)
	f("application/json", `{"query":"{me(id:7){name}}"}`, `GRAPHQL>QUERY>"">PROPERTY>me>ARG>id`, traffic.Present, "7", 0)
	f("", token, "BASE64", traffic.Undecodable, "", traffic.BodyUndecodable)
	f("", "YWFh", "BASE64", traffic.Present, "aaa", 0)
	f("", gzipped(token), "GZIP>JSON>PROPERTY>token", traffic.Present, "aaa", 0)
	f("text/plain", "hello", "", traffic.Present, "hello", 0)
	f("application/json", "", "JSON>PROPERTY>token", traffic.Absent, "", 0)
	f("application/json", " ", "JSON>PROPERTY>token", traffic.Undecodable, "", traffic.BodyUndecodable)
}

func TestBodyValueBytes(t *testing.T) {
	long := strings.Repeat("x", 8000)
	got, marks := lookWith(t, posted("", long), point.Limits{}, "REQUEST>BODY")
	require.Len(t, got.Text, 8000)
	require.Zero(t, marks)
	got, marks = lookWith(t, posted("", long+"x"), point.Limits{}, "REQUEST>BODY")
	require.Equal(t, point.Result{Found: traffic.TooLarge}, got)
	require.Equal(t, traffic.LimitMet, marks)
	got, _ = lookWith(t, posted("", long+"x"), point.Limits{ValueBytes: -1}, "REQUEST>BODY")
	require.Len(t, got.Text, 8001)
	got, _ = lookWith(t, posted("", `{"a":"`+long+`x","b":1}`), point.Limits{}, "REQUEST>BODY>JSON>PROPERTY>a")
	require.Equal(t, traffic.TooLarge, got.Found)
	got, _ = lookWith(t, posted("", `{"a":"`+long+`x","a":"short"}`), point.Limits{}, "REQUEST>BODY>JSON>PROPERTY>a")
	require.Equal(t, "short", string(got.Text))
	got, _ = lookWith(t, posted("", `{"a":"{\"b\":1,\"c\":\"`+long+`\"}"}`), point.Limits{}, "REQUEST>BODY>JSON>PROPERTY>a>JSON>PROPERTY>b")
	require.Equal(t, "1", string(got.Text), "what is too long for a slot may still be decoded")
}

// endless is a body of any size that is only made where it is looked at.
type endless struct {
	start string
	size  int
	err   error
	asked int
}

func (e *endless) ReadAhead(limit int) ([]byte, bool, error) {
	e.asked = limit
	n := min(limit, e.size)
	b := append(make([]byte, 0, n), e.start...)
	for len(b) < n {
		b = append(b, 'x')
	}
	return b[:n], n == e.size, e.err
}

func TestBodyTruncated(t *testing.T) {
	const size = 100 << 20
	limits := point.Limits{BodyBytes: 1000}
	f := func(contentType, start, path string, found traffic.Found, want string) {
		t.Helper()
		body := &endless{start: start, size: size}
		x := posted(contentType, "")
		x.Request.Body = body
		got, marks := lookWith(t, x, limits, "REQUEST>BODY"+path)
		require.Equal(t, 1000, body.asked)
		require.Equal(t, found, got.Found)
		require.Equal(t, want, string(got.Text))
		require.True(t, marks.Has(traffic.BodyTruncated), marks.Names())
		require.False(t, marks.Has(traffic.BodyUndecodable), marks.Names())
	}
	f("application/json", `{"a":"1","b":"`, ">JSON>PROPERTY>a", traffic.Present, "1")
	f("application/json", `{"a":"1","b":"`, ">JSON>PROPERTY>b", traffic.TooLarge, "")
	f("application/json", `{"a":"1","b":"`, ">JSON>PROPERTY>c", traffic.TooLarge, "")
	f("application/x-www-form-urlencoded", `a=1&b=`, ">FORM_URLENCODED>a", traffic.Present, "1")
	f("application/x-www-form-urlencoded", `a=1&b=`, ">FORM_URLENCODED>b", traffic.TooLarge, "")
	f("application/x-www-form-urlencoded", `a=1&b=`, ">FORM_URLENCODED>c", traffic.TooLarge, "")
	f("text/plain", `hello`, "", traffic.TooLarge, "")
	f("application/x-ndjson", "{\"a\":1}\n", ">JSON>ITEM>0>PROPERTY>a", traffic.Present, "1")
	f("application/x-ndjson", "{\"a\":1}\n", ">JSON>ITEM>5>PROPERTY>a", traffic.TooLarge, "")

	// A number may go on behind the cut.
	x := posted("application/json", `{"a":123456}`)
	got, _ := lookWith(t, x, point.Limits{BodyBytes: 9}, "REQUEST>BODY>JSON>PROPERTY>a")
	require.Equal(t, traffic.TooLarge, got.Found)
	got, _ = lookWith(t, x, point.Limits{BodyBytes: 12}, "REQUEST>BODY>JSON>PROPERTY>a")
	require.Equal(t, "123456", string(got.Text))

	// A real error before the cut is one.
	x = posted("application/json", `{"a":nonsense`+strings.Repeat(" ", 100))
	got, marks := lookWith(t, x, point.Limits{BodyBytes: 50}, "REQUEST>BODY>JSON>PROPERTY>a")
	require.Equal(t, traffic.Undecodable, got.Found)
	require.Equal(t, traffic.BodyTruncated|traffic.BodyUndecodable, marks)

	// The body ends early because reading it failed.
	body := &endless{start: `{"a":1,"b":"`, size: 100, err: errors.New("gone")}
	x.Request.Body = body
	got, _ = lookWith(t, x, limits, "REQUEST>BODY>JSON>PROPERTY>a")
	require.Equal(t, "1", string(got.Text))
	got, _ = lookWith(t, x, limits, "REQUEST>BODY>JSON>PROPERTY>b")
	require.Equal(t, traffic.TooLarge, got.Found)
}

func TestBodyNotRead(t *testing.T) {
	body := &endless{size: 10}
	x := posted("application/json", "")
	x.Request.Body = body
	look(t, x, "REQUEST>QUERY>a")
	require.Zero(t, body.asked, "nobody asked for it")
	lookWith(t, x, point.Limits{BodyBytes: -1}, "REQUEST>BODY")
	require.Zero(t, body.asked, "switched off")
	x.Request.Body = nil
	got, _ := lookWith(t, x, point.Limits{}, "REQUEST>BODY")
	require.Equal(t, traffic.Absent, got.Found)
}

func TestContentEncoding(t *testing.T) {
	const token = `{"token":"aaa"}`
	limits := point.Limits{DecodedBytes: 1 << 16}
	f := func(body, path string, found traffic.Found, want string, marks traffic.Mark, encodings ...string) {
		t.Helper()
		x := posted("application/json", body)
		x.Request.Header["Content-Encoding"] = encodings
		got, m := lookWith(t, x, limits, "REQUEST>BODY"+path)
		require.Equal(t, found, got.Found, encodings)
		require.Equal(t, want, string(got.Text), encodings)
		require.Equal(t, marks, m, encodings)
	}
	const path = ">JSON>PROPERTY>token"
	f(gzipped(token), path, traffic.Present, "aaa", 0, "gzip")
	f(gzipped(token), path, traffic.Present, "aaa", 0, "X-GZIP")
	f(gzipped(token), "", traffic.Present, token, 0, "gzip")
	f(zlibbed(token), path, traffic.Present, "aaa", 0, "deflate")
	f(gzipped(zlibbed(token)), path, traffic.Present, "aaa", 0, "deflate, gzip")
	f(gzipped(zlibbed(token)), path, traffic.Present, "aaa", 0, "deflate", "gzip,identity")
	f(token, path, traffic.Present, "aaa", 0, "identity")
	f(token, path, traffic.Present, "aaa", 0, "")
	f(token, path, traffic.Present, "aaa", traffic.BodyUndecodable, "gzip") // a handler that ignores the header reads it so, too
	f(token, path, traffic.Present, "aaa", traffic.BodyUndecodable, "br")
	f(token, "", traffic.Undecodable, "", traffic.BodyUndecodable, "br")
	f("\x1b\x0a\x00", path, traffic.Undecodable, "", traffic.BodyUndecodable, "br")

	// Damaged: what came before counts.
	long := `{"token":"aaa",` + strings.Repeat(`"padding":"0123456789abcdefghijklmnopqrstuvwxyz",`, 200) + `"last":"zzz"}`
	damaged := gzipped(long)
	damaged = damaged[:len(damaged)-20]
	f(damaged, path, traffic.Present, "aaa", traffic.BodyUndecodable, "gzip")
	f(damaged, ">JSON>PROPERTY>last", traffic.Undecodable, "", traffic.BodyUndecodable, "gzip")

	// A bomb: 10 MiB in 10 KiB.
	bomb := gzipped(`{"token":"aaa","bomb":"` + strings.Repeat("0", 10<<20) + `"}`)
	f(bomb, path, traffic.Present, "aaa", traffic.LimitMet, "gzip")
	f(bomb, ">JSON>PROPERTY>bomb", traffic.TooLarge, "", traffic.LimitMet, "gzip")
	f(gzipped(bomb), ">JSON>PROPERTY>bomb", traffic.TooLarge, "", traffic.LimitMet, "gzip, gzip")
}

func TestResponseBody(t *testing.T) {
	x := exchange(t, "GET / HTTP/1.1\nHost: a\n", "HTTP/1.1 200 OK\nContent-Type: application/json\n\n"+`{"token":"aaa","more":"bbb"}`)
	got, marks := lookWith(t, x, point.Limits{}, "RESPONSE>BODY>JSON>PROPERTY>more")
	require.Equal(t, "bbb", string(got.Text))
	require.Zero(t, marks)

	x.Response.Whole, x.Response.Body = false, x.Response.Body[:18]
	got, marks = lookWith(t, x, point.Limits{}, "RESPONSE>BODY>JSON>PROPERTY>token")
	require.Equal(t, "aaa", string(got.Text))
	require.Equal(t, traffic.ResponseTruncated|traffic.LimitMet, marks)
	got, _ = lookWith(t, x, point.Limits{}, "RESPONSE>BODY>JSON>PROPERTY>more")
	require.Equal(t, traffic.TooLarge, got.Found)

	x.Response.Body = nil // its type did not fit
	got, marks = lookWith(t, x, point.Limits{}, "RESPONSE>BODY>JSON>PROPERTY>token")
	require.Equal(t, traffic.Absent, got.Found)
	require.Zero(t, marks)

	x.Response.Body, x.Response.Whole = []byte(gzipped(`{"token":"aaa"}`)), true
	x.Response.Header["Content-Encoding"] = []string{"gzip"}
	got, _ = lookWith(t, x, point.Limits{}, "RESPONSE>BODY>JSON>PROPERTY>token")
	require.Equal(t, "aaa", string(got.Text))
}

// The visitor sees a body once, in its format, or in one piece.
func TestBodyVisited(t *testing.T) {
	f := func(contentType, body string, want ...string) {
		t.Helper()
		set := new(point.Set) // reserved places must not show twice
		for _, p := range []string{"JSON>PROPERTY>a", "FORM_URLENCODED>a", "XML>XML_TAG>a", "GRAPHQL>QUERY>a", "MULTIPART>a"} {
			set.Reserve(point.MustParsePath("REQUEST>BODY>" + p))
		}
		v := new(witness)
		scanned(set.Compile(point.Limits{}), v, posted(contentType, body))
		var in []string
		for _, value := range v.values {
			if rest, ok := strings.CutPrefix(value, "REQUEST → BODY"); ok {
				in = append(in, strings.TrimPrefix(rest, " → "))
			}
		}
		require.Equal(t, want, in, body)
	}
	const form = "application/x-www-form-urlencoded"
	f(form, "a=1&b=2", "FORM_URLENCODED → a = 1", "FORM_URLENCODED → b = 2")
	f(form, `{"a":1}`, "JSON → PROPERTY → a = 1")
	f("application/json", `{"a":1}`, "JSON → PROPERTY → a = 1")
	f("application/json", `a=1`, " = a=1")
	f("application/json", `{"a":1,'b'}`, "JSON → PROPERTY → a = 1", ` = {"a":1,'b'}`)
	f("", `{"a":1}`, "JSON → PROPERTY → a = 1")
	f("", `a=1`, " = a=1")
	f("text/plain", `hello`, " = hello")
	f("text/plain", `<?xml version="1.0"?><a>1</a>`, "XML → XML_TAG → a = 1")
	f("text/html", `<a>1</a>`, " = <a>1</a>")
	f("application/xml", `<a>1</a>`, "XML → XML_TAG → a = 1")
	f("application/octet-stream", `{"a":1}`, ` = {"a":1}`)
	f("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n",
		"MULTIPART → a → HEADER → CONTENT-DISPOSITION = form-data; name=a", "MULTIPART → a = 1")
	f("application/graphql", `query a{b(c:"1")}`, "GRAPHQL → QUERY → a → PROPERTY → b → ARG → c = 1")
}

// Of a body that was cut off the visitor sees what is there.
func TestBodyCutVisited(t *testing.T) {
	f := func(contentType, body string, want ...string) {
		t.Helper()
		got, _ := bodySeen(posted(contentType, body+"behind the cut"), point.Limits{BodyBytes: len(body)})
		require.Equal(t, want, got.values, body)
	}
	f("application/json", `{"a":"b","c":["d`, "JSON → PROPERTY → a = b", "JSON → PROPERTY → c → ITEM → 0 = d")
	f("application/json", `{"a":"b","c`, "JSON → PROPERTY → a = b", "JSON = c")
	f("application/x-www-form-urlencoded", "a=b&c%20=%41", "FORM_URLENCODED → a = b", "FORM_URLENCODED → \"c \" = A")
	f("text/plain", "abc", " = abc")
}
