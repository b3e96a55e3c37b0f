package point

// Watch changes who sees the values of s from here on; nil is nobody. Between
// the two sides it lets a visitor see the request and not the response.
func (s *Scan) Watch(visitor Visitor) { s.visitor = visitor }
