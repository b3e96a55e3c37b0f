package accesslog_test

import (
	"testing"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

// textLines are lines of the text family; the fuzz target starts from them.
var textLines = []struct {
	name, line string
	want       want
}{
	{"common", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET /a?b=1 HTTP/1.0" 200 2326`,
		want{client: "192.0.2.1", method: "GET", target: "/a?b=1", proto: "1.0", status: 200, out: 2326}},
	{"combined", `192.0.2.1 - joe [10/Oct/2023:13:55:36 -0700] "GET / HTTP/2.0" 304 - "https://a.example/x" "Mozilla/5.0 (X11)"`,
		want{client: "192.0.2.1", user: "joe", method: "GET", target: "/", proto: "2.0", status: 304, ref: "https://a.example/x", ua: "Mozilla/5.0 (X11)"}},
	{"nothing known", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 0 "-" "-"`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200}},
	{"virtual host", `shop.example 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "x"`,
		want{client: "192.0.2.1", host: "shop.example", method: "GET", target: "/", proto: "1.1", status: 200, out: 1, ua: "x"}},
	{"virtual host with port", `shop.example:443 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", host: "shop.example", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"virtual host that is an address", `198.51.100.1 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", host: "198.51.100.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"catch-all host", `_ 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"request id for the user", `shop.example 192.0.2.1 - req101 - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", host: "shop.example", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"no ident", `192.0.2.1 - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"user with spaces", `192.0.2.1 - Joe D. Doe [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", user: "Joe D. Doe", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"IPv6", `2001:db8::1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "2001:db8::1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"IPv6 that ends like a tag", `2001:db8:: - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "2001:db8::", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"mapped, zone, port", `[::ffff:192.0.2.1%eth0]:4711 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"address with port", `192.0.2.1:4711 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"forwarded list in front", `192.0.2.1, 198.51.100.9 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"host name", `c3.isp.example - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{clientName: "c3.isp.example", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"syslog", `Oct 10 13:55:36 web-1.example nginx[2869]: 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "x"`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1, ua: "x"}},
	{"syslog with priority", `<190>Oct 10 13:55:36 web-1 nginx: 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"syslog, RFC 5424", `<190>1 2023-10-10T13:55:36-07:00 web-1 nginx 77 - - 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"docker compose", `web-1  | 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"Kubernetes", `2023-10-10T20:55:36.123456789Z stdout F 192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"forwarded addresses behind", `10.0.0.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "x" "192.0.2.1, 10.0.0.2"`,
		want{client: "10.0.0.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1, ua: "x", xff: "192.0.2.1, 10.0.0.2"}},
	{"third field is something else", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "x" "TLSv1.3" "y"`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1, ua: "x"}},
	{"ingress-nginx", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "x" 412 0.025 [shop-80] [] 10.0.0.7:80 1 0.024 200 deadbeef`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1, ua: "x", span: 25 * time.Millisecond}},
	{"Traefik", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "x" 113 "shop@docker" "http://172.17.0.3:80" 17ms`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1, ua: "x", span: 17 * time.Millisecond}},
	{"no bytes", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 "-" "x"`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, ua: "x"}},
	{"ISO time", `192.0.2.1 - - [2023-10-10T13:55:36-07:00] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"bracket before the time", `192.0.2.1 - [x] [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", user: "[x]", method: "GET", target: "/", proto: "1.1", status: 200, out: 1}},
	{"escapes of Apache", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET /\"x\"\\y\t HTTP/1.1" 200 1 "-" "a\"b\x22c\x5c"`,
		want{client: "192.0.2.1", method: "GET", target: "/\"x\"\\y\t", proto: "1.1", status: 200, out: 1, ua: `a"b"c\`}},
	{"quotes that were not escaped", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET /?a="x" y HTTP/1.1" 200 1 "-" "a "b" c"`,
		want{client: "192.0.2.1", method: "GET", target: `/?a="x" y`, proto: "1.1", status: 200, out: 1, ua: `a "b`}},
	{"spaces in the target", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET /a b  c HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/a b  c", proto: "1.1", status: 200, out: 1}},
	{"HTTP/0.9", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET /old" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/old", status: 200, out: 1}},
	{"proxy request", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET http://Evil.example:80/a?b HTTP/1.1" 400 1`,
		want{client: "192.0.2.1", host: "Evil.example", scheme: "http", method: "GET", target: "/a?b", proto: "1.1", status: 400, out: 1}},
	{"proxy request without a path", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET https://evil.example?q HTTP/1.1" 400 1`,
		want{client: "192.0.2.1", host: "evil.example", scheme: "https", method: "GET", target: "/?q", proto: "1.1", status: 400, out: 1}},
	{"CONNECT", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "CONNECT mail.example:25 HTTP/1.1" 405 1`,
		want{client: "192.0.2.1", method: "CONNECT", target: "mail.example:25", proto: "1.1", status: 405, out: 1}},
	{"OPTIONS *", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "OPTIONS * HTTP/1.1" 200 1`,
		want{client: "192.0.2.1", method: "OPTIONS", target: "*", proto: "1.1", status: 200, out: 1}},
	{"HTTP/2 without a minor version", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/2" 200 1`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "2.0", status: 200, out: 1}},
	{"TLS on a plain port", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "\x16\x03\x01\x01 \x02" 400 226 "-" "-"`,
		want{client: "192.0.2.1", garbage: "\x16\x03\x01\x01 \x02", status: 400, out: 226}},
	{"said nothing", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "-" 408 -`,
		want{client: "192.0.2.1", garbage: "-", status: 408}},
	{"empty request", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "" 400 0`,
		want{client: "192.0.2.1", garbage: "-", status: 400}},
	{"words", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "HELP me now" 400 0`,
		want{client: "192.0.2.1", garbage: "HELP me now", status: 400}},
	{"no answer", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" - -`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1"}},
	{"cut in the user agent", `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1 "-" "Mozil`,
		want{client: "192.0.2.1", method: "GET", target: "/", proto: "1.1", status: 200, out: 1, ua: "Mozil"}},
	{"time first", `[10/Oct/2023:13:55:36 -0700] mx.example 192.0.2.1 0.227 "REPORT /dav/ HTTP/2.0" 207 125 440 - Mozilla/5.0 (X11) Thunderbird/123.0`,
		want{client: "192.0.2.1", host: "mx.example", method: "REPORT", target: "/dav/", proto: "2.0", status: 207, out: 125,
			ua: "Mozilla/5.0 (X11) Thunderbird/123.0", span: 227 * time.Millisecond}},
	{"nginx-proxy-manager", `[10/Oct/2023:13:55:36 -0700] - 404 200 - GET https shop.example "/a?b" [Client 192.0.2.1] [Length 192] [Gzip 3.10] [Sent-to 10.0.0.1] "x y" "https://a.example/"`,
		want{client: "192.0.2.1", host: "shop.example", scheme: "https", method: "GET", target: "/a?b", status: 200, out: 192, ua: "x y", ref: "https://a.example/"}},
	{"nginx-proxy-manager, not proxied", `[10/Oct/2023:13:55:36 -0700] 444 - GET https 198.51.100.1 "/.env" [Client 192.0.2.1] [Length 0] [Gzip -] "x" "-"`,
		want{client: "192.0.2.1", host: "198.51.100.1", scheme: "https", method: "GET", target: "/.env", status: 444, ua: "x"}},
	{"Envoy", `[2023-10-10T20:55:36.000Z] "POST /api HTTP/2" 204 - 154 12 226 100 "192.0.2.1,10.0.0.1" "x y" "cc21d9b0" "shop.example" "10.0.2.1:80"`,
		want{client: "192.0.2.1", host: "shop.example", method: "POST", target: "/api", proto: "2.0", status: 204, in: 154, out: 12,
			ua: "x y", xff: "192.0.2.1,10.0.0.1", span: 226 * time.Millisecond}},
	{"Istio", `[2023-10-10T20:55:36.000Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 95 5 4 "-" "x" "id" "shop.example" "10.0.2.1:80" inbound|80|| 127.0.0.1:1 10.0.0.9:80 10.0.0.3:5 out default`,
		want{host: "shop.example", method: "GET", target: "/", proto: "1.1", status: 200, out: 95, ua: "x", span: 5 * time.Millisecond}},
}

// want is what matters of an entry; the zero fields are empty ones.
type want struct {
	client, clientName, user            string
	method, target, proto, scheme, host string
	garbage                             string
	status                              int
	in, out                             int64
	ref, ua, xff                        string
	span                                time.Duration
}

func got(e accesslog.Entry) want {
	w := want{
		clientName: e.ClientName, user: field(e, "Remote-User"),
		method: e.Method, target: e.Target, proto: e.Proto, scheme: e.Scheme, host: e.Host,
		garbage: e.Garbage, status: e.Status, in: e.BytesIn, out: e.BytesOut,
		ref: field(e, "Referer"), ua: e.UserAgent(), xff: field(e, "X-Forwarded-For"), span: e.Duration,
	}
	if e.Client.IsValid() && e.ClientName == "" {
		w.client = e.Client.String()
	}
	return w
}

func TestText(t *testing.T) {
	for _, c := range textLines {
		t.Run(c.name, func(t *testing.T) {
			e := one(t, c.line, accesslog.Options{Format: accesslog.Text})
			require.Equal(t, c.want, got(e))
			require.Equal(t, at("2023-10-10T20:55:36Z"), e.Time)
			require.Equal(t, got(e), got(one(t, c.line, accesslog.Options{})), "the format is found")
		})
	}
}

func TestTextMalformed(t *testing.T) {
	f := func(line string, want accesslog.Reason) {
		t.Helper()
		require.Equal(t, want, reasonOf(t, line, accesslog.Options{Format: accesslog.Text}), "%s", line)
	}
	f("hello", accesslog.NotRecognised)
	f(`192.0.2.1 - - [99/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`, accesslog.NotRecognised)
	f(`192.0.2.1 - - [31/Feb/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`, accesslog.NotRecognised)
	f(`192.0.2.1 - - [10/Okt/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1`, accesslog.NotRecognised)
	f(`192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] GET / 200 1`, accesslog.NoRequest)
	f(`192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1`, accesslog.NoRequest)
	f(`192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" OK 1`, accesslog.BadStatus)
	f(`192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 2000 1`, accesslog.BadStatus)
	f(`192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1"`, accesslog.BadStatus)
	f(`[10/Oct/2023:13:55:36 -0700] a b [Client 192.0.2.1]`, accesslog.NoRequest)
	f(`[10/Oct/2023:13:55:36 -0700] x - GET https h "/" [Client 192.0.2.1]`, accesslog.BadStatus)
	f(`[10/Oct/2023:13:55:36 -0700] 200 - GET https h "/ [Client 192.0.2.1]`, accesslog.NoRequest)
	f(`[2023-10-10T20:55:36.000Z] "GET / HTTP/2" none`, accesslog.BadStatus)
	f(`[2023-10-10T20:55:36.000Z] "GET / HTTP/2`, accesslog.NoRequest)
	f(`2021/12/01 13:53:33 [error] 31#31: *46 open() failed, client: 192.0.2.1, request: "GET / HTTP/1.1"`, accesslog.ErrorLog)
	f(`[Fri Oct 08 17:08:41.203277 2021] [core:error] [pid 7005] [client 192.0.2.1:14532] AH00126: Invalid URI`, accesslog.ErrorLog)
}
