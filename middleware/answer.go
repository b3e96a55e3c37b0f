package middleware

import (
	"net/http"
	"strconv"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Blocked is what is known of a blocked request when it is answered.
type Blocked struct {
	// ID is the request's id, which the answer should show: it is how a person
	// who was blocked by mistake and a person who looks after it find together.
	ID traffic.RequestID
	// Time is when the request arrived.
	Time time.Time
	// App is the application, Client the far end.
	App    traffic.App
	Client traffic.Client
	// Verdict says why. Most of it is not for the client's eyes.
	Verdict traffic.Verdict
}

// Answer writes what a blocked client gets. The header is as it was before
// the handler ran, plus the request's id in the header Config.RequestIDHeader
// and "Cache-Control: no-store"; both may be changed. The body of r may be
// read, if need be.
//
// When it panics or writes nothing, [DefaultAnswer] answers in its place: a
// blocked client never gets an empty 200. It runs on the request's path, at
// once from many goroutines.
type Answer func(w http.ResponseWriter, r *http.Request, b Blocked)

// DefaultAnswer answers 403 with the request's id: as application/problem+json
// (RFC 9457), or as a small page when the Accept header prefers HTML. It says
// nothing of the reason, which would help an attacker most.
func DefaultAnswer(w http.ResponseWriter, r *http.Request, b Blocked) {
	page := prefersHTML(r.Header["Accept"])
	var text []byte
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if page {
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		text = append(text, pageHead...)
		text = append(text, b.ID.String()...)
		text = append(text, pageTail...)
	} else {
		h.Set("Content-Type", "application/problem+json")
		text = append(text, problemHead...)
		text = append(text, b.ID.String()...)
		text = append(text, problemTail...)
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write(text) // the client may be gone; the answer is given all the same
}

const (
	problemHead = `{"type":"about:blank","title":"Forbidden","status":403,"detail":"This request was blocked.","request_id":"`
	problemTail = "\"}\n"

	pageHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Request blocked</title>
</head>
<body>
<h1>This request was blocked</h1>
<p>If you think that this is a mistake, tell the people who run this site, and give them this number:</p>
<p><code>`
	pageTail = "</code></p>\n</body>\n</html>\n"
)

// refuse gives the blocked answer by out. Nothing was sent yet.
func (m *Middleware) refuse(out *writer, f *flow, x *traffic.Exchange) {
	b := Blocked{ID: x.ID, Time: x.Time, App: x.App, Client: x.Client, Verdict: x.Verdict}
	w := out.kind()
	h := w.Header()
	h.Set(m.idHeader, b.ID.String())
	h.Set("Cache-Control", "no-store")
	if f.req.ProtoMajor == 1 && f.body.unread() {
		// What a blocked client still has to say is not worth reading: without
		// this the server would read on to keep the connection.
		h.Set("Connection", "close")
	}
	m.ask(w, f, b)
	if out.untouched() {
		h.Del("Content-Encoding")
		DefaultAnswer(w, &f.req, b)
	}
}

// ask runs the answer function.
func (m *Middleware) ask(w http.ResponseWriter, f *flow, b Blocked) {
	ok := true
	defer m.caught("Config.Answer", &ok)
	m.answer(w, &f.req, b)
}

// untouched reports whether nothing was written.
func (w *writer) untouched() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status == 0 && !w.hijacked
}
