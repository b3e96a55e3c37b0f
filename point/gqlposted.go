package point

import (
	"bytes"

	"github.com/chaperone-go/chaperone/traffic"
)

const (
	// maxGQLVars bounds the variables of one request.
	maxGQLVars = 1000
	// maxGQLBatch bounds the requests of a batch; each costs a call of the
	// parser.
	maxGQLBatch = 250
)

// gqlVars are the variables sent with a request: JSON, by name.
type gqlVars map[string][]byte

// posted reads the JSON at i: a request, or an array of them.
func (g *gqlScan) posted(b []byte, i int) (next int, f fault) {
	if b[i] == '{' {
		return g.request(b, i)
	}
	if i = skipSpace(b, i+1); i < len(b) && b[i] == ']' {
		return i + 1, fine
	}
	for count := 0; ; count++ {
		if i >= len(b) {
			return i, ended
		}
		if b[i] != '{' {
			return i, broken
		}
		if count == maxGQLBatch {
			g.s.fail(g.doc, traffic.TooLarge)
			return i, limited
		}
		if i, f = g.request(b, i); f != fine {
			return i, f
		}
		if i = skipSpace(b, i); i >= len(b) {
			return i, ended
		}
		switch b[i] {
		case ',':
			i = skipSpace(b, i+1)
		case ']':
			return i + 1, fine
		default:
			return i, broken
		}
	}
}

// request reads the request at i. As encoding/json does for a server's struct,
// it ignores the case of names, and the last of equal names wins.
func (g *gqlScan) request(b []byte, i int) (next int, f fault) {
	var query, variables []byte
	next, f = g.members(b, i, func(name, value []byte) {
		switch {
		case bytes.EqualFold(name, []byte("query")):
			query = value
		case bytes.EqualFold(name, []byte("variables")):
			variables = value
		}
	})
	if f != fine {
		return next, f
	}
	g.vars = nil
	g.variables(variables)
	if len(query) > 0 && query[0] == '"' {
		if text, _, f := g.s.jsonString(query, 1); f == fine {
			g.document(text)
			return next, fine
		}
	}
	if len(query) > 0 && query[0] != 'n' {
		g.s.fail(g.doc, traffic.Undecodable)
	}
	return next, fine
}

// members calls each with the members of the object at i, whose values are
// JSON that was checked. It returns the place after the object.
func (g *gqlScan) members(b []byte, i int, each func(name, value []byte)) (next int, f fault) {
	if i = skipSpace(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1, fine
	}
	for {
		if i >= len(b) {
			return i, ended
		}
		if b[i] != '"' {
			return i, broken
		}
		name, after, f := g.s.jsonString(b, i+1)
		if f != fine {
			return after, f
		}
		if i, f = colonEnd(b, after); f != fine {
			return i, f
		}
		if next, f = g.s.skipJSON(b, i); f != fine {
			return next, f
		}
		each(name, b[i:next:next])
		if i = skipSpace(b, next); i >= len(b) {
			return i, ended
		}
		switch b[i] {
		case ',':
			i = skipSpace(b, i+1)
		case '}':
			return i + 1, fine
		default:
			return i, broken
		}
	}
}

// variables reads the variables of a request: an object, or one as a string.
func (g *gqlScan) variables(b []byte) {
	s := g.s
	if len(b) > 0 && b[0] == '"' {
		b, _, _ = s.jsonString(b, 1)
		b = b[skipSpace(b, 0):]
	}
	if len(b) == 0 || b[0] != '{' {
		if len(b) > 0 && b[0] != 'n' {
			s.fail(g.doc, traffic.Undecodable)
		}
		return
	}
	var names [][]byte
	g.vars = make(gqlVars)
	_, f := g.members(b, 0, func(name, value []byte) {
		if _, known := g.vars[string(name)]; !known {
			if len(names) == maxGQLVars {
				s.fail(g.doc, traffic.TooLarge)
				return
			}
			names = append(names, name)
		}
		g.vars[string(name)] = value
	})
	s.jsonFault(g.doc, f)
	for _, name := range names {
		g.variable(name)
	}
}

// variable shows a variable where it was sent.
func (g *gqlScan) variable(name []byte) {
	s := g.s
	s.push(GQLVar, name, 0)
	s.name(g.doc.names(GQLVar), name)
	if kid := g.doc.name(GQLVar, name); s.wanted(kid) {
		s.json(kid, g.vars[string(name)], s.depth)
	}
	s.pop()
}
