package accesslog

import (
	"cmp"
	"strings"
	"time"
)

// A jsonReader reads objects of any of the known shapes. The names of the
// shapes do not clash but for a few; those are settled when all members were
// seen, by the shape's own members.
type jsonReader struct {
	scan   jsonScan
	cookie string // name of the cookie a session id becomes

	e *Entry
	w jsonWords
}

// jsonWords are members that need others to be understood.
type jsonWords struct {
	shape             jsonShape
	request           string // the whole request line
	uri, path, query  string
	method, proto     string
	client, peer      string // peer: the connection's far end, with port
	duration, session string
	status            string
	wrapped           string // a line inside the object
	hasPath           bool
	timed             bool
	atEnd             bool // the time is when the answer was done
}

// jsonShape is who wrote the object.
type jsonShape uint8

const (
	plainShape jsonShape = iota // nginx and alike
	caddyShape
	traefikShape
	envoyShape
	ownShape // t, client, sess, m, path, query …
)

func newJSONReader(cookie string) *jsonReader {
	r := &jsonReader{cookie: cookie}
	r.scan.emit = r.member
	return r
}

// parse reads one line. Words before the object (the prefix of a transport)
// are passed over.
func (r *jsonReader) parse(line string, e *Entry) Reason {
	return r.parseNested(line, e, 0)
}

func (r *jsonReader) parseNested(line string, e *Entry, depth int) Reason {
	at := strings.IndexByte(line, '{')
	if at < 0 || at > maxPrefix {
		return whyNotText(line)
	}
	r.e, r.w = e, jsonWords{}
	if !r.scan.object(line[at:]) {
		return BadJSON
	}
	if !r.w.isRequest() && r.w.wrapped != "" && depth == 0 {
		inner := strings.TrimSpace(r.w.wrapped)
		e.reset()
		if strings.IndexByte(inner, '{') >= 0 && r.parseNested(inner, e, 1) == Fine {
			return Fine
		}
		e.reset()
		return parseText(inner, e)
	}
	return r.finish()
}

// maxPrefix is how far into a line an object may start.
const maxPrefix = 512

// isRequest reports whether the object tells of a request, and not of
// something else that happened to the server.
func (w *jsonWords) isRequest() bool {
	return w.request != "" || w.method != "" && (w.uri != "" || w.hasPath)
}

// finish puts together what needs more than one member.
func (r *jsonReader) finish() Reason {
	w, e := &r.w, r.e
	if !w.isRequest() {
		return NoRequest
	}
	if !w.timed {
		return NoTime
	}
	if w.status != "" {
		var ok bool
		if e.Status, ok = parseStatus(w.status); !ok && w.status != "0" {
			return BadStatus
		}
	}
	e.Proto = protoOf(w.proto)
	r.setRequest()
	r.setClient()
	e.Duration, _ = parseSpan(w.duration, w.shape.unit())
	if w.atEnd {
		e.Time = e.Time.Add(-e.Duration) // nginx and Caddy log the end
	}
	if w.session != "" && !strings.ContainsAny(w.session, ";\r\n") {
		e.cookie(r.cookie, w.session)
	}
	return Fine
}

// unit is the unit of the duration. (Traefik's has its own name.)
func (s jsonShape) unit() time.Duration {
	switch s {
	case traefikShape:
		return time.Nanosecond
	case envoyShape, ownShape:
		return time.Millisecond
	}
	return time.Second
}

// setRequest prefers what is nearest to what was sent: the URI, the request
// line, then path and query.
func (r *jsonReader) setRequest() {
	w, e := &r.w, r.e
	if w.request != "" && (w.uri == "" || w.method == "") {
		e.setRequestLine(w.request)
		return
	}
	if w.method == "-" {
		w.method = ""
	}
	target := w.uri
	if target == "" {
		target = w.path
		if q := strings.TrimPrefix(w.query, "?"); q != "" && q != "-" {
			target += "?" + q
		}
	}
	if !isMethod(w.method) {
		e.Garbage = cmp.Or(strings.TrimSpace(w.method+" "+target), "-")
		return
	}
	e.Method = w.method
	host := e.Host
	e.setTarget(target)
	if host != "" {
		e.Host = host // the Host field wins over an absolute target
	}
}

func (r *jsonReader) setClient() {
	w := &r.w
	if w.client == "" || w.client == "-" {
		w.client = w.peer
	}
	r.e.setClient(w.client)
}
