package point_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// browserGET is the GET of the speed targets: 13 browser headers, 4 query
// parameters, 3 cookies.
func browserGET() *traffic.Exchange {
	h := http.Header{}
	for name, value := range map[string]string{
		"Accept":                    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
		"Accept-Encoding":           "gzip, deflate, br, zstd",
		"Accept-Language":           "en-US,en;q=0.9,de;q=0.8",
		"Cache-Control":             "max-age=0",
		"Cookie":                    "_ga=GA1.2.1234567890.1700000000; theme=dark; PHPSESSID=9d1b7a0c6f6e4a3f8d2c5b7e1a9f3c4d",
		"Referer":                   "https://shop.example.com/catalog?page=2",
		"Sec-Ch-Ua":                 `"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"`,
		"Sec-Ch-Ua-Mobile":          "?0",
		"Sec-Fetch-Dest":            "document",
		"Sec-Fetch-Mode":            "navigate",
		"Sec-Fetch-Site":            "same-origin",
		"Upgrade-Insecure-Requests": "1",
		"User-Agent":                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
	} {
		h[name] = []string{value}
	}
	return &traffic.Exchange{
		Client: traffic.Client{Addr: netip.MustParseAddr("203.0.113.7")},
		Request: traffic.Request{
			Method: "GET", Scheme: "https", Proto: "2.0", Host: "shop.example.com",
			Target: "/catalog/shoes/list.html?page=3&sort=price&color=dark+blue&q=running",
			Header: traffic.Header(h),
		},
	}
}

// builtin is about what the session package reserves by itself.
func builtin() *point.Set {
	set := new(point.Set)
	for _, path := range strings.Fields(`
		HEADER>APIKEY HEADER>CLIENT_SECRET HEADER>JWT HEADER>OCP-APIM-SUBSCRIPTION-KEY HEADER>X-SECRET HEADER>X-TOKEN
		HEADER>PHPSESSID HEADER>SESSION-ID HEADER>X-API-KEY HEADER>X-AUTH-TOKEN HEADER>X-SESSION-ID HEADER>AUTHORIZATION
		COOKIE>access-token COOKIE>access_token COOKIE>auth-token COOKIE>Authorization COOKIE>jwt COOKIE>KEYCLOAK_IDENTITY
		COOKIE>refresh_token COOKIE>session-token COOKIE>PHPSESSID COOKIE>JSESSIONID COOKIE>session COOKIE>sid
		QUERY>access_token QUERY>api_key QUERY>apiKey QUERY>apikey QUERY>Authorization QUERY>client_secret QUERY>refresh_token QUERY>token`) {
		set.Reserve(point.MustParsePath("REQUEST>" + path))
	}
	return set
}

func BenchmarkGET(b *testing.B) {
	plan := builtin().Compile(point.Limits{})
	x := browserGET()
	var s point.Scan
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(plan, nil)
		s.Request(x)
	}
}

type census struct{ values, names, bytes int }

func (c *census) Visit(v point.Value) {
	if v.IsName {
		c.names++
	} else {
		c.values++
	}
	c.bytes += len(v.Text)
}

func BenchmarkGETVisited(b *testing.B) {
	plan := builtin().Compile(point.Limits{})
	x := browserGET()
	var s point.Scan
	var c census
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(plan, &c)
		s.Request(x)
	}
}

// order is a JSON body of 1 KB as an API gets it.
const order = `{"user":{"id":"u-48213","email":"jane.doe@example.com","name":"Jane Doe","address":{"street":"1 Long Road","city":"Springfield","zip":"12345","country":"US"}},` +
	`"items":[{"sku":"SHOE-42-BLK","title":"Running shoe, black, size 42","quantity":1,"price":89.90,"tags":["sport","sale"]},` +
	`{"sku":"SOCK-3P","title":"Socks, three pairs","quantity":2,"price":12.50,"tags":[]},{"sku":"BOTTLE-1L","title":"Water bottle, 1 litre","quantity":1,"price":19.95,"tags":["sport"]}],` +
	`"coupon":null,"newsletter":false,"currency":"USD","total":134.85,"comment":"Please leave the parcel at the back door, thank you very much. The bell does not work at the moment, so knock, please.",` +
	`"payment":{"method":"card","card":{"brand":"visa","last4":"4242","expires":"2027-11"},"confirmed":true,"nonce":"9c0e1b8f7a6d5c4b3a29180706f5e4d3"},` +
	`"meta":{"client":"web","version":"5.12.0","locale":"en-US","screen":[1920,1080],"referrer":"https://shop.example.com/catalog?page=2"},` +
	`"session":"4f7d2a90-53c1-4a59-9a0e-2f6b8f3f1c77","token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTQ4MjEzIn0.c2ln"}`

