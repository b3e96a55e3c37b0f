package point_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// exchange makes an exchange of the text of a request and of a response, as
// they come over the wire; lines may end in \n. The response may be "".
func exchange(t testing.TB, request, response string) *traffic.Exchange {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire(request))))
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	x := &traffic.Exchange{App: traffic.DefaultApp, Request: traffic.Request{
		Method: r.Method, Scheme: "https", Proto: strings.TrimPrefix(r.Proto, "HTTP/"), Host: r.Host,
		Target: r.RequestURI, Header: traffic.Header(r.Header), Body: traffic.Bytes(body),
	}}
	x.Client.UserAgent = r.UserAgent()
	if response == "" {
		return x
	}
	a, err := http.ReadResponse(bufio.NewReader(strings.NewReader(wire(response))), r)
	require.NoError(t, err)
	body, err = io.ReadAll(a.Body)
	require.NoError(t, err)
	x.Response = traffic.Response{Status: a.StatusCode, Header: traffic.Header(a.Header), Body: body, Whole: true}
	return x
}

// wire ends the lines of the head in \r\n and says how long the body is.
func wire(message string) string {
	head, body, _ := strings.Cut(message, "\n\n")
	head = strings.ReplaceAll(strings.TrimSuffix(head, "\n"), "\n", "\r\n")
	return head + "\r\nContent-Length: " + itoa(len(body)) + "\r\n\r\n" + body
}

func itoa(n int) string {
	var b []byte
	for ; n > 9; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(append([]byte{byte('0' + n)}, b...))
}

// look scans x for one path and returns what was found there.
func look(t testing.TB, x *traffic.Exchange, path string) (point.Result, *point.Scan) {
	t.Helper()
	p, err := point.ParsePath(path)
	require.NoError(t, err)
	set := new(point.Set)
	slot := set.Reserve(p)
	s := scanned(set.Compile(point.Limits{}), nil, x)
	return s.Get(slot), s
}

// scanned scans both sides of x.
func scanned(plan *point.Plan, v point.Visitor, x *traffic.Exchange) *point.Scan {
	s := new(point.Scan)
	s.Reset(plan, v)
	s.Request(x)
	s.Response(x)
	return s
}

const johnDoe = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." +
	"eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ." +
	"SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"

