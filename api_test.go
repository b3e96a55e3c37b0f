package chaperone_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestAPI compares everything the core exports with api.txt, so that a review
// sees the surface grow, and shrink. Write it anew with
//
//	go test -run TestAPI -update .
//
// and read the difference: a line that goes, or changes, breaks somebody.
func TestAPI(t *testing.T) {
	const golden = "api.txt"
	got := exported(publicPackages(t))
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	if got == string(want) {
		return
	}
	had, has := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	t.Error("the exported surface is not what api.txt says; if it is meant to change, run: go test -run TestAPI -update .")
	for _, line := range without(had, has) {
		t.Error("- ", line)
	}
	for _, line := range without(has, had) {
		t.Error("+ ", line)
	}
}

// without returns the lines that b does not have. The order does not matter:
// it is always the same.
func without(lines, b []string) []string {
	known := map[string]bool{}
	for _, line := range b {
		known[line] = true
	}
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return known[line] })
}

// exported writes one line for each thing a package exports, sorted within
// the package. Every line begins with its package, so that it says the same
// wherever it is read.
func exported(packages []*source) string {
	var b strings.Builder
	for _, s := range packages {
		a := api{source: s}
		for _, f := range s.files {
			for _, d := range f.Decls {
				a.decl(d)
			}
		}
		slices.Sort(a.lines)
		if b.Len() != 0 {
			b.WriteByte('\n')
		}
		for _, line := range a.lines {
			b.WriteString(s.title() + ": " + line + "\n")
		}
	}
	return b.String()
}

func TestAPIOfASample(t *testing.T) {
	const text = `package sample

const (
	A, B Kind = iota, 1 << iota
	C, d
	_, _
	E Kind = 7
	F      = "f"
)

var (
	ErrX = errors.New("x")
	Y, z int
)

type Kind uint8
type Name = string
type Pair[K comparable, V any] struct {
	Key, Also K ` + "`json:\"key\"`" + `
	value     V
	hidden
	*bytes.Buffer
}
type Closed interface {
	fmt.Stringer
	Do(
		a, b int,
		c string,
	) (int, error)
	closed()
}
type Func func(int) bool
type hidden struct{ Seen int }

func (p *Pair[K, V]) Swap()    {}
func (p *Pair[K, V]) swap()    {}
func (hidden) Method()         {}
func Do[T any](f func(T)) (t T) { return }
func do()                      {}
`
	s := &source{dir: "sample", name: "sample", fset: token.NewFileSet()}
	f, err := parser.ParseFile(s.fset, "sample.go", text, parser.SkipObjectResolution)
	require.NoError(t, err)
	s.files = []*ast.File{f}
	want := `const A Kind = 0
const B Kind = 1 << 0
const C Kind = 1
const E Kind = 7
const F = "f"
func Do[T any](f func(T)) (t T)
method (*Pair[K, V]) Swap()
type Closed interface
type Closed interface, Do(a, b int, c string) (int, error)
type Closed interface, closed: others cannot implement it
type Closed interface, embedded fmt.Stringer
type Func func(int) bool
type Kind uint8
type Name = string
type Pair[K comparable, V any] struct
type Pair[K comparable, V any] struct, Also K ` + "`json:\"key\"`" + `
type Pair[K comparable, V any] struct, Key K ` + "`json:\"key\"`" + `
type Pair[K comparable, V any] struct, embedded *bytes.Buffer
type Pair[K comparable, V any] struct, embedded hidden
var ErrX = errors.New(…)
var Y int
`
	require.Equal(t, want, strings.ReplaceAll(exported([]*source{s}), "sample: ", ""))
}
