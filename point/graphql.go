package point

import (
	"bytes"

	"github.com/vektah/gqlparser/v2/ast"
	gqlparser "github.com/vektah/gqlparser/v2/parser"

	"github.com/chaperone-go/chaperone/traffic"
)

// gqlScan is the reading of the GraphQL documents of one text: one, or those
// of a batch, which share the limits.
type gqlScan struct {
	s      *Scan
	doc    *node
	bytes  int // that may still be parsed
	tokens int // that may still be parsed

	vars gqlVars
	defs ast.VariableDefinitionList // of the operation being walked
}

// graphql reads GraphQL. b is the text of a document; or JSON as it is posted,
// {"query": …, "variables": …}; or an array of those, a batch. n is the node
// of the document; a batch is one document as far as paths go.
//
//	query GetUser($id: ID = 7) {            QUERY → GetUser
//	  me: user(id: $id, tags: ["a"]) {      … → PROPERTY → user → ARG → id, … → ARG → tags → ITEM → 0
//	    name @include(if: true)             … → PROPERTY → user → ALIAS; … → PROPERTY → name → DIRECTIVE → include → if
//	    ...F                                … → SPREAD → F
//	    ... on Admin { rights }             … → INLINE → PROPERTY → rights, … → INLINE → TYPE → Admin → PROPERTY → rights
//	  }
//	}
//	fragment F on User { mail }             FRAGMENT → F → PROPERTY → mail, FRAGMENT → F → TYPE → User → PROPERTY → mail
//
// An operation without a name has the name "". Arguments, aliases and
// variables have values; what is only there, such as a field, has an empty
// one. An argument that is a variable has the variable's value: what was sent
// with the request, or its default. GRAPHQL → VAR → id is what was sent,
// QUERY → GetUser → VAR → id also the default. Spreads are not followed.
//
// The parser is a library's. It builds a tree and recurses, so the text is
// measured before it is handed over.
func (s *Scan) graphql(n *node, b []byte) {
	g := gqlScan{s: s, doc: n, bytes: s.plan.limits.GraphQLBytes, tokens: s.plan.limits.GraphQLTokens}
	b = bytes.TrimPrefix(b, byteOrderMark)
	i := skipSpace(b, 0)
	if !gqlPosted(b[i:]) {
		g.document(b)
		return
	}
	i, f := g.posted(b, i)
	if f == fine && skipSpace(b, i) < len(b) {
		f = broken
	}
	s.jsonFault(n, f)
}

// gqlPosted reports whether b is JSON. Both JSON and a query without a name
// may start with a brace.
func gqlPosted(b []byte) bool {
	if len(b) == 0 || b[0] == '[' {
		return len(b) > 0
	}
	i := skipSpace(b, min(1, len(b)))
	return b[0] == '{' && i < len(b) && (b[i] == '"' || b[i] == '}')
}

// document reads the text of a document.
func (g *gqlScan) document(text []byte) {
	s := g.s
	size := gqlMeasure(text)
	g.bytes -= len(text)
	g.tokens -= size.tokens
	if g.bytes < 0 || g.tokens < 0 || size.depth > s.plan.limits.GraphQLDepth {
		s.partial(g.doc, text, traffic.TooLarge)
		return
	}
	doc, ok := parseGraphQL(gqlparser.ParseQueryWithTokenLimit, string(text), size.tokens)
	if !ok {
		dropLast(doc)
	}
	g.walk(doc)
	if !ok || s.cut { // behind a cut may be more
		s.fail(g.doc, traffic.Undecodable)
	}
}

// gqlParse is the library's parser.
type gqlParse func(source *ast.Source, tokenLimit int) (*ast.QueryDocument, error)

// parseGraphQL parses text, of at most that many tokens. What it returns when
// it is not ok may be incomplete at its end. A panic of the library is an
// error like others.
func parseGraphQL(parse gqlParse, text string, tokens int) (doc *ast.QueryDocument, ok bool) {
	defer func() {
		if recover() != nil {
			doc, ok = &ast.QueryDocument{}, false
		}
	}()
	doc, err := parse(&ast.Source{Input: text}, tokens+1)
	return doc, err == nil && len(doc.Operations)+len(doc.Fragments) > 0
}

// dropLast takes the last definition out of a document that could not be
// parsed to its end: nobody knows how much of it is right.
func dropLast(doc *ast.QueryDocument) {
	ops, fragments := len(doc.Operations), len(doc.Fragments)
	switch {
	case ops == 0 && fragments == 0:
	case fragments == 0 || ops > 0 && doc.Operations[ops-1].Position.Start > doc.Fragments[fragments-1].Position.Start:
		doc.Operations = doc.Operations[:ops-1]
	default:
		doc.Fragments = doc.Fragments[:fragments-1]
	}
}
