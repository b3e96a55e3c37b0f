package chaperone_test

import (
	"go/ast"
	"go/printer"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// api collects the lines of one package.
type api struct {
	*source
	lines []string
}

func (a *api) add(parts ...string) { a.lines = append(a.lines, strings.Join(parts, "")) }

// text prints a node on one line.
func (a *api) text(n ast.Node) string {
	var b strings.Builder
	if err := (&printer.Config{Mode: printer.RawFormat}).Fprint(&b, a.fset, n); err != nil {
		return err.Error() // of a strings.Builder there is none
	}
	line := strings.Join(strings.Fields(b.String()), " ")
	return strings.NewReplacer("( ", "(", ", )", ")", " )", ")").Replace(line)
}

func (a *api) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		a.function(d)
	case *ast.GenDecl:
		switch d.Tok {
		case token.TYPE:
			for _, s := range d.Specs {
				a.typ(s.(*ast.TypeSpec))
			}
		case token.CONST:
			a.constants(d)
		case token.VAR:
			for _, s := range d.Specs {
				a.variables(s.(*ast.ValueSpec))
			}
		}
	}
}

func (a *api) function(f *ast.FuncDecl) {
	if !public(f) {
		return
	}
	sig := strings.TrimPrefix(a.text(f.Type), "func")
	if f.Recv == nil {
		a.add("func ", f.Name.Name, sig)
		return
	}
	a.add("method (", a.text(f.Recv.List[0].Type), ") ", f.Name.Name, sig)
}

func (a *api) typ(s *ast.TypeSpec) {
	if !s.Name.IsExported() {
		return
	}
	head := "type " + s.Name.Name
	if s.TypeParams != nil {
		var params []string
		for _, p := range s.TypeParams.List {
			params = append(params, identifiers(p.Names)+" "+a.text(p.Type))
		}
		head += "[" + strings.Join(params, ", ") + "]"
	}
	if s.Assign.IsValid() {
		head += " ="
	}
	switch typ := s.Type.(type) {
	case *ast.StructType:
		a.add(head, " struct")
		a.fields(head+" struct, ", typ.Fields)
	case *ast.InterfaceType:
		a.add(head, " interface")
		a.methods(head+" interface, ", typ.Methods)
	default:
		a.add(head, " ", a.text(typ))
	}
}

// fields writes the fields of a struct. Embedded types are written even when
// they are not exported: what they have is.
func (a *api) fields(head string, list *ast.FieldList) {
	for _, f := range list.List {
		typ := a.text(f.Type)
		if f.Tag != nil {
			typ += " " + f.Tag.Value
		}
		if len(f.Names) == 0 {
			a.add(head, "embedded ", typ)
		}
		for _, n := range f.Names {
			if n.IsExported() {
				a.add(head, n.Name, " ", typ)
			}
		}
	}
}

// methods writes the methods of an interface, and whether others can
// implement it.
func (a *api) methods(head string, list *ast.FieldList) {
	for _, f := range list.List {
		if len(f.Names) == 0 {
			a.add(head, "embedded ", a.text(f.Type))
		}
		for _, n := range f.Names {
			if n.IsExported() {
				a.add(head, n.Name, strings.TrimPrefix(a.text(f.Type), "func"))
			} else {
				a.add(head, "closed: others cannot implement it")
			}
		}
	}
}

var iotas = regexp.MustCompile(`\biota\b`)

// constants writes a group of constants with the numbers that iota stands
// for: many of them are on disk and on the wire. A line without a value
// repeats the one above.
func (a *api) constants(d *ast.GenDecl) {
	var typ ast.Expr
	var values []ast.Expr
	for i, s := range d.Specs {
		v := s.(*ast.ValueSpec)
		if v.Type != nil || len(v.Values) != 0 {
			typ, values = v.Type, v.Values
		}
		for j, n := range v.Names {
			if !n.IsExported() {
				continue
			}
			line := "const " + n.Name
			if typ != nil {
				line += " " + a.text(typ)
			}
			if j < len(values) {
				line += " = " + iotas.ReplaceAllString(a.text(values[j]), strconv.Itoa(i))
			}
			a.add(line)
		}
	}
}

// variables writes variables; of one that a call makes only the call's name.
func (a *api) variables(v *ast.ValueSpec) {
	for i, n := range v.Names {
		if !n.IsExported() {
			continue
		}
		line := "var " + n.Name
		if v.Type != nil {
			line += " " + a.text(v.Type)
		} else if i < len(v.Values) {
			if c, ok := v.Values[i].(*ast.CallExpr); ok {
				line += " = " + a.text(c.Fun) + "(…)"
			} else {
				line += " = " + a.text(v.Values[i])
			}
		}
		a.add(line)
	}
}

func identifiers(list []*ast.Ident) string {
	var all []string
	for _, n := range list {
		all = append(all, n.Name)
	}
	return strings.Join(all, ", ")
}
