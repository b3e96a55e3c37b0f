package chaperone_test

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// TestDocs reads what a stranger reads: every package says what it is for,
// and every exported thing has a comment that begins with its name. Constants
// and variables of one group may share the group's comment, fields and the
// methods of an interface their type's.
func TestDocs(t *testing.T) {
	for _, s := range publicPackages(t) {
		d := docs{t, s}
		d.packageComment()
		for _, f := range s.files {
			for _, decl := range f.Decls {
				switch decl := decl.(type) {
				case *ast.FuncDecl:
					if public(decl) {
						d.starts(decl.Doc, decl.Name)
					}
				case *ast.GenDecl:
					d.group(decl)
				}
			}
		}
	}
}

// docs reads the comments of one package.
type docs struct {
	t *testing.T
	*source
}

// packageComment demands one package comment, in doc.go or another file.
func (d *docs) packageComment() {
	found := 0
	for _, f := range d.files {
		if f.Doc == nil {
			continue
		}
		found++
		if want := "Package " + d.name + " "; !strings.HasPrefix(f.Doc.Text(), want) {
			d.t.Errorf("%s: the package comment does not begin with %q", d.place(f), want)
		}
	}
	if found != 1 {
		d.t.Errorf("package %s has %d package comments, want one", d.title(), found)
	}
}

// starts demands a comment that begins with the name.
func (d *docs) starts(doc *ast.CommentGroup, name *ast.Ident) {
	switch text := doc.Text(); {
	case strings.TrimSpace(text) == "":
		d.t.Errorf("%s: %s has no comment", d.place(name), name.Name)
	case !begins(text, name.Name):
		d.t.Errorf("%s: the comment of %s begins with %q, not with its name", d.place(name), name.Name, strings.SplitN(text, "\n", 2)[0])
	}
}

// begins reports whether text begins with the word; "ErrFull: …" counts.
func begins(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	return ok && rest != "" && strings.ContainsRune(" \n:", rune(rest[0]))
}

// group reads a declaration of types, constants or variables. With
// parentheses it is a group whose comment may speak for all of it.
func (d *docs) group(g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() {
				d.starts(either(s.Doc, g.Doc), s.Name)
				d.interfaceMethods(s, either(s.Doc, g.Doc).Text())
			}
		case *ast.ValueSpec:
			for _, n := range s.Names {
				if n.IsExported() {
					d.value(g, s, n)
				}
			}
		}
	}
}

func (d *docs) value(g *ast.GenDecl, s *ast.ValueSpec, name *ast.Ident) {
	switch {
	case !g.Lparen.IsValid():
		d.starts(g.Doc, name)
	case g.Doc == nil && s.Doc == nil && s.Comment == nil:
		d.t.Errorf("%s: neither %s nor its group has a comment", d.place(name), name.Name)
	case s.Doc != nil && len(s.Names) == 1 && g.Tok == token.VAR:
		d.starts(s.Doc, name)
	}
}

// interfaceMethods demands a comment of each method where there are several,
// unless the interface's own comment speaks of it by name.
func (d *docs) interfaceMethods(s *ast.TypeSpec, doc string) {
	i, ok := s.Type.(*ast.InterfaceType)
	if !ok || len(i.Methods.List) < 2 {
		return
	}
	for _, m := range i.Methods.List {
		for _, n := range m.Names {
			if n.IsExported() && !strings.Contains(" "+strings.ReplaceAll(doc, "\n", " "), " "+n.Name+" ") {
				d.starts(m.Doc, n)
			}
		}
	}
}

func either(a, b *ast.CommentGroup) *ast.CommentGroup {
	if a != nil {
		return a
	}
	return b
}