func orderPOST() *traffic.Exchange {
	x := browserGET()
	x.Request.Method = "POST"
	x.Request.Header["Content-Type"] = []string{"application/json"}
	x.Request.Body = traffic.Bytes(order)
	return x
}

func BenchmarkJSON(b *testing.B) {
	set := new(point.Set)
	for _, p := range []string{"token", "session", "user > PROPERTY > id"} {
		set.Reserve(point.MustParsePath("REQUEST > BODY > JSON > PROPERTY > " + p))
	}
	plan := set.Compile(point.Limits{})
	x := orderPOST()
	var s point.Scan
	b.SetBytes(int64(len(order)))
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(plan, nil)
		s.Request(x)
	}
	if len(s.Get(0).Text) == 0 || len(s.Get(1).Text) == 0 || string(s.Get(2).Text) != "u-48213" {
		b.Fatal("not found")
	}
}

func BenchmarkJSONVisited(b *testing.B) {
	plan := new(point.Set).Compile(point.Limits{})
	x := orderPOST()
	x.Request.Header = traffic.Header{"Content-Type": {"application/json"}}
	var s point.Scan
	var c census
	b.SetBytes(int64(len(order)))
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(plan, &c)
		s.Request(x)
	}
}

// BenchmarkHostile is what a client may send to cost us time: 64 KiB each.
func BenchmarkHostile(b *testing.B) {
	set := new(point.Set)
	for _, p := range []string{"PROPERTY>a", "PROPERTY>a>PROPERTY>a", "PROPERTY>ALL>PROPERTY>a", "ITEM>ALL", "PROPERTY>NAMES", "PROPERTY>a>BASE64>JSON>PROPERTY>a"} {
		set.Reserve(point.MustParsePath("REQUEST>BODY>JSON>" + p))
	}
	set.Reserve(point.MustParsePath("REQUEST>BODY>FORM_URLENCODED>ALL>POLLUTION"))
	plan := set.Compile(point.Limits{})
	fill := func(start, s, end string) string {
		return start + strings.Repeat(s, (60<<10)/len(s)) + end
	}
	const form, json = "application/x-www-form-urlencoded", "application/json"
	for _, c := range []struct{ name, contentType, body string }{
		{"plain", json, fill(`{"x":"`, "The quick brown fox. ", `"}`)},
		{"nested", json, fill("", "[", "")},
		{"escapes", json, fill(`{"a":"`, `\u0041`, `"}`)},
		{"quotes", json, fill(`{"a":"`, `\"`, `"}`)},
		{"not UTF-8", json, fill(`{"a":"`, "\xff", `"}`)},
		{"duplicates", json, fill(`{"b":1`, `,"a":1`, "}")},
		{"duplicate objects", json, fill(`{"b":1`, `,"a":{"a":1}`, "}")},
		{"items", json, fill(`[0`, `,1`, "]")},
		{"spaces", json, fill(`[0`, "    ", "]")},
		{"base64", json, `{"a":"` + fill(`eyJh`, "AAAA", ``) + `"}`},
		{"form names", form, fill("a=1", "&a=1", "")},
		{"form brackets", form, fill("a=1", "&a[][b]=1", "")},
		{"form escapes", form, fill("a=", "%41", "")},
		{"form empty", form, fill("a=", "&", "")},
	} {
		x := posted(c.contentType, c.body)
		for _, v := range []point.Visitor{nil, new(census)} {
			name := c.name
			if v != nil {
				name += ", watched"
			}
			b.Run(name, func(b *testing.B) {
				var s point.Scan
				b.SetBytes(int64(len(c.body)))
				b.ReportAllocs()
				for b.Loop() {
					s.Reset(plan, v)
					s.Request(x)
				}
			})
		}
	}
}
