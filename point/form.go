package point

import (
	"bytes"

	"github.com/chaperone-go/chaperone/traffic"
)

// form reads parameters as queries and forms write them: pairs between '&',
// in which '+' is a space and %XX a byte. n is the node they hang below, k
// their kind, Query or Form.
//
// It finds what url.ParseQuery of net/url finds, which is what handlers use,
// with these differences:
//
//   - Names may have structure, see params.go.
//   - There is no bound on their number but the bytes. Above 10,000 of them
//     net/url gives none at all.
//
// A pair that net/url refuses, because of a semicolon or a bad escape, fills
// no slot: its slots are undecodable. A visitor sees it with its good escapes
// undone. Bytes that are not UTF-8 stay as they are.
func (s *Scan) form(n *node, k Kind, b []byte) {
	if s.visitor == nil && n.kids(k) == nil {
		return
	}
	var tail []byte
	if s.cut {
		// The last pair may go on behind the cut.
		i := bytes.LastIndexByte(b, '&') + 1
		b, tail = b[:i:i], b[i:]
		s.failKind(n, k, traffic.TooLarge)
	}
	s.openParams()
	for len(b) > 0 {
		if s.visitor == nil {
			if b = n.skipUnwanted(k, b); len(b) == 0 {
				break
			}
		}
		pair := b
		if i := bytes.IndexByte(b, '&'); i >= 0 {
			pair, b = b[:i:i], b[i+1:]
		} else {
			b = nil
		}
		if len(pair) > 0 {
			s.pair(n, k, pair)
		}
	}
	s.closeParams()
	if len(tail) > 0 && s.visitor != nil {
		s.cutPair(n, k, tail)
	}
}

// skipUnwanted returns b without the pairs at its start whose names are plain
// and reserved by nobody: those of most queries.
func (n *node) skipUnwanted(k Kind, b []byte) []byte {
	kids := n.kids(k)
	if kids.rest != nil || kids.names != nil {
		return b
	}
	for len(b) > 0 {
		i := 0
		for ; i < len(b) && b[i] != '=' && b[i] != '&'; i++ {
			if c := b[i]; c == '%' || c == '+' || c == '[' || c == ';' {
				return b
			}
		}
		if lookup(&kids.table, b[:i]) != nil {
			return b
		}
		next := bytes.IndexByte(b[i:], '&')
		if next < 0 {
			return nil
		}
		b = b[i+next+1:]
	}
	return b
}

// cutPair lets the visitor see what is there of a pair that was cut off.
func (s *Scan) cutPair(n *node, k Kind, pair []byte) {
	name, value, _ := bytes.Cut(pair, []byte{'='})
	name, _ = s.formText(name)
	value, _ = s.formText(value)
	s.badParam(n, k, name, value)
}

// failKind is fail for the children of n of one kind.
func (s *Scan) failKind(n *node, k Kind, state traffic.Found) {
	s.fail(nil, state)
	for _, e := range n.entries(k) {
		s.fail(e.node, state)
	}
	if rest := n.rest(k); rest != nil {
		s.fail(rest, state)
	}
	if names := n.names(k); names != nil {
		s.fail(names, state)
	}
}

// pair reads one name=value.
func (s *Scan) pair(n *node, k Kind, pair []byte) {
	name, value, _ := bytes.Cut(pair, []byte{'='})
	at := len(s.arena)
	name, good := s.formText(name)
	if s.visitor == nil && !n.wantsParam(k, name) {
		s.arena = s.arena[:at]
		return
	}
	value, fine := s.formText(value)
	if !good || !fine || bytes.IndexByte(pair, ';') >= 0 {
		s.badParam(n, k, name, value)
		return
	}
	s.param(n, k, name, value)
}

// wantsParam reports whether anybody may want the parameter of that name.
func (n *node) wantsParam(k Kind, name []byte) bool {
	kids := n.kids(k)
	return kids.rest != nil || kids.names != nil || lookup(&kids.table, name) != nil ||
		bytes.IndexByte(name, '[') > 0
}

// formText undoes the escapes of a form. Bad ones are kept, and the text is
// not good.
func (s *Scan) formText(b []byte) (text []byte, good bool) {
	// Fast path: nothing to undo.
	if bytes.IndexByte(b, '%') < 0 && bytes.IndexByte(b, '+') < 0 {
		return b, true
	}
	// Slow path: into the arena.
	at, good := len(s.arena), true
	for i := 0; i < len(b); i++ {
		switch c := b[i]; c {
		case '+':
			s.arena = append(s.arena, ' ')
		case '%':
			v, ok := hexPair(b[i+1:])
			if ok {
				c, i = v, i+2
			}
			good = good && ok
			s.arena = append(s.arena, c)
		default:
			s.arena = append(s.arena, c)
		}
	}
	return s.arena[at:len(s.arena):len(s.arena)], good
}
