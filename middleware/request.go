package middleware

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// describe fills x with what the request says.
func (m *Middleware) describe(x *traffic.Exchange, r *http.Request) {
	x.Time = time.Now()
	p := peerOf(r)
	trusted := m.proxies.has(p)
	x.ID = m.requestID(r, trusted)
	m.describeRequest(&x.Request, r, trusted)
	if x.Client.Addr = m.clientAddr(r, p); !x.Client.Addr.IsValid() {
		m.counters.addrUnknown.Add(1)
	}
	if ua := r.Header["User-Agent"]; len(ua) > 0 {
		x.Client.UserAgent = ua[0]
	}
	m.fingerprint(&x.Client, r, p, trusted)
	x.App = m.appOf(r)
}

// clientAddr applies the rule; a panic of the application's function leaves
// the address unknown.
func (m *Middleware) clientAddr(r *http.Request, p peer) (a netip.Addr) {
	ok := true
	defer m.caught("Config.Client", &ok)
	return m.client.addr(r, p)
}

func (m *Middleware) describeRequest(q *traffic.Request, r *http.Request, trusted bool) {
	if q.Method = r.Method; q.Method == "" {
		q.Method = http.MethodGet
	}
	q.Scheme = m.scheme(r, trusted)
	q.Proto = proto(r)
	q.Host = withoutDefaultPort(r.Host, q.Scheme)
	q.Target = target(r)
	q.Header = traffic.Header(r.Header)
	q.Route = r.Pattern
	if hasBody(r) {
		q.Length = r.ContentLength
	}
}

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

func (m *Middleware) scheme(r *http.Request, trusted bool) string {
	if trusted && m.schemeHeader != "" {
		if v := r.Header[m.schemeHeader]; len(v) == 1 {
			switch {
			case strings.EqualFold(v[0], "https"):
				return "https"
			case strings.EqualFold(v[0], "http"):
				return "http"
			}
		}
	}
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

func proto(r *http.Request) string {
	switch {
	case r.ProtoMajor == 1 && r.ProtoMinor == 1:
		return "1.1"
	case r.ProtoMajor == 2:
		return "2.0"
	case r.ProtoMajor == 3:
		return "3.0"
	}
	return "1.0"
}

func withoutDefaultPort(host, scheme string) string {
	port := ":80"
	if scheme == "https" {
		port = ":443"
	}
	return strings.TrimSuffix(host, port)
}

// target returns path and query as they were sent. The absolute form of a
// request to a proxy is reduced to them, so that "GET http://host/admin" is
// seen as what it asks for.
func target(r *http.Request) string {
	t := r.RequestURI
	if t == "" {
		return r.URL.RequestURI() // not from a server
	}
	if t[0] == '/' || t == "*" || r.Method == http.MethodConnect {
		return t
	}
	_, rest, ok := strings.Cut(t, "://")
	if !ok {
		return t
	}
	if i := strings.IndexAny(rest, "/?"); i < 0 {
		return "/"
	} else if rest[i] == '/' {
		return rest[i:]
	}
	return r.URL.RequestURI() // "http://host?query": the path is left out
}

// conversation reports whether the body of r must not be waited for, because
// its client waits for us. Only the application can tell: anything a client
// may write into a header would be a way around inspection. CONNECT is the
// exception, its body is a tunnel by definition.
func (m *Middleware) conversation(r *http.Request) (yes bool) {
	if m.duplex == nil || r.Method == http.MethodConnect {
		return r.Method == http.MethodConnect
	}
	ok := true
	defer m.caught("Config.Duplex", &ok)
	return m.duplex(r)
}

// IsGRPC reports whether r is a gRPC call, or a streaming call of Connect: a
// ready-made value for [Config].Duplex on servers that serve these. It goes by
// HTTP/2 and the Content-Type, both of which a client chooses. Where the same
// server has handlers that read a body whatever its type, narrow it down to
// the paths of your services.
func IsGRPC(r *http.Request) bool {
	ct := r.Header["Content-Type"]
	return r.ProtoMajor >= 2 && r.ContentLength < 0 && len(ct) > 0 &&
		(hasPrefixFold(ct[0], "application/grpc") || hasPrefixFold(ct[0], "application/connect+"))
}

func hasPrefixFold(s, p string) bool { return len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) }
