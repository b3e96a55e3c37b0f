package accesslog

import (
	"strings"
	"time"
)

// parseALB reads the log of an application load balancer of AWS,
//
//	type time elb client target t1 t2 t3 status target-status in out "request" "user agent" cipher protocol arn "trace" "domain" …
//
// or of a classic one, which has no type. The time is when the answer was
// sent; the request arrived t1+t2+t3 before.
func parseALB(line string, e *Entry) Reason {
	kind, rest := word(line)
	if isALBType(kind) {
		e.Scheme = albScheme(kind)
	} else {
		rest = line // classic
	}
	var f [11]string // time elb client target t1 t2 t3 status target-status in out
	for i := range f {
		f[i], rest = word(rest)
	}
	t, ok := parseISOTime(f[0])
	if !ok {
		return NoTime
	}
	if e.Status, ok = parseStatus(f[7]); !ok {
		return BadStatus
	}
	for _, part := range f[4:7] {
		d, _ := parseSpan(part, time.Second) // -1: the target never answered
		e.Duration += d
	}
	e.Time = t.Add(-e.Duration)
	e.setClient(f[2])
	e.BytesIn, _ = parseCount(f[9])
	e.BytesOut, _ = parseCount(f[10])
	request, rest, ok := quoted(strings.TrimLeft(rest, " "))
	if !ok {
		return NoRequest
	}
	e.setRequestLine(unescape(strings.TrimSuffix(request, " "))) // "- - - " for no request
	agent, _, _ := quoted(strings.TrimLeft(rest, " "))
	e.ask("User-Agent", unescape(agent))
	return Fine
}

func isALBType(s string) bool {
	switch s {
	case "http", "https", "h2", "grpcs", "ws", "wss":
		return true
	}
	return false
}

// albScheme returns the scheme of a type.
func albScheme(kind string) string {
	if kind == "http" || kind == "ws" {
		return "http"
	}
	return "https"
}
