package chaperone_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/chaperone-go/chaperone"

// arrows is the table of allowed imports between the rooms: who may import
// whom. It is the drawing in DESIGN and ARCHITECTURE.md as a test.
var arrows = map[string][]string{
	"traffic":                          {},
	"export":                           {"traffic"},
	"point":                            {"traffic"},
	"lists":                            {"traffic"},
	"middleware":                       {"traffic"},
	"session":                          {"traffic", "point"},
	"store/memory":                     {"traffic", "session", "lists"},
	"store/storetest":                  {"traffic", "session", "lists"},
	"":                                 {"traffic", "point", "session", "lists", "export", "middleware", "store/memory"},
	"cmd/chaperone":                    {"", "traffic", "point", "session", "lists", "export", "middleware", "cmd/chaperone/internal/accesslog"},
	"cmd/chaperone/internal/accesslog": {"traffic"},
	"internal/testkit":                 {},
	// storetest is imported by tests alone, so its testify reaches no binary.
}

// reasons says why an arrow is not allowed.
func reason(from, to string) string {
	switch {
	case from == "traffic":
		return "the vocabulary knows nobody: everybody knows it"
	case to == "":
		return "only the root knows all rooms; a room that needs the root makes a circle"
	case to == "internal/testkit":
		return "test helpers never reach production code"
	case strings.HasPrefix(to, "store/"):
		return "a room defines the contract of its store, it does not choose the store"
	default:
		return "rooms share the vocabulary and do not import each other; what one leaves on the exchange the next finds there"
	}
}

// thirdParty is every module the core may require, and what for.
var thirdParty = map[string][]string{
	"github.com/gaissmai/bart":    {"lists"},
	"github.com/vektah/gqlparser": {"point"},
	"github.com/stretchr/testify": {"store/storetest"}, // suites are tests
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestImportsFollowTheArrows(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		allowed, known := arrows[from]
		require.Truef(t, known, "package %q is not in the table of arrows: add it with the rooms it may know", from)
		for _, imp := range p.Imports {
			checkImport(t, from, imp, allowed)
		}
	}
}

func checkImport(t *testing.T, from, imp string, allowed []string) {
	t.Helper()
	if rest, ours := strings.CutPrefix(imp, module); ours {
		to := strings.TrimPrefix(rest, "/")
		for _, a := range allowed {
			if a == to {
				return
			}
		}
		t.Errorf("%s imports %s: %s", from, to, reason(from, to))
		return
	}
	if !strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") {
		return // standard library
	}
	for mod, users := range thirdParty {
		if strings.HasPrefix(imp, mod) {
			for _, u := range users {
				if u == from {
					return
				}
			}
		}
	}
	t.Errorf("%s imports %s: not a module this room may require", from, imp)
}

// packages lists the core's packages with their imports, tests left out.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	require.NoError(t, err)
	dec := json.NewDecoder(strings.NewReader(string(out)))
	var all []listed
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}
