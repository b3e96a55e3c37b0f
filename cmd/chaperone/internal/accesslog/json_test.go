package accesslog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

// jsonLines are objects of the known shapes; the fuzz target starts from them.
var jsonLines = []struct {
	name, line, time string
	want             want
}{
	{"Caddy", `{"level":"info","ts":1696971336.75,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.0.0.1","remote_port":"41342","client_ip":"192.0.2.1","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/a?b=1","headers":{"User-Agent":["x y"],"Cookie":["REDACTED"],"Referer":["https://a.example/"]},"tls":{"resumed":false,"version":772,"cipher_suite":4865}},"bytes_read":3,"user_id":"joe","duration":0.75,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"]}}`,
		"2023-10-10T20:55:36Z",
		want{client: "192.0.2.1", user: "joe", host: "shop.example", scheme: "https", method: "GET", target: "/a?b=1", proto: "2.0", status: 200,
			in: 3, out: 10900, ua: "x y", ref: "https://a.example/", span: 750 * time.Millisecond}},
	{"Caddy 2.4, nothing answered", `{"ts":1696971336,"request":{"remote_addr":"192.0.2.1:5555","proto":"HTTP/1.1","method":"GET","host":"h:80","uri":"/"},"duration":0,"size":0,"status":0}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", host: "h", method: "GET", target: "/", proto: "1.1"}},
	{"Traefik", `{"ClientAddr":"10.0.0.1:39490","ClientHost":"192.0.2.1","ClientUsername":"-","DownstreamContentSize":356,"DownstreamStatus":404,"Duration":215563,"RequestAddr":"shop.example","RequestContentSize":9,"RequestHost":"shop.example","RequestMethod":"GET","RequestPath":"/a?b","RequestProtocol":"HTTP/1.1","RequestScheme":"http","StartUTC":"2023-10-10T20:55:36.5Z","downstream_Content-Type":"text/plain","request_User-Agent":"x y","request_X-Real-Ip":"192.0.2.1","time":"2023-10-10T20:55:37Z"}`,
		"2023-10-10T20:55:36.5Z", want{client: "192.0.2.1", host: "shop.example", scheme: "http", method: "GET", target: "/a?b", proto: "1.1", status: 404,
			in: 9, out: 356, ua: "x y", span: 215563}},
	{"nginx, its variables", `{"time_iso8601":"2023-10-10T13:55:37-07:00","remote_addr":"192.0.2.1","remote_user":"joe","request":"GET /a?b HTTP/1.1","status":"200","body_bytes_sent":"13","request_time":"1.000","request_length":"412","http_referrer":"-","http_user_agent":"x y","http_x_forwarded_for":"198.51.100.7","http_host":"shop.example","server_name":"_"}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", user: "joe", host: "shop.example", method: "GET", target: "/a?b", proto: "1.1", status: 200, out: 13,
			ua: "x y", xff: "198.51.100.7", span: time.Second}},
	{"nginx, uri and args", `{"msec":"1696971336.000","remote_addr":"2001:db8::1","request_method":"POST","uri":"/a","args":"b=1","server_protocol":"HTTP/1.1","status":201,"bytes_sent":20,"server_name":"shop.example","scheme":"https"}`,
		"2023-10-10T20:55:36Z", want{client: "2001:db8::1", host: "shop.example", scheme: "https", method: "POST", target: "/a?b=1", proto: "1.1", status: 201, out: 20}},
	{"nginx, request and uri", `{"time_local":"10/Oct/2023:13:55:36 -0700","remote_addr":"192.0.2.1","request":"GET /A%20b HTTP/1.1","uri":"/A b","status":200}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", method: "GET", target: "/A%20b", proto: "1.1", status: 200}},
	{"nginx, garbage", `{"time":"2023-10-10T20:55:36+00:00","remote_addr":"192.0.2.1","request":"\u0016\u0003\u0001","request_method":"","request_uri":"","status":400}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", garbage: "\x16\x03\x01", status: 400}},
	{"Envoy", `{"start_time":"2023-10-10T20:55:36.000Z","method":"GET","x-envoy-origin-path":"/a?b","protocol":"HTTP/1.1","response_code":404,"duration":7,"bytes_sent":5,"bytes_received":6,"user-agent":"x y","downstream_remote_address":"192.0.2.1:59292",":authority":"app.internal"}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", host: "app.internal", method: "GET", target: "/a?b", proto: "1.1", status: 404,
			in: 6, out: 5, ua: "x y", span: 7 * time.Millisecond}},
	{"own", `{"t": 1696971336.25, "client": "192.0.2.1", "sess": null, "m": "GET", "path": "/", "query": "a=1", "status": 200, "bytes": 1230, "ref": "-", "ua": "x y", "rt": 2.5, "sid": 582, "label": "human"}`,
		"2023-10-10T20:55:36.25Z", want{client: "192.0.2.1", method: "GET", target: "/?a=1", status: 200, out: 1230, ua: "x y", span: 2500 * time.Microsecond}},
	{"own, a proxy request", `{"t":1696971336,"client":"192.0.2.1","m":"GET","path":"http://shop.example","query":""}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", host: "shop.example", scheme: "http", method: "GET", target: "/"}},
	{"Docker around text", `{"log":"192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1\n","stream":"stdout","time":"2024-01-01T00:00:00Z"}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"Docker around JSON", `{"log":"{\"t\":1696971336,\"client\":\"192.0.2.1\",\"m\":\"GET\",\"path\":\"/\"}\n","stream":"stdout","time":"2024-01-01T00:00:00Z"}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", method: "GET", target: "/"}},
	{"journald around text", `{"timestamp":1756494783,"message":"web.0 nginx: 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1","metadata":{"a":[1,{"b":2}]}}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"Kubernetes in front", `2023-10-10T20:55:36.49Z stdout F {"t":1696971336,"client":"192.0.2.1","m":"GET","path":"/"}`,
		"2023-10-10T20:55:36Z", want{client: "192.0.2.1", method: "GET", target: "/"}},
}

func TestJSON(t *testing.T) {
	for _, c := range jsonLines {
		t.Run(c.name, func(t *testing.T) {
			e := one(t, c.line, accesslog.Options{Format: accesslog.JSON})
			require.Equal(t, c.want, got(e))
			require.Equal(t, at(c.time), e.Time)
			require.Equal(t, got(e), got(one(t, c.line, accesslog.Options{})), "the format is found")
		})
	}
}

func TestJSONHeaders(t *testing.T) {
	e := one(t, jsonLines[0].line, accesslog.Options{})
	require.Empty(t, field(e, "Cookie"), "what Caddy blanked is no cookie: all clients would share it")
	require.Equal(t, []accesslog.Field{{Name: "Server", Value: "Caddy"}}, e.Answered)
	e = one(t, jsonLines[2].line, accesslog.Options{})
	require.Equal(t, "192.0.2.1", field(e, "X-Real-Ip"))
	require.Equal(t, []accesslog.Field{{Name: "Content-Type", Value: "text/plain"}}, e.Answered)

	// A client chooses the names of its header fields, and how many.
	fields := strings.Repeat(`"x-a":["1","2"],`, 400)
	e = one(t, `{"ts":1,"request":{"method":"GET","uri":"/","headers":{`+fields+`"request.method":["PUT"]}}}`, accesslog.Options{})
	require.Equal(t, "GET", e.Method)
	require.Len(t, e.Asked, 256)
}

func TestJSONSession(t *testing.T) {
	line := `{"t":1,"m":"GET","path":"/","sess":"abc"}`
	require.Equal(t, "PHPSESSID=abc", field(one(t, line, accesslog.Options{}), "Cookie"))
	require.Equal(t, "sid=abc", field(one(t, line, accesslog.Options{SessionCookie: "sid"}), "Cookie"))
	require.Empty(t, field(one(t, strings.Replace(line, "abc", "a;b=c", 1), accesslog.Options{}), "Cookie"), "one cookie does not become two")
}

func TestJSONMalformed(t *testing.T) {
	f := func(line string, want accesslog.Reason) {
		t.Helper()
		require.Equal(t, want, reasonOf(t, line, accesslog.Options{Format: accesslog.JSON}), "%s", line)
	}
	f("x", accesslog.NotRecognised)
	f(strings.Repeat(" x", 300)+`{"t":1,"m":"GET","path":"/"}`, accesslog.NotRecognised)
	f(`2021/12/01 13:53:33 [error] 31#31: x`, accesslog.ErrorLog)
	f(`{`, accesslog.BadJSON)
	f(`{}x`, accesslog.BadJSON)
	f(`{"t":1,"m":"GET","path":"/"} []`, accesslog.BadJSON)
	f(`{"t":01,"m":"GET","path":"/"}`, accesslog.BadJSON)
	f(strings.Repeat(`{"a":`, 40)+"1"+strings.Repeat("}", 40), accesslog.BadJSON)
	f(`{}`, accesslog.NoRequest)
	f(`{"level":"info","ts":1,"msg":"serving initial configuration"}`, accesslog.NoRequest)
	f(`{"level":"info","time":"2023-10-10T20:55:36Z","path":"/var/log"}`, accesslog.NoRequest)
	f(`{"m":"GET","path":"/"}`, accesslog.NoTime)
	f(`{"t":"yesterday","m":"GET","path":"/"}`, accesslog.NoTime)
	f(`{"t":-5,"m":"GET","path":"/"}`, accesslog.NoTime)
	f(`{"t":1,"m":"GET","path":"/","status":"OK"}`, accesslog.BadStatus)
	f(`{"t":1,"m":"GET","path":"/","status":12345}`, accesslog.BadStatus)
	f(`{"log":"{\"log\":\"{}\"}"}`, accesslog.NotRecognised)
	f(`{"log":"x \"y\" z"}`, accesslog.NotRecognised)
}
