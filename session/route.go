package session

import "strings"

// routePath cuts method and host from a pattern such as
// "GET example.com/orders/{id}". Methods have no slash and patterns without a
// slash have no path, so they stay as they are.
func routePath(pattern string) string {
	if i := strings.IndexByte(pattern, '/'); i > 0 {
		return pattern[i:]
	}
	return pattern
}
