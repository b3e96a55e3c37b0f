package accesslog

import "strings"

// parseNPM reads the log of nginx-proxy-manager, behind its time:
//
//	cache upstream-status status - METHOD scheme host "target" [Client addr] [Length n] [Gzip r] [Sent-to x] "user agent" "referer"
//
// A host that is not proxied has only the status before the dash.
func parseNPM(s string, e *Entry) Reason {
	quote := strings.IndexByte(s, '"')
	if quote < 0 {
		return NoRequest
	}
	var all [maxWords]string
	words := all[:0]
	for w, rest := word(s[:quote]); w != "" && len(words) < maxWords; w, rest = word(rest) {
		words = append(words, w)
	}
	n := len(words)
	if n < 5 || words[n-4] != "-" {
		return NoRequest
	}
	var ok bool
	if e.Status, ok = parseStatus(words[n-5]); !ok {
		return BadStatus
	}
	target, rest, ok := quoted(s[quote:])
	if !ok || !isMethod(words[n-3]) {
		return NoRequest
	}
	e.Method, e.Scheme = words[n-3], words[n-2]
	e.setHost(words[n-1])
	e.setTarget(unescape(target))
	e.setClient(bracket(rest, "[Client "))
	e.BytesOut, _ = parseCount(bracket(rest, "[Length "))
	quote = strings.IndexByte(rest, '"')
	if quote < 0 {
		return Fine
	}
	agent, rest, _ := quoted(rest[quote:])
	e.ask("User-Agent", unescape(agent))
	referer, _, _ := quoted(strings.TrimLeft(rest, " "))
	e.ask("Referer", unescape(referer))
	return Fine
}

// bracket returns the text between open and the next ].
func bracket(s, open string) string {
	i := strings.Index(s, open)
	if i < 0 {
		return ""
	}
	s = s[i+len(open):]
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return ""
	}
	return strings.TrimSpace(s[:end])
}
