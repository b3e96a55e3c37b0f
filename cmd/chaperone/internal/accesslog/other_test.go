package accesslog_test

import (
	"testing"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

const albLine = `https 2023-10-10T20:55:36.500000Z app/shop/490d68edf04676fe 192.0.2.1:44740 10.0.0.1:80 0.250 0.200 0.050 200 200 34 57 "GET https://shop.example:443/a?b HTTP/1.1" "x y" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "shop.example" "-" 1 2023-10-10T20:55:36.000000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"`

var albLines = []struct {
	name, line, time string
	want             want
}{
	{"application", albLine, "2023-10-10T20:55:36Z",
		want{client: "192.0.2.1", host: "shop.example", scheme: "https", method: "GET", target: "/a?b", proto: "1.1", status: 200, in: 34, out: 57, ua: "x y", span: 500 * time.Millisecond}},
	{"classic", `2023-10-10T20:55:36.500000Z my-elb [2001:db8::1]:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://shop.example:80/ HTTP/1.1" "curl/7.38.0" - -`, "2023-10-10T20:55:36.498822Z",
		want{client: "2001:db8::1", host: "shop.example", scheme: "http", method: "GET", target: "/", proto: "1.1", status: 200, out: 29, ua: "curl/7.38.0", span: 1178 * time.Microsecond}},
	{"the target never answered", `http 2023-10-10T20:55:36.000000Z app/shop/1 192.0.2.1:1 - -1 -1 -1 503 - 34 366 "GET http://shop.example:80/ HTTP/1.1" "-" - - - "-" "-" "-" 0 x`, "2023-10-10T20:55:36Z",
		want{client: "192.0.2.1", host: "shop.example", scheme: "http", method: "GET", target: "/", proto: "1.1", status: 503, in: 34, out: 366}},
	{"no request", `http 2023-10-10T20:55:36.000000Z app/shop/1 192.0.2.1:1 - -1 -1 -1 400 - 0 272 "- http://shop.example:80- -" "-" - - -`, "2023-10-10T20:55:36Z",
		want{client: "192.0.2.1", scheme: "http", garbage: "- http://shop.example:80- -", status: 400, out: 272}},
}

func TestALB(t *testing.T) {
	for _, c := range albLines {
		t.Run(c.name, func(t *testing.T) {
			e := one(t, c.line, accesslog.Options{})
			require.Equal(t, c.want, got(e))
			require.Equal(t, at(c.time), e.Time, "when the request arrived")
		})
	}
	o := accesslog.Options{Format: accesslog.ALB}
	require.Equal(t, accesslog.NoTime, reasonOf(t, "hello", o))
	require.Equal(t, accesslog.BadStatus, reasonOf(t, `http 2023-10-10T20:55:36.000000Z a b c 1 1 1 OK`, o))
	require.Equal(t, accesslog.NoRequest, reasonOf(t, `http 2023-10-10T20:55:36.000000Z a b c 1 1 1 200 200 1 1 x`, o))
}

var zoraxyLines = []struct {
	name, line string
	want       want
}{
	{"routed", `2023/10/10 20:55:36 [2023-10-10 20:55:36.150624] [router:host-http] [origin:shop.example] [client: 192.0.2.1] [useragent: Mozilla/5.0 (X11)] POST /a b 404`,
		want{client: "192.0.2.1", host: "shop.example", method: "POST", target: "/a b", status: 404, ua: "Mozilla/5.0 (X11)"}},
	{"brackets in the user agent", `2023/10/10 20:55:36 [2023-10-10 20:55:36.150624] [router:x] [origin:h] [client: 2001:db8::1] [useragent: Mozilla/4.76 [en] (X11)] GET / 200`,
		want{client: "2001:db8::1", host: "h", method: "GET", target: "/", status: 200, ua: "Mozilla/4.76 [en] (X11)"}},
}

func TestZoraxy(t *testing.T) {
	for _, c := range zoraxyLines {
		t.Run(c.name, func(t *testing.T) {
			e := one(t, c.line, accesslog.Options{})
			require.Equal(t, c.want, got(e))
			require.Equal(t, at("2023-10-10T20:55:36.150624Z"), e.Time)
		})
	}
	f := func(line string, want accesslog.Reason) {
		t.Helper()
		require.Equal(t, want, reasonOf(t, line, accesslog.Options{Format: accesslog.Zoraxy}), "%s", line)
	}
	f("hello", accesslog.NotRecognised)
	f(`[2023-10-10 20:55:36] hello`, accesslog.NotRecognised)
	f(`[2023-10-10 20:55:36] [router:x] GET / 200`, accesslog.NoRequest)
	f(`[2023-10-10 20:55:36] [router:x] [useragent: x GET / 200`, accesslog.NoRequest)
	f(`[2023-10-10 20:55:36] [router:x] [useragent: x] GET`, accesslog.NoRequest)
	f(`[2023-10-10 20:55:36] [router:x] [useragent: x] GET / OK`, accesslog.BadStatus)
}
