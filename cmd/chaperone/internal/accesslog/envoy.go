package accesslog

import (
	"strings"
	"time"
)

// parseEnvoy reads Envoy's text, behind its time:
//
//	"request" status flags … in out ms upstream-ms "forwarded for" "user agent" "request id" "authority" "upstream"
//
// Istio puts more between the flags and the four numbers.
func parseEnvoy(s string, e *Entry) Reason {
	request, rest, ok := quotedRequest(s)
	if !ok {
		return NoRequest
	}
	status, rest := word(rest)
	if e.Status, ok = parseStatus(status); !ok {
		return BadStatus
	}
	e.setRequestLine(unescape(request))
	rest = e.setEnvoyNumbers(rest)
	for n := 0; n < 4; n++ {
		text, after, ok := quoted(strings.TrimLeft(rest, " "))
		if !ok {
			break
		}
		rest = after
		e.setEnvoyText(n, unescape(text))
	}
	return Fine
}

// setEnvoyNumbers finds the first three words in a row that are numbers, and
// returns what follows the fourth.
func (e *Entry) setEnvoyNumbers(s string) string {
	var last [3]string
	for w, rest := word(s); w != ""; w, rest = word(rest) {
		last[0], last[1], last[2] = last[1], last[2], w
		in, ok1 := parseCount(last[0])
		out, ok2 := parseCount(last[1])
		span, ok3 := parseSpan(last[2], time.Millisecond)
		if ok1 && ok2 && ok3 {
			e.BytesIn, e.BytesOut, e.Duration = in, out, span
			_, rest = word(rest)
			return rest
		}
	}
	return s
}

// setEnvoyText takes the n-th quoted field.
func (e *Entry) setEnvoyText(n int, s string) {
	switch n {
	case 0:
		first, _, _ := strings.Cut(s, ",")
		e.setClient(strings.TrimSpace(first))
		e.ask("X-Forwarded-For", s)
	case 1:
		e.ask("User-Agent", s)
	case 3:
		e.setHost(s)
	}
}
