package point

import (
	"fmt"
	"strings"
)

// Sample returns a raw HTTP/1.1 message, with *** where the value of p is:
// a preview of the structure the path describes. Lines end with a line feed.
// What is encoded in a real message stands decoded, in parentheses after the
// encoding's name, such as base64({"name": "***"}). What is not part of a
// message, like the client's address, stands in a line that begins with #.
// Long lists are shortened. Sample returns "" for the zero Path.
func (p Path) Sample() string {
	if p.IsZero() {
		return ""
	}
	m := message{method: "GET", target: "/", proto: "1.1", status: "200 OK"}
	first, norm, rest := cutStep(p.steps)
	switch first.Kind {
	case Header:
		m.addHeader(first.Name, norm, rest)
	case Cookie:
		m.addCookie(p.side, first.Name, norm, rest)
	case Body:
		m.method = "POST"
		m.addBody(rest)
	default:
		m.setLine(first, norm, rest)
	}
	return m.render(p.side)
}

const (
	placeholder = "***" // stands for the value
	filler      = "..." // stands for what does not matter
	// maxFillers is how many values are shown before the one that is meant.
	maxFillers = 3
	// maxSample bounds what is nested once more, since each nesting may
	// double the escapes.
	maxSample = 4 << 10
)

// cutStep takes the first step of steps, which are not empty, and the norm
// that stands for its name or index.
func cutStep(steps []Step) (st Step, norm Kind, rest []Step) {
	h, rest := firstHop(steps)
	return h.step, h.norm, rest
}

// message is a sample on its way.
type message struct {
	notes                         []string
	method, target, proto, status string
	fields                        []pair
	body                          string
}

type pair struct{ name, text string }

// setLine fills what is told by the request line, the status line or the
// connection.
func (m *message) setLine(st Step, norm Kind, rest []Step) {
	inner := nested(rest)
	switch st.Kind {
	case URI:
		m.target = inner
	case PathSegment:
		m.target = samplePath(st.Index, norm, inner)
	case ActionName:
		m.target = "/" + inner + ".html"
	case ActionExt:
		m.target = "/page." + inner
	case Query:
		m.target = "/?" + encodePairs(paramPairs(st.Name, norm, rest))
	case Method:
		m.method = inner
	case Proto:
		m.proto = inner
	case Scheme:
		m.target = inner + "://example.com/"
	case UserAgent:
		m.fields = []pair{{"User-Agent", inner}}
	case Status:
		m.status = inner
	case Application:
		m.notes = []string{"application: " + inner}
	case IP:
		m.notes = []string{"client address: " + inner}
	case Fingerprint:
		m.notes = []string{"TLS fingerprint: " + inner}
	}
}

// samplePath returns a path whose segment at index is inner.
func samplePath(index int, norm Kind, inner string) string {
	if norm == All {
		return "/" + inner + "/" + inner + "/page.html"
	}
	var b strings.Builder
	for range min(index, maxFillers) {
		b.WriteString("/" + filler)
	}
	return b.String() + "/" + inner + "/page.html"
}

func (m *message) addHeader(name string, norm Kind, rest []Step) {
	switch norm {
	case All:
		m.fields = append(m.fields, repeated("Accept", rest)...)
		m.fields = append(m.fields, repeated("X-Example", rest)...)
	case Names:
		m.fields = append(m.fields, pair{placeholder, filler})
	default:
		m.fields = append(m.fields, repeated(name, rest)...)
	}
}

// repeated returns a header field or a cookie, as often as its steps ask for.
func repeated(name string, steps []Step) []pair {
	if len(steps) > 0 {
		st, norm, rest := cutStep(steps)
		switch {
		case st.Kind == Item && norm == All, st.Kind == Pollution:
			return []pair{{name, nested(rest)}, {name, nested(rest)}}
		case st.Kind == Item:
			return append(fillers(name, st.Index), pair{name, nested(rest)})
		case st.Kind == JWT && name == "Authorization" && norm == noKind && (len(rest) == 0 || rest[0].Kind != JWTPrefix):
			return []pair{{name, "Bearer " + nested(steps)}}
		}
	}
	return []pair{{name, nested(steps)}}
}

// fillers returns the pairs that stand before the one at index.
func fillers(name string, index int) []pair {
	var pairs []pair
	for range min(index, maxFillers) {
		pairs = append(pairs, pair{name, filler})
	}
	return pairs
}

func (m *message) addCookie(side Side, name string, norm Kind, rest []Step) {
	var pairs []pair
	switch norm {
	case All:
		pairs = append(repeated("a", rest), repeated("b", rest)...)
	case Names:
		pairs = []pair{{placeholder, filler}}
	default:
		pairs = repeated(name, rest)
	}
	var cookies []string
	for _, c := range pairs {
		cookies = append(cookies, printable(c.name)+"="+c.text)
	}
	if side == Request {
		m.fields = append(m.fields, pair{"Cookie", strings.Join(cookies, "; ")})
		return
	}
	for _, c := range cookies {
		m.fields = append(m.fields, pair{"Set-Cookie", c + "; Path=/"})
	}
}

// addBody fills the body, and the field that tells its type.
func (m *message) addBody(steps []Step) {
	kind, contentType := noKind, "application/octet-stream"
	if len(steps) > 0 {
		kind = steps[0].Kind
	}
	m.body = nested(steps)
	switch kind {
	case JSON:
		contentType = "application/json"
	case XML:
		contentType = "application/xml"
	case GraphQL:
		contentType = "application/json"
		m.body = graphQLBody(steps[1:])
	case Form:
		contentType = "application/x-www-form-urlencoded"
		st, norm, rest := cutStep(steps)
		m.body = encodePairs(paramPairs(st.Name, norm, rest))
	case Multipart:
		contentType = "multipart/form-data; boundary=" + boundary
		m.body = multipartBody(cutStep(steps))
	case HTMLJS:
		contentType = "text/html"
	}
	m.fields = append(m.fields, pair{"Content-Type", contentType})
}

// render returns the message as text.
func (m *message) render(side Side) string {
	var b strings.Builder
	for _, note := range m.notes {
		fmt.Fprintf(&b, "# %s\n", note)
	}
	if side == Request {
		fmt.Fprintf(&b, "%s %s HTTP/%s\n", m.method, m.target, m.proto)
		if len(m.fields) == 0 || m.fields[0].name != "Host" {
			b.WriteString("Host: example.com\n")
		}
	} else {
		fmt.Fprintf(&b, "HTTP/1.1 %s\n", m.status)
	}
	for _, f := range m.fields {
		fmt.Fprintf(&b, "%s: %s\n", f.name, f.text)
	}
	b.WriteString("\n")
	if m.body != "" {
		b.WriteString(m.body + "\n")
	}
	return b.String()
}
