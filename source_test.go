package chaperone_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// source is one public package of the core, as parsed.
type source struct {
	dir   string // "." is the root
	name  string
	fset  *token.FileSet
	files []*ast.File // by name, tests left out
}

// place says where a node is, for messages.
func (s *source) place(n ast.Node) string { return s.fset.Position(n.Pos()).String() }

// publicPackages parses every package that others may import: not commands,
// not internal ones, not modules of their own. The result is sorted.
func publicPackages(t *testing.T) []*source {
	t.Helper()
	var all []*source
	err := filepath.WalkDir(".", func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		if dir != "." && private(dir, e.Name()) {
			return filepath.SkipDir
		}
		if s := parsePackage(t, dir); s != nil {
			all = append(all, s)
		}
		return nil
	})
	require.NoError(t, err)
	return all
}

func private(dir, name string) bool {
	if strings.HasPrefix(name, ".") || slices.Contains([]string{"testdata", "internal", "cmd"}, name) {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// parsePackage returns nil when dir holds no package that can be imported.
// What is built where is decided for one platform, so that the result is the
// same on all of them.
func parsePackage(t *testing.T, dir string) *source {
	t.Helper()
	platform := build.Default
	platform.GOOS, platform.GOARCH, platform.BuildTags = "linux", "amd64", nil
	s := &source{dir: filepath.ToSlash(dir), fset: token.NewFileSet()}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		built, err := platform.MatchFile(dir, filepath.Base(name))
		require.NoError(t, err)
		if !built {
			continue
		}
		f, err := parser.ParseFile(s.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		s.name = f.Name.Name
		s.files = append(s.files, f)
	}
	if len(s.files) == 0 || s.name == "main" {
		return nil
	}
	return s
}

// title is the package's folder, and the name of the root.
func (s *source) title() string {
	if s.dir == "." {
		return s.name
	}
	return s.dir
}

// receiver returns the name of the type a method belongs to, "" for a
// function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.IndexListExpr:
			typ = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

// public reports whether a function, or a method and its type, is exported.
func public(f *ast.FuncDecl) bool {
	return f.Name.IsExported() && (f.Recv == nil || ast.IsExported(receiver(f)))
}