// The worked examples of SEMANTICS 3.3, each in both notations where the table
// has both.
var worked = []struct {
	name, request, response string
	paths                   []string // of the same value
	want                    string
}{
	{name: "path 0", request: "GET /blogs/123/index.php?q=aaa HTTP/1.1\nHost: a\n",
		paths: []string{"[path,0]", "REQUEST → PATH → 0"}, want: "blogs"},
	{name: "path 1", request: "GET /blogs/123/index.php?q=aaa HTTP/1.1\nHost: a\n",
		paths: []string{"[path,1]", "REQUEST → PATH → 1"}, want: "123"},
	{name: "action name", request: "GET /blogs/123/index.php?q=aaa HTTP/1.1\nHost: a\n",
		paths: []string{"[action_name]", "REQUEST → ACTION_NAME"}, want: "index"},
	{name: "action ext", request: "GET /blogs/123/index.php?q=aaa HTTP/1.1\nHost: a\n",
		paths: []string{"[action_ext]", "REQUEST → ACTION_EXT"}, want: "php"},
	{name: "query", request: "GET /blogs/123/index.php?q=aaa HTTP/1.1\nHost: a\n",
		paths: []string{"[query,'q']", "[get,'q']", "REQUEST → QUERY → q"}, want: "aaa"},
	{name: "uri", request: "GET /blogs/123/index.php?q=aaa HTTP/1.1\nHost: a\n",
		paths: []string{"[uri]", "REQUEST → URI"}, want: "/blogs/123/index.php?q=aaa"},
	{name: "query hash", request: "GET /?p1[x]=1&p2[]=aaa&p2[]=bbb HTTP/1.1\nHost: a\n",
		paths: []string{"[query,'p1',hash,'x']", "REQUEST → QUERY → p1 → PROPERTY → x"}, want: "1"},
	{name: "query array", request: "GET /?p1[x]=1&p2[]=aaa&p2[]=bbb HTTP/1.1\nHost: a\n",
		paths: []string{"[query,'p2',array,1]", "REQUEST → QUERY → p2 → ITEM → 1"}, want: "bbb"},
	{name: "repeated item", request: "GET /?p3=1&p3=2 HTTP/1.1\nHost: a\n",
		paths: []string{"[query,'p3',array,0]", "REQUEST → QUERY → p3 → ITEM → 0"}, want: "1"},
	{name: "repeated pollution", request: "GET /?p3=1&p3=2 HTTP/1.1\nHost: a\n",
		paths: []string{"[query,'p3',pollution]", "REQUEST → QUERY → p3 → POLLUTION"}, want: "1,2"},
	{name: "cookie", request: "GET / HTTP/1.1\nHost: a\nCookie: a=1; b=2\n",
		paths: []string{"[header,'COOKIE',cookie,'b']", "REQUEST → COOKIE → b"}, want: "2"},
	{name: "repeated header", request: "GET / HTTP/1.1\nHost: a\nX-Test: aaa\nX-Test: bbb\n",
		paths: []string{"[header,'X-TEST',array,1]", "REQUEST → HEADER → X-TEST → ITEM → 1"}, want: "bbb"},
	{name: "header pollution", request: "GET / HTTP/1.1\nHost: a\nX-Test: aaa\nX-Test: bbb\n",
		paths: []string{"[header,'X-TEST',pollution]", "REQUEST → HEADER → x-test → POLLUTION"}, want: "aaa,bbb"},
	{name: "json array", request: "POST / HTTP/1.1\nHost: a\nContent-Type: application/json\n\n" +
		`{"p1":"value","p2":["v1","v2"],"p3":{"somekey":"somevalue"}}`,
		paths: []string{"[post,json_doc,hash,'p2',array,1]", "REQUEST → BODY → JSON → PROPERTY → p2 → ITEM → 1"}, want: "v2"},
	{name: "json nested", request: "POST / HTTP/1.1\nHost: a\nContent-Type: application/json\n\n" +
		`{"p1":"value","p2":["v1","v2"],"p3":{"somekey":"somevalue"}}`,
		paths: []string{"[post,json_doc,hash,'p3',hash,'somekey']", "REQUEST → BODY JSON → PROPERTY → p3 → PROPERTY → somekey"}, want: "somevalue"},
	{name: "jwt claim", request: "GET / HTTP/1.1\nHost: a\nAuthorization: Bearer " + johnDoe + "\n",
		paths: []string{"[header,'AUTHORIZATION',jwt,'jwt_payload',base64,json_doc,hash,'name']",
			"REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → name"}, want: "John Doe"},
	{name: "jwt cookie", request: "GET / HTTP/1.1\nHost: a\nCookie: human-id=eyJhbGciOiJub25lIn0.eyJoaWQiOiJoLTEyMyJ9.\n",
		paths: []string{"REQUEST → COOKIE → human-id → JWT → jwt_payload → PROPERTY → hid"}, want: "h-123"},
	{name: "form", request: "POST / HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded\n\nlogin=joe",
		paths: []string{"[post,form_urlencoded,'login']", "REQUEST → BODY → FORM_URLENCODED → login"}, want: "joe"},
	{name: "form hash", request: "POST / HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded\n\np2[a]=2&p3[]=x",
		paths: []string{"[post,form_urlencoded,'p2',hash,'a']"}, want: "2"},
	{name: "form array", request: "POST / HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded\n\np2[a]=2&p3[]=x",
		paths: []string{"[post,form_urlencoded,'p3',array,0]"}, want: "x"},
	{name: "response", request: "GET / HTTP/1.1\nHost: a\n",
		response: "HTTP/1.1 200 OK\nContent-Type: application/json\n\n" + `{"token":"aaa"}`,
		paths:    []string{"[response_body,json_doc,hash,'token']", "RESPONSE → BODY → JSON → PROPERTY → token"}, want: "aaa"},
	{name: "graphql", request: "POST / HTTP/1.1\nHost: a\nContent-Type: application/graphql\n\n" + `query GetUser{user(id:"1"){name}}`,
		paths: []string{"[post,gql,gql_query,'GetUser',hash,'user',gql_arg,hash,'id']",
			"REQUEST → BODY → GRAPHQL → QUERY → GetUser → PROPERTY → user → ARG → id"}, want: "1"},
	{name: "graphql in json", request: "POST / HTTP/1.1\nHost: a\nContent-Type: application/json\n\n" +
		`{"operationName":"GetUser","query":"query GetUser{user(id:\"1\"){name}}"}`,
		paths: []string{"[post,json_doc,hash,'query',gql,gql_query,'GetUser',hash,'user',gql_arg,hash,'id']",
			"REQUEST → BODY → GRAPHQL → QUERY → GetUser → PROPERTY → user → ARG → id"}, want: "1"},
	{name: "multipart file", request: "POST / HTTP/1.1\nHost: a\nContent-Type: multipart/form-data; boundary=xx\n\n" +
		"--xx\r\nContent-Disposition: form-data; name=\"someparam\"; filename=\"a.txt\"\r\n\r\nfile bytes\r\n--xx--\r\n",
		paths: []string{"[post,multipart,'someparam',file]", "REQUEST → BODY → MULTIPART → someparam → FILE"}, want: "file bytes"},
}

