package point

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	gqlparser "github.com/vektah/gqlparser/v2/parser"

	"github.com/chaperone-go/chaperone/traffic"
)

// FuzzGraphQL checks that the measure taken of a text never lets the parser
// go deeper or further than it says, and that what the parser reads is read.
func FuzzGraphQL(f *testing.F) {
	for _, doc := range []string{
		"", "{a}", "query Q($a: [Int!]! = [1, 2] @d) @x(y: {z: [1]}) { a: b(c: $a) @include(if: true) { ...F ... on T { d } ... @s { e } } }",
		"fragment F on T { a }", "mutation { a(b: \"\\\"x\", c: \"\"\"block \\\"\"\" x\"\"\", d: -1.5e3, e: E, f: null) }", "# comment {\n{a}", "subscription { a",
		`{"query":"{a(b:$c)}","variables":{"c":[1,{"d":"e"}]},"operationName":null}`, `[{"query":"{a}"},{"query":"{b}"}]`, `{"query":1}`, `[`, `{"variables":"{\"a\":1}"}`,
		`"desc" query Q { a }`, "\"\"\"\"\"\" {a}", "{a(b: \"\n\")}", "{a(b:\"\\", "\ufeff{a}",
	} {
		f.Add(doc)
	}
	var set Set
	slots := []Slot{
		set.Reserve(MustParsePath("REQUEST → BODY → GRAPHQL → QUERY ALL → PROPERTY ALL → ARG ALL")),
		set.Reserve(MustParsePath("REQUEST → BODY → GRAPHQL → VAR ALL")),
		set.Reserve(MustParsePath("REQUEST → BODY → GRAPHQL → FRAGMENT NAMES")),
	}
	plan := set.Compile(Limits{})
	f.Fuzz(func(t *testing.T, doc string) {
		checkMeasure(t, doc)
		var without, with Scan
		x := &traffic.Exchange{Request: traffic.Request{
			Header: traffic.Header{"Content-Type": {"application/graphql"}}, Body: traffic.Bytes(doc),
		}}
		without.Reset(plan, nil)
		without.Request(x)
		with.Reset(plan, new(blind))
		with.Request(x)
		for _, slot := range slots {
			require.Equal(t, without.Get(slot), with.Get(slot))
		}
		require.Empty(t, with.trail)
	})
}

// checkMeasure compares the measure of a text with what the parser makes of
// it.
func checkMeasure(t *testing.T, doc string) {
	size := gqlMeasure([]byte(doc))
	tree, err := gqlparser.ParseQuery(&ast.Source{Input: doc})
	if err == nil {
		_, ok := parseGraphQL(gqlparser.ParseQueryWithTokenLimit, doc, size.tokens)
		require.Equal(t, len(tree.Operations)+len(tree.Fragments) > 0, ok)
		for _, op := range tree.Operations {
			require.LessOrEqual(t, gqlDepth(op.SelectionSet), size.depth)
		}
	}
}

// Documents of random pieces find more than random bytes do.
func TestGraphQLMeasure(t *testing.T) {
	pieces := []string{
		`"`, `""`, `"""`, `""""`, `\"""`, `\"`, `\`, "{", "}", "{", "}", "(a:", ")", "[", "]", "a ", "b", ":", "#", "\n", "\r", "...", " on T", "@d", "$v", "1", "-1.5e3", ",", "é", "\ufeff",
		`"x{"`, `"""y{"""`, "(a:[", "{b:1}",
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 20_000 {
		doc := "{a(b:"
		for range r.IntN(8) {
			doc += pieces[r.IntN(len(pieces))]
		}
		checkMeasure(t, doc+")}")
	}
}

// A panic of the library is the library's error, not ours.
func TestGraphQLParserPanics(t *testing.T) {
	doc, ok := parseGraphQL(func(*ast.Source, int) (*ast.QueryDocument, error) { panic("oops") }, "{a}", 3)
	require.False(t, ok)
	require.NotNil(t, doc)
	require.Empty(t, doc.Operations)
}

// blind is a visitor that does not look.
type blind struct{}

func (*blind) Visit(Value) {}

// gqlDepth returns how deep selections and the values in them nest.
func gqlDepth(set ast.SelectionSet) int {
	if len(set) == 0 {
		return 0
	}
	deepest := 0
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			deepest = max(deepest, gqlDepth(sel.SelectionSet))
			for _, a := range sel.Arguments {
				deepest = max(deepest, 1+gqlValueDepth(a.Value))
			}
		case *ast.InlineFragment:
			deepest = max(deepest, gqlDepth(sel.SelectionSet))
		}
	}
	return 1 + deepest
}

func gqlValueDepth(v *ast.Value) int {
	deepest := 0
	for _, kid := range v.Children {
		deepest = max(deepest, gqlValueDepth(kid.Value))
	}
	if v.Kind == ast.ListValue || v.Kind == ast.ObjectValue {
		deepest++
	}
	return deepest
}
