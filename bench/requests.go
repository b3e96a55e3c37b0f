package bench

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// sessions is how many different sessions the requests of a benchmark come
// from.
const sessions = 10_000

// browserHeaders are the thirteen header fields a current browser sends with
// a request of a page's script, cookies aside.
var browserHeaders = [][2]string{
	{"Accept", "application/json, text/plain, */*"},
	{"Accept-Encoding", "gzip, deflate, br, zstd"},
	{"Accept-Language", "en-GB,en;q=0.9,de;q=0.8"},
	{"Cache-Control", "no-cache"},
	{"Connection", "keep-alive"},
	{"Dnt", "1"},
	{"Referer", "https://shop.example/products?category=books"},
	{"Sec-Ch-Ua", `"Chromium";v="142", "Not_A Brand";v="99"`},
	{"Sec-Ch-Ua-Platform", `"Linux"`},
	{"Sec-Fetch-Dest", "empty"},
	{"Sec-Fetch-Mode", "cors"},
	{"Sec-Fetch-Site", "same-origin"},
	{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"},
}

// client sends the same request again and again, each time as one of many
// clients. One request object serves all of them: a server has just parsed
// the request it hands over, so its headers lie in the processor's cache, and
// a benchmark over thousands of parsed requests would measure memory instead.
type client struct {
	request *http.Request
	addrs   []string
	cookies []string // by client; nil when the session's key is elsewhere
	bodies  [][]byte // by client; nil for none
	body    replay
	header  []string // the value slice of the Cookie header
}

// getClient sends GETs: 13 headers, 4 query parameters, 3 cookies, one of
// which is the session's.
func getClient() *client {
	c := newClient(http.MethodGet, "/products?category=books&page=2&sort=price&limit=20")
	c.header = []string{""}
	c.request.Header["Cookie"] = c.header
	for i := range sessions {
		c.cookies = append(c.cookies, fmt.Sprintf("theme=dark; PHPSESSID=%026d; consent=1", i))
	}
	return c
}

// postClient sends POSTs of a 1 KB JSON body that carries the session's
// token.
func postClient() *client {
	c := newClient(http.MethodPost, "/orders")
	for i := range sessions {
		c.bodies = append(c.bodies, orderBody(i))
	}
	c.request.Header.Set("Content-Type", "application/json")
	c.request.ContentLength = int64(len(c.bodies[0]))
	return c
}

func newClient(method, target string) *client {
	c := &client{request: request(0, method, target)}
	for i := range sessions {
		c.addrs = append(c.addrs, fmt.Sprintf("198.51.%d.%d:40000", i>>8&255, i&255))
	}
	return c
}

// next returns the request as client i sends it.
func (c *client) next(i int) *http.Request {
	i %= sessions
	c.request.RemoteAddr = c.addrs[i]
	if c.cookies != nil {
		c.header[0] = c.cookies[i]
	}
	if c.bodies != nil {
		c.body.Reset(c.bodies[i])
		c.request.Body = &c.body
	}
	return c.request
}

func request(i int, method, target string) *http.Request {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		panic(err) // a constant of this file
	}
	h := http.Header{}
	for _, kv := range browserHeaders {
		h.Set(kv[0], kv[1])
	}
	return &http.Request{
		Method: method, URL: u, RequestURI: target, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Host: "shop.example", RemoteAddr: fmt.Sprintf("198.51.%d.%d:40000", i>>8&255, i&255), Body: http.NoBody,
	}
}

// orderBody is a JSON order of 1 KB with the token near its end.
func orderBody(i int) []byte {
	var b strings.Builder
	b.WriteString(`{"customer":{"name":"Ada Lovelace","email":"ada@shop.example","phone":"+44 20 7946 0000"},"items":[`)
	for n := range 8 {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"title":"A book about \"numbers\", volume %d","price":19.90,"count":1,"gift":false}`, 1000+n, n)
	}
	fmt.Fprintf(&b, `],"note":%q,"token":"%032d"}`, strings.Repeat("please leave it at the door. ", 4), i)
	return []byte(b.String())
}

// replay is a body that can be read again and again.
type replay struct{ bytes.Reader }

func (r *replay) Close() error { return nil }

// sink is a ResponseWriter that remembers nothing and allocates nothing.
type sink struct{ header http.Header }

func newSink() *sink                        { return &sink{header: http.Header{}} }
func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) reset()                      { clear(s.header) }
