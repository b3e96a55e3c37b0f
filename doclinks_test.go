package chaperone_test

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestDocLinks follows every [Name] in the comments of public packages that
// points at something of ours: a thing that was renamed leaves its name
// behind in the comments of its neighbours.
func TestDocLinks(t *testing.T) {
	all := publicPackages(t)
	known := map[string]map[string]bool{} // names by package, methods and fields as Type.Name
	for _, s := range all {
		known[s.name] = symbols(s)
	}
	for _, s := range all {
		for _, f := range s.files {
			for _, c := range f.Comments {
				for _, link := range links(c) {
					if !resolves(link, s.name, known) {
						t.Errorf("%s: [%s] points at nothing", s.place(c), link)
					}
				}
			}
		}
	}
}

// bracketed is a link as go/doc writes it: an exported name, or one of
// another package, between things that are not part of an expression.
var bracketed = regexp.MustCompile(`(?:^|[ (\n])\[\*?((?:[a-z]\w*\.)?[A-Z]\w*(?:\.[A-Z]\w*)?)\](?:[^\w([]|$)`)

// links returns the links of a comment. Indented lines are code.
func links(c *ast.CommentGroup) []string {
	var all []string
	for _, line := range strings.Split(c.Text(), "\n") {
		if strings.HasPrefix(line, "\t") {
			continue
		}
		for _, m := range bracketed.FindAllStringSubmatch(line, -1) {
			all = append(all, m[1])
		}
	}
	return all
}

// resolves reports whether a link from package from is good. Links into
// packages that are not ours are not followed.
func resolves(link, from string, known map[string]map[string]bool) bool {
	first, rest, dotted := strings.Cut(link, ".")
	if ast.IsExported(first) {
		return known[from][link]
	}
	names, ours := known[path.Base(first)]
	return !dotted || !ours || names[rest]
}

// symbols returns the exported names of a package, with their methods and
// fields.
func symbols(s *source) map[string]bool {
	names := map[string]bool{}
	for _, f := range s.files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if r := receiver(d); r != "" {
					names[r+"."+d.Name.Name] = true
				} else {
					names[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					declare(spec, names)
				}
			}
		}
	}
	return names
}

func declare(spec ast.Spec, names map[string]bool) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			names[n.Name] = true
		}
	case *ast.TypeSpec:
		names[s.Name.Name] = true
		var members *ast.FieldList
		switch t := s.Type.(type) {
		case *ast.StructType:
			members = t.Fields
		case *ast.InterfaceType:
			members = t.Methods
		default:
			return
		}
		for _, m := range members.List {
			for _, n := range m.Names {
				names[s.Name.Name+"."+n.Name] = true
			}
		}
	}
}
