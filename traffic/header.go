package traffic

import "net/textproto"

// Header holds the header fields under their canonical names, as net/http
// does: http.Header converts to it without a copy.
type Header map[string][]string

// Get returns the first value of the field, "" when absent. The name must be
// canonical ("User-Agent").
func (h Header) Get(name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// CanonicalName returns the canonical form of a header field's name.
func CanonicalName(name string) string { return textproto.CanonicalMIMEHeaderKey(name) }
