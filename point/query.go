package point

import (
	"bytes"
	"strings"
)

// target reads the request target as it was sent.
//
//	/blogs/123/index.php?q=aaa
//	 PATH 0│    │     │  └ QUERY q
//	  PATH 1    │     └ ACTION_EXT
//	            └ ACTION_NAME
//
// The path is cut at its slashes before escapes are undone, so that an
// escaped slash is part of a name; what comes after the last slash is the
// action, and after its first period the extension. The action's name is
// always there, maybe empty; its extension only if there is a period.
func (s *Scan) target(n *node, target string) {
	if s.visitor == nil && !n.wantsTarget() {
		return
	}
	t := s.copy(withoutDomain(target))
	if kid := n.step(URI); s.wanted(kid) {
		s.push(URI, nil, 0)
		s.value(kid, t)
		s.pop()
	}
	path, query := t, []byte(nil)
	if i := bytes.IndexByte(t, '?'); i >= 0 {
		path, query = t[:i:i], t[i+1:]
	}
	if s.visitor != nil || n.wantsPath() {
		s.path(n, path)
	}
	s.form(n, Query, query)
}

func (n *node) wantsTarget() bool {
	return n.kids(Query) != nil || n.step(URI) != nil || n.wantsPath()
}

func (n *node) wantsPath() bool {
	return n.places(PathSegment) != nil || n.step(ActionName) != nil || n.step(ActionExt) != nil
}

// withoutDomain cuts scheme and authority off a target in absolute form.
func withoutDomain(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	scheme := strings.Index(target, "://")
	if scheme < 0 || strings.ContainsAny(target[:scheme], "/?") {
		return target
	}
	rest := target[scheme+3:]
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return ""
}

// path reads the parts of the path and the action.
func (s *Scan) path(n *node, path []byte) {
	path = bytes.TrimPrefix(path, []byte{'/'})
	for index := 0; ; index++ {
		i := bytes.IndexByte(path, '/')
		if i < 0 {
			break
		}
		if kid := n.item(PathSegment, index); s.wanted(kid) {
			s.push(PathSegment, nil, index)
			s.value(kid, s.percentText(path[:i:i]))
			s.pop()
		}
		path = path[i+1:]
	}
	name, ext, dot := bytes.Cut(s.percentText(path), []byte{'.'})
	if kid := n.step(ActionName); s.wanted(kid) {
		s.push(ActionName, nil, 0)
		s.value(kid, name)
		s.pop()
	}
	if kid := n.step(ActionExt); dot && s.wanted(kid) {
		s.push(ActionExt, nil, 0)
		s.value(kid, ext)
		s.pop()
	}
}

// percentText undoes the percent escapes of text; bad ones are kept.
func (s *Scan) percentText(text []byte) []byte {
	if bytes.IndexByte(text, '%') < 0 {
		return text
	}
	at := len(s.arena)
	s.arena = appendPercent(s.arena, text)
	return s.made(at)
}
