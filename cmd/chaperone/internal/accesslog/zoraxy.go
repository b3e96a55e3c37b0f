package accesslog

import "strings"

// parseZoraxy reads the log of Zoraxy:
//
//	2025/05/01 07:57:03 [2025-05-01 07:57:03.150624] [router:host-http] [origin:host] [client: addr] [useragent: text] METHOD /target status
func parseZoraxy(line string, e *Entry) Reason {
	_, shut, t, ok := bracketedTime(line)
	if !ok {
		return whyNotText(line)
	}
	e.Time = t
	rest := line[shut+1:]
	if !strings.Contains(rest, "[router:") {
		return NotRecognised
	}
	e.setClient(bracket(rest, "[client:"))
	e.setHost(bracket(rest, "[origin:"))
	const agent = "[useragent:"
	i := strings.Index(rest, agent)
	if i < 0 {
		return NoRequest
	}
	// The user agent may hold brackets: the request is behind the last one.
	end := strings.LastIndex(rest, "] ")
	if end < i {
		return NoRequest
	}
	e.ask("User-Agent", strings.TrimSpace(rest[i+len(agent):end]))
	return e.setZoraxyRequest(rest[end+2:])
}

// setZoraxyRequest reads METHOD target status.
func (e *Entry) setZoraxyRequest(s string) Reason {
	method, rest := word(s)
	i := strings.LastIndexByte(rest, ' ')
	if i < 1 || !isMethod(method) {
		return NoRequest
	}
	var ok bool
	if e.Status, ok = parseStatus(rest[i+1:]); !ok {
		return BadStatus
	}
	e.Method = method
	e.setTarget(strings.TrimSpace(rest[:i]))
	return Fine
}
