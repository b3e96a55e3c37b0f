package accesslog

import (
	"strings"
	"time"
)

// A line of the text family is, around its time in brackets:
//
//	prefix host client ident user [time] "request" status bytes "referer" "user agent" …
//	                              [time] host client seconds "request" status bytes …
//	                              [time] "request" status flags in out …      (Envoy)
//	                              [time] … METHOD scheme host "target" [Client …] …
//
// parseText finds the time and goes left and right from it.
func parseText(line string, e *Entry) Reason {
	open, shut, t, ok := bracketedTime(line)
	if !ok {
		return whyNotText(line)
	}
	e.Time = t
	left, right := line[:open], strings.TrimLeft(line[shut+1:], " ")
	if strings.Contains(right, "[Client ") {
		return parseNPM(right, e)
	}
	timeFirst := strings.TrimSpace(left) == ""
	quote := strings.IndexByte(right, '"')
	if quote < 0 {
		return NoRequest
	}
	if timeFirst && quote == 0 {
		return parseEnvoy(right, e)
	}
	if timeFirst {
		e.setBetween(right[:quote])
	} else {
		e.setLeft(left)
	}
	return parseRight(right[quote:], e)
}

// bracketedTime finds the first time in brackets.
func bracketedTime(line string) (open, shut int, t time.Time, ok bool) {
	for from := 0; ; {
		i := strings.IndexByte(line[from:], '[')
		if i < 0 {
			return 0, 0, t, false
		}
		open = from + i
		if j := strings.IndexByte(line[open:], ']'); j > 0 {
			inside := line[open+1 : open+j]
			if t, ok = parseCLFTime(inside); !ok {
				t, ok = parseISOTime(inside)
			}
			if ok {
				return open, open + j, t, true
			}
		}
		from = open + 1
	}
}

// parseRight reads from the quoted request on.
func parseRight(s string, e *Entry) Reason {
	request, rest, ok := quotedRequest(s)
	if !ok {
		return NoRequest
	}
	status, rest := word(rest)
	if e.Status, ok = parseStatus(status); !ok {
		return BadStatus
	}
	e.setRequestLine(unescape(request))
	if size, after := word(rest); size != "" && size[0] != '"' {
		e.BytesOut, _ = parseCount(size)
		rest = after
	}
	if strings.IndexByte(rest, '"') < 0 {
		e.setUnquoted(rest)
		return Fine
	}
	e.setTail(rest)
	return Fine
}

// setTail reads what follows the size: quoted fields (referer, user agent,
// forwarded addresses) and a length of time.
func (e *Entry) setTail(rest string) {
	for n := 0; ; {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return
		}
		if rest[0] == '"' {
			text, after, ok := quoted(rest)
			if !ok {
				text, after = rest[1:], "" // cut off, or not escaped at the end
			}
			e.setQuoted(n, unescape(text))
			n, rest = n+1, after
			continue
		}
		var w string
		if w, rest = word(rest); n >= 2 {
			e.setSpan(w)
		}
	}
}

// setQuoted takes the n-th quoted field behind the size.
func (e *Entry) setQuoted(n int, s string) {
	switch n {
	case 0:
		e.ask("Referer", s)
	case 1:
		e.ask("User-Agent", s)
	case 2:
		first, _, _ := strings.Cut(s, ",")
		if _, ok := parseAddr(strings.TrimSpace(first)); ok {
			e.ask("X-Forwarded-For", s)
		}
	}
}

// setSpan takes the first word behind the user agent that is surely a length
// of time: seconds with a fraction, or milliseconds with their unit. A whole
// number may be anything.
func (e *Entry) setSpan(w string) {
	if e.Duration != 0 {
		return
	}
	if ms, ok := strings.CutSuffix(w, "ms"); ok {
		e.Duration, _ = parseSpan(ms, time.Millisecond)
	} else if strings.IndexByte(w, '.') > 0 {
		e.Duration, _ = parseSpan(w, time.Second)
	}
}

// setUnquoted reads a tail without quotes: numbers, a referer, and the user
// agent to the end of the line.
func (e *Entry) setUnquoted(rest string) {
	w, after := word(rest)
	if _, ok := parseCount(w); ok {
		w, after = word(after)
	}
	e.ask("Referer", w)
	e.ask("User-Agent", strings.TrimSpace(after))
}

// setBetween reads the words between a leading time and the request: host,
// client and seconds, in any order that makes sense.
func (e *Entry) setBetween(s string) {
	for w, rest := word(s); w != ""; w, rest = word(rest) {
		switch _, isAddr := parseAddr(w); {
		case isAddr && !e.Client.IsValid():
			e.setClient(w)
		case strings.IndexByte(w, '.') > 0 && isDigit(w[0]):
			e.setSpan(w)
		case e.Host == "":
			e.setHost(w)
		}
	}
}

// whyNotText tells lines of error logs from the rest.
func whyNotText(line string) Reason {
	for _, level := range []string{"emerg]", "alert]", "crit]", "error]", "warn]", "notice]", "info]", "debug]"} {
		if i := strings.Index(line, level); i > 0 && (line[i-1] == '[' || line[i-1] == ':') {
			return ErrorLog
		}
	}
	return NotRecognised
}
