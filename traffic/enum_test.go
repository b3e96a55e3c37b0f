package traffic_test

import (
	"encoding"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

// enum is one enumeration: its values as text, made from a number.
type enum struct {
	of    func(i int) encoding.TextMarshaler
	read  func(text string) (int, error)
	names []string
}

func enumOf[T interface {
	~uint8
	encoding.TextMarshaler
}, P interface {
	*T
	encoding.TextUnmarshaler
}](names ...string) enum {
	return enum{
		of: func(i int) encoding.TextMarshaler { return T(i) },
		read: func(text string) (int, error) {
			v := T(200)
			err := P(&v).UnmarshalText([]byte(text))
			return int(v), err
		},
		names: names,
	}
}

// The names are in files and on the wire: a name that changes here breaks
// somebody.
var enums = map[string]enum{
	"KeySource":      enumOf[traffic.KeySource]("none", "own", "builtin", "addr_ua", "addr"),
	"Strength":       enumOf[traffic.Strength]("none", "weak", "medium", "strong"),
	"Standing":       enumOf[traffic.Standing]("observed", "claimed", "issued", "verified"),
	"Found":          enumOf[traffic.Found]("absent", "value", "undecodable", "too_large"),
	"Action":         enumOf[traffic.Action]("pass", "monitor", "block"),
	"Reason":         enumOf[traffic.Reason]("", "addr_denylist", "session_denylist", "attack", "vpatch", "graylisted_attack", "control", "failure"),
	"Mode":           enumOf[traffic.Mode]("inherit", "off", "monitoring", "safe_blocking", "block"),
	"Login":          enumOf[traffic.Login]("", "succeeded", "failed"),
	"ReactionAction": enumOf[traffic.ReactionAction]("register", "graylist_addr", "deny_addr", "deny_session", "deny_both"),
}

func TestEnumNames(t *testing.T) {
	for name, e := range enums {
		t.Run(name, func(t *testing.T) {
			for i, want := range e.names {
				v := e.of(i)
				b, err := v.MarshalText()
				require.NoError(t, err)
				require.Equal(t, want, string(b))
				require.Equal(t, want, v.(fmt.Stringer).String())
				back, err := e.read(want)
				require.NoError(t, err)
				require.Equal(t, i, back)
			}
		})
	}
}

func TestEnumsRefuseWhatTheyDoNotKnow(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, e := range enums {
		t.Run(name, func(t *testing.T) {
			past := e.of(len(e.names))
			require.Equal(t, fmt.Sprintf("invalid(%d)", len(e.names)), past.(fmt.Stringer).String())
			for _, bad := range []string{past.(fmt.Stringer).String(), "Block", " pass", "pass\x00", "0", long} {
				v, err := e.read(bad)
				require.ErrorContains(t, err, "want one of")
				require.Less(t, len(err.Error()), 400, "foreign text is clipped")
				require.Equal(t, 200, v, "a refused text changes nothing")
			}
		})
	}
}

// Every constant has a name and every name a constant. The constants are
// counted in the source, so that one added there cannot be forgotten here.
func TestEnumNamesAreInStep(t *testing.T) {
	count := constants(t)
	for name, e := range enums {
		require.Equalf(t, count[name], len(e.names), "%s has %d constants and %d names", name, count[name], len(e.names))
		delete(count, name)
	}
	marks := 0
	for m := traffic.Mark(1); m != 0 && len(m.Names()) > 0; m <<= 1 {
		marks++
	}
	require.Equal(t, count["Mark"], marks)
	delete(count, "Mark")
	require.Equal(t, map[string]int{
		"App": 2, "AttackType": 1, "AuthorKind": 6, // text or numbers of their own
		"Kinds": 8, // + KindAny; see TestKindOfIsOneKind
	}, without(count, "Kinds", 1), "an enumeration without a table of names here")
}

func without(m map[string]int, key string, n int) map[string]int {
	m[key] -= n
	return m
}

// constants counts the exported constants of each type of the package.
func constants(t *testing.T) map[string]int {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	count := map[string]int{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		require.NoError(t, err)
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
				countSpecs(g, count)
			}
		}
	}
	return count
}

// countSpecs counts one group of constants. A line without a type and value
// has those of the line above.
func countSpecs(g *ast.GenDecl, count map[string]int) {
	typ := ""
	for _, s := range g.Specs {
		v := s.(*ast.ValueSpec)
		if v.Type != nil {
			typ = v.Type.(*ast.Ident).Name
		} else if len(v.Values) != 0 {
			typ = ""
		}
		for _, n := range v.Names {
			if typ != "" && n.IsExported() {
				count[typ]++
			}
		}
	}
}
