package accesslog

import (
	"bytes"
	"strings"
)

// member takes one scalar of an object.
func (r *jsonReader) member(path []byte, name string, kind jsonKind, text string) {
	if kind == jsonWord {
		return // true, false and null say nothing we ask for
	}
	if r.scan.depth > 1 {
		r.nested(path, name, text)
		return
	}
	if r.requestMember(name, text) || r.answerMember(name, text) || r.clientMember(name, text) {
		return
	}
	r.prefixed(name, text)
}

// requestMember takes members of the top that tell of the request.
func (r *jsonReader) requestMember(name, text string) bool {
	w, e := &r.w, r.e
	switch name {
	case "request":
		w.request = text
	case "request_uri", "uri", "url", "http_path", "x-envoy-origin-path", "x_envoy_origin_path", "x_envoy_original_path":
		w.setURI(name, text)
	case "RequestPath":
		w.shape, w.uri = traefikShape, text
	case "path":
		w.path, w.hasPath = text, true
	case "query", "args", "query_string":
		w.query = text
	case "m":
		w.shape, w.method = ownShape, text
	case "method", "request_method", "verb":
		w.method = text
	case "RequestMethod":
		w.method = text
	case "protocol", "server_protocol", "proto", "RequestProtocol":
		w.proto = text
	case "scheme", "RequestScheme":
		e.Scheme = text
	case "host", "http_host", "RequestHost", "authority", ":authority", "vhost", "server_name":
		if e.Host == "" || name != "server_name" {
			e.setHost(text)
		}
	default:
		return false
	}
	return true
}

// setURI keeps the URI as sent: request_uri is, uri of nginx is not.
func (w *jsonWords) setURI(name, text string) {
	switch {
	case name == "uri" && !strings.Contains(text, "?"):
		w.path, w.hasPath = text, true // to be joined with args, unless there is a request_uri
	default:
		w.uri = text
	}
}

// answerMember takes members of the top that tell of the answer and the time.
func (r *jsonReader) answerMember(name, text string) bool {
	w, e := &r.w, r.e
	switch name {
	case "status", "DownstreamStatus", "status_code":
		w.status = text
	case "response_code":
		w.shape, w.status = envoyShape, text
	case "size", "body_bytes_sent", "bytes", "DownstreamContentSize":
		e.BytesOut, _ = parseCount(text)
	case "bytes_sent":
		if e.BytesOut == 0 {
			e.BytesOut, _ = parseCount(text)
		}
	case "bytes_read", "bytes_received", "RequestContentSize", "content_length":
		e.BytesIn, _ = parseCount(text)
	case "duration", "request_time", "Duration", "rt":
		w.duration = text
	case "ts", "time", "timestamp", "@timestamp", "time_local", "time_iso8601", "msec", "start_time", "datetime", "date":
		r.setTime(name, text)
	case "StartUTC", "t":
		r.setTime(name, text)
	case "log", "message", "MESSAGE", "msg":
		if strings.ContainsAny(text, `"{`) {
			w.wrapped = text
		}
	default:
		return false
	}
	return true
}

// setTime keeps the best time: when the request began, if the object says so.
func (r *jsonReader) setTime(name, text string) {
	starts := name == "start_time" || name == "StartUTC"
	if r.w.timed && !starts {
		return
	}
	if t, ok := parseTime(text); ok {
		r.e.Time, r.w.timed = t, true
		r.w.atEnd = name == "ts" || name == "msec" || name == "time_local" || name == "time_iso8601"
	}
}

// clientMember takes members of the top that tell of the client.
func (r *jsonReader) clientMember(name, text string) bool {
	w, e := &r.w, r.e
	switch name {
	case "remote_addr", "client", "client_ip", "clientip", "remote_ip", "ip", "ClientHost", "downstream_remote_address_without_port":
		w.client = text
	case "ClientAddr", "downstream_remote_address", "remote":
		w.peer = text
	case "remote_user", "user_id", "ClientUsername", "user":
		e.ask("Remote-User", text)
	case "ua", "user_agent", "user-agent", "agent":
		e.ask("User-Agent", text)
	case "ref", "referer", "referrer":
		e.ask("Referer", text)
	case "x_forwarded_for", "x-forwarded-for":
		e.ask("X-Forwarded-For", text)
	case "cookie", "cookies":
		e.ask("Cookie", text)
	case "sess":
		w.session = text
	case "ja3", "ssl_ja3", "ja3_hash", "ssl_ja3_hash":
		e.JA3 = text
	case "ja4", "ssl_ja4":
		e.JA4 = text
	default:
		return false
	}
	return true
}

// prefixed takes members named after a header field: http_x of nginx,
// request_X of Traefik.
func (r *jsonReader) prefixed(name, text string) {
	switch {
	case strings.HasPrefix(name, "http_"):
		r.e.ask(strings.ReplaceAll(name[len("http_"):], "_", "-"), text)
	case strings.HasPrefix(name, "cookie_"):
		r.e.cookie(name[len("cookie_"):], text)
	case strings.HasPrefix(name, "sent_http_"):
		r.e.answer(strings.ReplaceAll(name[len("sent_http_"):], "_", "-"), text)
	case fieldAfter(name, "request_"):
		r.e.ask(name[len("request_"):], text)
	case fieldAfter(name, "downstream_"):
		r.e.answer(name[len("downstream_"):], text)
	}
}

// fieldAfter reports whether name is prefix and the name of a header field as
// Traefik writes it: with a capital, unlike nginx's request_length.
func fieldAfter(name, prefix string) bool {
	return len(name) > len(prefix) && strings.HasPrefix(name, prefix) && 'A' <= name[len(prefix)] && name[len(prefix)] <= 'Z'
}

// nested takes members below the top: Caddy's request and header fields.
func (r *jsonReader) nested(path []byte, name, text string) {
	w, e := &r.w, r.e
	switch string(path) {
	case "request.method":
		w.shape, w.method = caddyShape, text
	case "request.uri":
		w.uri = text
	case "request.host":
		e.setHost(text)
	case "request.proto":
		w.proto = text
	case "request.client_ip":
		w.client = text
	case "request.remote_ip", "request.remote_addr":
		w.peer = text
	case "request.tls.version", "request.tls.cipher_suite":
		e.Scheme = "https"
	default:
		if bytes.HasPrefix(path, asked) {
			e.ask(name, text)
		} else if bytes.HasPrefix(path, answered) {
			e.answer(name, text)
		}
	}
}

// The paths of the header fields in Caddy's objects.
var (
	asked    = []byte("request.headers.")
	answered = []byte("resp_headers.")
)
