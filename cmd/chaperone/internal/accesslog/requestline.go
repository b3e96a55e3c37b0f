package accesslog

import "strings"

// setRequestLine takes METHOD TARGET HTTP/VERSION apart, already unescaped. A
// line that is none becomes the entry's Garbage.
func (e *Entry) setRequestLine(s string) {
	method, rest, _ := strings.Cut(s, " ")
	target, proto := rest, ""
	if i := strings.LastIndex(rest, " HTTP/"); i >= 0 {
		target, proto = rest[:i], rest[i+len(" HTTP/"):]
	}
	if !isMethod(method) || target == "" || proto == "" && !looksLikeTarget(target) {
		if e.Garbage = s; s == "" {
			e.Garbage = "-"
		}
		return
	}
	e.Method = method
	e.Proto = protoOf(proto)
	e.setTarget(target)
}

// setTarget sets the target; an absolute one (to a proxy, or as load
// balancers log it) gives its scheme and host to the entry. An empty one is
// the root.
func (e *Entry) setTarget(target string) {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || !isScheme(scheme) {
		if e.Target = target; target == "" {
			e.Target = "/"
		}
		return
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	e.Scheme = strings.ToLower(scheme)
	e.setHost(rest[:end])
	if e.Target = rest[end:]; e.Target == "" || e.Target[0] != '/' {
		e.Target = "/" + e.Target
	}
}

// setHost sets the host, without the default port of the scheme.
func (e *Entry) setHost(host string) {
	if host == "-" || host == "_" {
		return // nginx's catch-all server has no name
	}
	if e.Scheme != "http" {
		host = strings.TrimSuffix(host, ":443")
	}
	if e.Scheme != "https" {
		host = strings.TrimSuffix(host, ":80")
	}
	e.Host = host
}

func isScheme(s string) bool {
	return strings.EqualFold(s, "http") || strings.EqualFold(s, "https") || strings.EqualFold(s, "ws") || strings.EqualFold(s, "wss")
}

// looksLikeTarget tells "GET /old" of HTTP/0.9 from two words of garbage.
func looksLikeTarget(s string) bool {
	return s[0] == '/' || s == "*" || strings.Contains(s, "://")
}

// isMethod reports whether s is a token of RFC 9110 that starts with a letter
// and has at most 32 characters.
func isMethod(s string) bool {
	if s == "" || len(s) > 32 || (s[0]|0x20) < 'a' || (s[0]|0x20) > 'z' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || isDigit(c) {
			continue
		}
		if strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return true
}

// protoOf returns the version as exchanges have it: 2 is 2.0, 3 is 3.0.
func protoOf(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimPrefix(s, "HTTP/")
	switch s {
	case "2":
		return "2.0"
	case "3":
		return "3.0"
	}
	return s
}
