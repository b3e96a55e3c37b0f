package point

import "github.com/vektah/gqlparser/v2/ast"

// definitions gives the variables of an operation: what was sent, else their
// defaults. A visitor has seen what was sent.
func (g *gqlScan) definitions(n *node) {
	s := g.s
	for _, def := range g.defs {
		raw, sent := g.vars[def.Variable]
		switch kid := n.nameOf(GQLVar, def.Variable); {
		case sent:
			g.sent(kid, raw)
		case def.DefaultValue != nil && s.wanted(kid):
			if s.visitor != nil {
				s.push(GQLVar, s.copy(def.Variable), 0)
			}
			g.value(kid, def.DefaultValue)
			s.pop()
		}
	}
}

// sent gives the JSON of a variable to n, unseen by the visitor.
func (g *gqlScan) sent(n *node, raw []byte) {
	if n == nil {
		return
	}
	s := g.s
	visitor := s.visitor
	s.visitor = nil
	s.json(n, raw, s.depth)
	s.visitor = visitor
}

// value goes through the value of an argument or a default. null is no value,
// as in JSON.
func (g *gqlScan) value(n *node, v *ast.Value) {
	s := g.s
	if v == nil || !s.wanted(n) {
		return
	}
	switch v.Kind {
	case ast.NullValue:
	case ast.Variable:
		g.resolve(n, v.Raw)
	case ast.ListValue:
		for i, kid := range v.Children {
			s.push(Item, nil, i)
			g.value(n.item(Item, i), kid.Value)
			s.pop()
		}
	case ast.ObjectValue:
		for _, kid := range v.Children {
			g.value(g.enter(n, Property, kid.Name), kid.Value)
			s.pop()
		}
	default:
		s.value(n, s.copy(v.Raw))
	}
}

// resolve gives the value of a variable to the argument n. The visitor sees
// the variable where it was sent or defined; here it would see it as often as
// it is used.
func (g *gqlScan) resolve(n *node, name string) {
	if n == nil {
		return
	}
	if raw, ok := g.vars[name]; ok {
		g.sent(n, raw)
		return
	}
	if def := g.defs.ForName(name); def != nil && def.DefaultValue != nil {
		s := g.s
		visitor := s.visitor
		s.visitor = nil
		g.value(n, def.DefaultValue)
		s.visitor = visitor
	}
}
