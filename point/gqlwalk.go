package point

import "github.com/vektah/gqlparser/v2/ast"

// walk goes through a document.
func (g *gqlScan) walk(doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		kind := GQLQuery
		switch op.Operation {
		case ast.Mutation:
			kind = GQLMutation
		case ast.Subscription:
			kind = GQLSubscription
		}
		n := g.there(g.doc, kind, op.Name)
		g.defs = op.VariableDefinitions
		g.definitions(n)
		g.directives(n, op.Directives)
		g.selections(n, op.SelectionSet)
		g.s.pop()
	}
	g.defs = nil
	for _, f := range doc.Fragments {
		n := g.there(g.doc, GQLFragment, f.Name)
		g.directives(n, f.Directives)
		g.on(n, f.TypeCondition, f.SelectionSet)
		g.s.pop()
	}
}

// enter goes into a named place, which the caller leaves by a pop.
func (g *gqlScan) enter(n *node, k Kind, name string) *node {
	s := g.s
	names := n.names(k)
	if s.visitor != nil || names != nil {
		text := s.copy(name)
		s.push(k, text, 0)
		s.name(names, text)
	}
	return n.nameOf(k, name)
}

// there is enter for a place whose value is that it is there.
func (g *gqlScan) there(n *node, k Kind, name string) *node {
	return g.present(g.enter(n, k, name))
}

// present gives n the empty value.
func (g *gqlScan) present(n *node) *node {
	if n != nil {
		g.s.fill(n, nil)
	}
	return n
}

// selections goes through what is in braces.
func (g *gqlScan) selections(n *node, set ast.SelectionSet) {
	s := g.s
	if !s.wanted(n) {
		return
	}
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			g.field(n, sel)
		case *ast.FragmentSpread:
			kid := g.there(n, GQLSpread, sel.Name)
			g.directives(kid, sel.Directives)
			s.pop()
		case *ast.InlineFragment:
			g.inline(n, sel)
		}
	}
}

// inline goes through an inline fragment.
func (g *gqlScan) inline(n *node, f *ast.InlineFragment) {
	s := g.s
	s.push(GQLInline, nil, 0)
	kid := g.present(n.step(GQLInline))
	g.directives(kid, f.Directives)
	g.on(kid, f.TypeCondition, f.SelectionSet)
	s.pop()
}

// field goes through a field.
func (g *gqlScan) field(n *node, f *ast.Field) {
	s := g.s
	kid := g.there(n, Property, f.Name)
	if alias := kid.step(GQLAlias); f.Alias != f.Name && s.wanted(alias) {
		s.push(GQLAlias, nil, 0)
		s.value(alias, s.copy(f.Alias))
		s.pop()
	}
	if len(f.Arguments) > 0 {
		s.push(GQLArg, nil, 0)
		g.arguments(kid.step(GQLArg), f.Arguments)
		s.pop()
	}
	g.directives(kid, f.Directives)
	g.selections(kid, f.SelectionSet)
	s.pop()
}

// on goes through the selections of a fragment, which stand below its type as
// well. The visitor sees them once.
func (g *gqlScan) on(n *node, typ string, set ast.SelectionSet) {
	if typ != "" {
		kid := g.enter(n, GQLType, typ)
		g.s.pop()
		if kid != nil {
			visitor := g.s.visitor
			g.s.visitor = nil
			g.selections(g.present(kid), set)
			g.s.visitor = visitor
		}
	}
	g.selections(n, set)
}

// directives goes through directives, whose arguments are right below them.
func (g *gqlScan) directives(n *node, list ast.DirectiveList) {
	for _, d := range list {
		kid := g.there(n, GQLDirective, d.Name)
		g.arguments(kid, d.Arguments)
		g.s.pop()
	}
}

// arguments goes through arguments, the properties of n.
func (g *gqlScan) arguments(n *node, list ast.ArgumentList) {
	for _, a := range list {
		g.value(g.enter(n, Property, a.Name), a.Value)
		g.s.pop()
	}
}
