package accesslog

import (
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// ParseHTTP reads a request as HTTP/1.1 text, and the response if one follows.
// The text may come from an editor: lines may end without a carriage return,
// and a Content-Length that does not fit is not believed. Time and client are
// left to the caller.
func ParseHTTP(text string) (*Entry, error) {
	e := &Entry{Source: "HTTP text", Line: 1}
	text = strings.TrimLeft(strings.TrimPrefix(text, string(bom)), "\r\n")
	line, rest, _ := strings.Cut(text, "\n")
	if e.setRequestLine(strings.TrimRight(line, " \r")); e.Method == "" {
		return nil, fmt.Errorf("first line %q: want METHOD TARGET HTTP/VERSION, such as GET /orders/1 HTTP/1.1", clipText(line))
	}
	fields, rest, err := httpHead(rest)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	for _, f := range fields {
		if f.Name == "Host" {
			e.setHost(f.Value)
			continue
		}
		e.Asked = append(e.Asked, f)
	}
	body, answer := cutAnswer(rest)
	e.RequestBody = httpBody(body, fields, answer != "")
	e.BytesIn = int64(len(e.RequestBody))
	if answer == "" {
		return e, nil
	}
	return e, e.setAnswer(answer)
}

// setAnswer reads the response.
func (e *Entry) setAnswer(text string) error {
	line, rest, _ := strings.Cut(text, "\n")
	_, status, _ := strings.Cut(line, " ")
	status, _ = word(strings.TrimRight(status, "\r"))
	var ok bool
	if e.Status, ok = parseStatus(status); !ok || e.Status == 0 {
		return fmt.Errorf("response: first line %q: want HTTP/VERSION STATUS, such as HTTP/1.1 200 OK", clipText(line))
	}
	fields, rest, err := httpHead(rest)
	if err != nil {
		return fmt.Errorf("response: %w", err)
	}
	e.Answered = fields
	e.ResponseBody = httpBody(rest, fields, false)
	e.BytesOut = int64(len(e.ResponseBody))
	return nil
}

// httpHead reads header fields up to an empty line, or the end.
func httpHead(text string) (fields []Field, rest string, err error) {
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			return fields, text, nil
		}
		if line[0] == ' ' || line[0] == '\t' { // a folded line goes on the last one
			if n := len(fields); n > 0 {
				fields[n-1].Value += " " + strings.TrimSpace(line)
				continue
			}
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || !isFieldName(name) {
			return nil, "", fmt.Errorf("header line %q: want Name: value, or an empty line before the body", clipText(line))
		}
		if len(fields) == maxFields {
			return nil, "", fmt.Errorf("more than %d header fields", maxFields)
		}
		fields = append(fields, Field{traffic.CanonicalName(name), strings.TrimSpace(value)})
	}
	return fields, "", nil
}

func isFieldName(s string) bool {
	return s != "" && !strings.ContainsAny(s, " \t\"(),/;<=>?@[\\]{}")
}

// cutAnswer cuts the text behind the request's head where a response begins:
// at a line that starts with HTTP/.
func cutAnswer(text string) (body, answer string) {
	if strings.HasPrefix(text, "HTTP/") {
		return "", text
	}
	for from := 0; ; {
		i := strings.Index(text[from:], "\nHTTP/")
		if i < 0 {
			return text, ""
		}
		at := from + i + 1
		if line, _, _ := strings.Cut(text[at:], "\n"); isStatusLine(line) {
			return text[:at], text[at:]
		}
		from = at
	}
}

// isStatusLine tells a response from a body that speaks of HTTP.
func isStatusLine(line string) bool {
	proto, rest, _ := strings.Cut(line, " ")
	status, _ := word(strings.TrimRight(rest, "\r"))
	_, ok := parseStatus(status)
	return ok && len(proto) <= len("HTTP/1.1") && status != "-"
}

// httpBody returns the body in text: as long as Content-Length says, if there
// is as much and no more than line ends behind it; else all of it. more tells
// that something follows, so that line ends at the end are no part of it.
func httpBody(text string, fields []Field, more bool) []byte {
	var length, coding string
	for _, f := range fields {
		switch f.Name {
		case "Content-Length":
			length = f.Value
		case "Transfer-Encoding":
			coding = f.Value
		}
	}
	if strings.EqualFold(coding, "chunked") {
		if b, err := unchunk(text); err == nil {
			return b
		}
	}
	if n, ok := parseCount(length); ok && n <= int64(len(text)) && strings.Trim(text[n:], "\r\n") == "" {
		return []byte(text[:n])
	}
	if more {
		text = strings.TrimRight(text, "\r\n")
	} else {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r") // the end of an editor's file
	}
	return []byte(text)
}

func unchunk(text string) ([]byte, error) {
	r := strings.NewReader(text)
	b, err := io.ReadAll(httputil.NewChunkedReader(r))
	if err == nil && r.Len() == len(text) {
		err = errors.New("nothing read")
	}
	return b, err
}

func clipText(s string) string { return s[:min(len(s), maxExampleText)] }
