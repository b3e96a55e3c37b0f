package accesslog

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"net/url"
	"time"
)

// harReader reads the entries of a HAR 1.2.
type harReader struct{ split harSplit }

func newHARReader(in *bufio.Reader) *harReader { return &harReader{harSplit{in: in}} }

// next reads one entry. The end of the file within the archive is damage.
func (h *harReader) next(e *Entry) (Reason, []byte, error) {
	text, tooBig, err := h.split.next()
	switch {
	case errors.Is(err, errHAR):
		return Fine, nil, &harDamage{err}
	case err == io.EOF:
		return Fine, nil, err
	case err != nil:
		return CutOff, text, err
	case tooBig:
		return TooLong, text, nil
	}
	return parseHAREntry(text, e), text, nil
}

// harDamage makes trouble with the form of a HAR damage of the file.
type harDamage struct{ err error }

func (d *harDamage) Error() string { return d.err.Error() }

// Unwrap returns what [damaged] knows.
func (d *harDamage) Unwrap() error { return io.ErrUnexpectedEOF }

// ParseHAREntry fills e from one entry of a HAR: the object with request and
// response.
func ParseHAREntry(text []byte, e *Entry) Reason {
	e.reset()
	return parseHAREntry(text, e)
}

// harEntry is what is used of an entry.
type harEntry struct {
	Started  string      `json:"startedDateTime"`
	Time     float64     `json:"time"` // milliseconds
	Request  *harRequest `json:"request"`
	Response harResponse `json:"response"`
}

type harRequest struct {
	Method      string     `json:"method"`
	URL         string     `json:"url"`
	HTTPVersion string     `json:"httpVersion"`
	Headers     []harPair  `json:"headers"`
	BodySize    int64      `json:"bodySize"`
	PostData    *harPosted `json:"postData"`
}

type harPosted struct {
	MimeType string    `json:"mimeType"`
	Text     string    `json:"text"`
	Params   []harPair `json:"params"`
}

type harResponse struct {
	Status   int        `json:"status"`
	Headers  []harPair  `json:"headers"`
	BodySize int64      `json:"bodySize"`
	Content  harContent `json:"content"`
}

type harContent struct {
	Size     int64  `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"encoding"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// harClient is the client of all entries: one browser, on this machine.
var harClient = netip.AddrFrom4([4]byte{127, 0, 0, 1})

func parseHAREntry(text []byte, e *Entry) Reason {
	var h harEntry
	if err := json.Unmarshal(text, &h); err != nil {
		return BadJSON
	}
	if h.Request == nil || !isMethod(h.Request.Method) || h.Request.URL == "" {
		return NoRequest
	}
	var ok bool
	if e.Time, ok = parseISOTime(h.Started); !ok {
		return NoTime
	}
	if h.Response.Status < 0 || h.Response.Status > 999 {
		return BadStatus
	}
	if h.Time > 0 && h.Time < 1e12 {
		e.Duration = time.Duration(h.Time * float64(time.Millisecond))
	}
	e.Client = harClient
	h.Request.fill(e)
	h.Response.fill(e)
	return Fine
}

func (r *harRequest) fill(e *Entry) {
	e.Method, e.Proto = r.Method, harProto(r.HTTPVersion)
	e.setTarget(r.URL)
	for _, f := range r.Headers {
		switch {
		case f.Name != "" && f.Name[0] == ':': // of HTTP/2: method, path, scheme
		case len(f.Name) == 4 && (f.Name == "Host" || f.Name == "host"):
			e.setHost(f.Value)
		default:
			e.ask(f.Name, f.Value)
		}
	}
	e.BytesIn = max(r.BodySize, 0)
	if p := r.PostData; p != nil {
		e.RequestBody = p.body()
		e.BytesIn = max(e.BytesIn, int64(len(e.RequestBody)))
		if e.asked("Content-Type") == "" {
			e.ask("Content-Type", p.MimeType)
		}
	}
}

// body returns the text, or the parameters as a form when there is no text.
func (p *harPosted) body() []byte {
	if p.Text != "" || len(p.Params) == 0 {
		return []byte(p.Text)
	}
	var b []byte
	for i, f := range p.Params {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, url.QueryEscape(f.Name)...)
		b = append(b, '=')
		b = append(b, url.QueryEscape(f.Value)...)
	}
	return b
}

func (r *harResponse) fill(e *Entry) {
	e.Status = r.Status
	encoded := false
	for _, f := range r.Headers {
		if f.Name == "" || f.Name[0] == ':' {
			continue
		}
		n := len(e.Answered)
		e.answer(f.Name, f.Value)
		if len(e.Answered) > n && e.Answered[n].Name == "Content-Encoding" {
			// The content of a HAR is decoded already.
			e.Answered, encoded = e.Answered[:n], true
		}
	}
	e.ResponseBody = r.Content.body()
	e.BytesOut = max(r.BodySize, 0)
	if encoded || e.BytesOut == 0 {
		e.BytesOut = max(e.BytesOut, r.Content.Size, int64(len(e.ResponseBody)))
	}
}

func (c *harContent) body() []byte {
	if c.Encoding != "base64" {
		return []byte(c.Text)
	}
	b, err := base64.StdEncoding.DecodeString(c.Text)
	if err != nil {
		return nil // not the body: better none than a wrong one
	}
	return b
}

// harProto reads HTTP/1.1, http/2.0, h2 and h3.
func harProto(s string) string {
	switch s {
	case "h2", "H2":
		return "2.0"
	case "h3", "H3":
		return "3.0"
	}
	if len(s) > 5 && (s[:5] == "http/" || s[:5] == "HTTP/") {
		return protoOf(s[5:])
	}
	return ""
}