func TestWorkedExamples(t *testing.T) {
	for _, c := range worked {
		t.Run(c.name, func(t *testing.T) {
			x := exchange(t, c.request, c.response)
			for _, path := range c.paths {
				got, _ := look(t, x, path)
				require.Equal(t, traffic.Present, got.Found, path)
				require.Equal(t, c.want, string(got.Text), path)
				require.Equal(t, 1, got.Count, path)
			}
		})
	}
}

// All worked examples in one plan, with somebody watching: neither must make
// a difference.
func TestWorkedExamplesTogether(t *testing.T) {
	set := new(point.Set)
	for _, c := range worked {
		for _, path := range c.paths {
			set.Reserve(point.MustParsePath(path))
		}
	}
	plan := set.Compile(point.Limits{})
	for _, c := range worked {
		for _, v := range []point.Visitor{nil, new(census)} {
			s := scanned(plan, v, exchange(t, c.request, c.response))
			for _, path := range c.paths {
				got := s.Get(set.Reserve(point.MustParsePath(path)))
				require.Equal(t, c.want, string(got.Text), "%s: %s", c.name, path)
			}
		}
	}
}

func TestCurlSendsJSONAsForm(t *testing.T) {
	// curl -d sends this type whatever the data is; SEMANTICS 3.4's example
	// depends on it.
	x := exchange(t, "POST / HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded\n\n"+`{"token":"aaa"}`, "")
	got, s := look(t, x, "REQUEST → BODY → JSON → PROPERTY → token")
	require.Equal(t, "aaa", string(got.Text))
	require.Zero(t, s.Marks())
}

func TestScanWithoutPlan(t *testing.T) {
	var s point.Scan
	s.Request(exchange(t, "GET /?a=b HTTP/1.1\nHost: a\n", ""))
	require.Zero(t, s.Get(0))
	require.Zero(t, s.Get(-1))
	for range s.All(3) {
		t.Fatal("a value of nothing")
	}
	require.Zero(t, s.Marks())
	require.False(t, bytes.Contains(point.Value{}.AppendPath(nil), []byte("REQUEST")))
}
