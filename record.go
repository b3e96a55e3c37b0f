package chaperone

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chaperone-go/chaperone/traffic"
)

// record settles the exchange into a record and queues it without waiting.
func (g *Guard) record(x *traffic.Exchange) {
	if x.Verdict.Blocked() {
		g.count.blocked(x.Verdict.Reason)
	} else if x.Verdict.Action == traffic.Monitor {
		g.count.monitored.Add(1)
	}
	if g.queue.push(x) {
		g.count.recorded.Add(1)
		return
	}
	g.count.dropped.Add(1)
	g.trouble.report("queue", errors.New("queue record: the queue is full or closed; the record is lost"))
}

// settle fills r, which is zero, with what is kept of x. Slices are not
// shared, strings are, but for those that would keep much more alive.
func settle(r *traffic.Record, x *traffic.Exchange) {
	q := &x.Request
	r.ID, r.Time, r.Duration, r.App = x.ID, x.Time, x.Duration, x.App
	r.Session, r.Client = x.Session, x.Client
	r.Method, r.Scheme, r.Proto, r.Route = methodOf(q.Method), q.Scheme, q.Proto, q.Route
	r.Host, r.Path = clip(q.Host, maxHost), clip(pathOf(q.Target), maxPath)
	if len(q.Target) > maxLine { // they are cut from it
		r.Host, r.Path = strings.Clone(r.Host), strings.Clone(r.Path)
	}
	r.Client.UserAgent = clip(r.Client.UserAgent, maxUserAgent)
	r.Status, r.BytesOut = x.Response.Status, x.Response.Length
	r.BytesIn = max(q.Length, 0)
	r.Login, r.Verdict, r.Marks, r.Tags = x.Login, x.Verdict, x.Marks, x.Tags
	if len(x.Params) > 0 {
		r.Params = slices.Clone(x.Params)
	}
	if len(x.Hits) > 0 {
		r.Hits = slices.Clone(x.Hits[:min(len(x.Hits), maxHits)])
		for i := range r.Hits {
			h := &r.Hits[i]
			h.Payload, h.Point = clip(h.Payload, maxPayload), clip(h.Point, maxPath)
		}
	}
}

// What a record keeps of the texts a client chooses, in bytes. net/http
// accepts a megabyte of each; a record shall not.
const (
	maxPath      = 2048
	maxUserAgent = 512
	maxHost      = 255
	maxMethod    = 32
	maxPayload   = 1024
	// maxLine is how long a request line a record may keep alive by a piece
	// of it; of longer ones the pieces are copied.
	maxLine = 512
)

// methodOf returns the method as a text that keeps nothing else alive:
// net/http cuts it from the request line.
func methodOf(m string) string {
	switch m {
	case http.MethodGet:
		return http.MethodGet
	case http.MethodHead:
		return http.MethodHead
	case http.MethodPost:
		return http.MethodPost
	case http.MethodPut:
		return http.MethodPut
	case http.MethodPatch:
		return http.MethodPatch
	case http.MethodDelete:
		return http.MethodDelete
	case http.MethodOptions:
		return http.MethodOptions
	}
	return strings.Clone(m[:min(len(m), maxMethod)])
}

// pathOf returns the path of a request target: without query, and without
// scheme and host when the target has them (a request to a proxy).
func pathOf(target string) string {
	path, _, _ := strings.Cut(target, "?")
	if strings.HasPrefix(path, "/") {
		return path
	}
	if _, rest, ok := strings.Cut(path, "://"); ok {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			return rest[i:]
		}
		return "/"
	}
	return path
}

// clip returns s, or as many of its characters as fit in n bytes, as a copy
// that does not keep the rest alive.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return strings.Clone(s[:i])
		}
	}
	return strings.Clone(s[:n]) // no UTF-8
}
