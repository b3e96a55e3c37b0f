package accesslog_test

import (
	"strings"
	"testing"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

const loginText = "POST /login?x=1 HTTP/1.1\r\nHost: shop.example:80\r\nUser-Agent: x y\r\ncontent-type: application/json\r\nContent-Length: 14\r\nX-Long: a\r\n  b\r\n\r\n{\"user\":\"joe\"}" +
	"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n{\"token\":\"aaa\"}\n"

func TestParseHTTP(t *testing.T) {
	for name, text := range map[string]string{"CRLF": loginText, "LF": strings.ReplaceAll(loginText, "\r", ""), "lines before": "\n\r\n" + loginText} {
		t.Run(name, func(t *testing.T) {
			e, err := accesslog.ParseHTTP(text)
			require.NoError(t, err)
			require.Equal(t, "POST", e.Method)
			require.Equal(t, "/login?x=1", e.Target)
			require.Equal(t, "1.1", e.Proto)
			require.Equal(t, "shop.example", e.Host)
			require.Equal(t, "x y", e.UserAgent())
			require.Contains(t, e.Asked, accesslog.Field{Name: "X-Long", Value: "a b"})
			require.Equal(t, `{"user":"joe"}`, string(e.RequestBody))
			require.Equal(t, 200, e.Status)
			require.Equal(t, []accesslog.Field{{Name: "Content-Type", Value: "application/json"}, {Name: "Set-Cookie", Value: "a=1"}, {Name: "Set-Cookie", Value: "b=2"}}, e.Answered)
			require.Equal(t, `{"token":"aaa"}`, string(e.ResponseBody))
		})
	}
}

func TestParseHTTPBodies(t *testing.T) {
	f := func(rest, request, response string, status int) {
		t.Helper()
		e, err := accesslog.ParseHTTP("POST / HTTP/1.1\n" + rest)
		require.NoError(t, err, "%q", rest)
		require.Equal(t, request, string(e.RequestBody), "%q", rest)
		require.Equal(t, response, string(e.ResponseBody), "%q", rest)
		require.Equal(t, status, e.Status)
	}
	f("", "", "", 0)
	f("A: b", "", "", 0)
	f("A:b\n\n", "", "", 0)
	f("\nbody\n", "body", "", 0)
	f("\nbody\r\n", "body", "", 0)
	f("\nbody\n\n", "body\n", "", 0)
	f("Content-Length: 6\n\nbody\n\n", "body\n\n", "", 0)
	f("Content-Length: 2\n\nbody\n", "body", "", 0)   // edited: not believed
	f("Content-Length: 200\n\nbody\n", "body", "", 0) // edited: not believed
	f("Content-Length: x\n\nbody", "body", "", 0)
	f("Transfer-Encoding: chunked\n\n4\r\nbody\r\n0\r\n\r\n", "body", "", 0)
	f("Transfer-Encoding: chunked\n\nbody", "body", "", 0)
	f("\nHTTP/1.1 204 No Content\n", "", "", 204)
	f("\nHTTP/1.1 204", "", "", 204)
	f("\nHTTP/2 200\n\nanswer", "", "answer", 200)
	f("\nbody\nHTTP/1.1 is nice\nbody\n\nHTTP/1.1 200 OK\n\nanswer\n\n", "body\nHTTP/1.1 is nice\nbody", "answer\n", 200)
}

func TestParseHTTPErrors(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := accesslog.ParseHTTP(text)
		require.ErrorContains(t, err, want, "%q", text)
	}
	f("", `first line "": want METHOD TARGET HTTP/VERSION`)
	f("hello", "first line")
	f("GET / HTTP/1.1\nno colon\n\n", `request: header line "no colon": want Name: value, or an empty line before the body`)
	f("GET / HTTP/1.1\n folded: x\n", "request: header line")
	f("GET / HTTP/1.1\n: x\n", "request: header line")
	f("GET / HTTP/1.1\nA B: x\n", "request: header line")
	f("GET / HTTP/1.1\n\nHTTP/1.1 OK\n", "response: first line")
	f("GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nno colon", "response: header line")
	f("GET / HTTP/1.1\n"+strings.Repeat("A: b\n", 300), "more than 256 header fields")
}

func FuzzParseHTTP(f *testing.F) {
	f.Add(loginText)
	f.Add("GET / HTTP/1.1\n\nbody\n\nHTTP/2 200\n\nx")
	f.Add("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n4\r\nbody\r\n0\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := accesslog.ParseHTTP(text)
		if err != nil {
			return
		}
		if e.Method == "" || e.Target == "" || len(e.RequestBody)+len(e.ResponseBody) > len(text) {
			t.Fatalf("%+v", e)
		}
	})
}
