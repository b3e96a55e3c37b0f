package point_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
)

func TestZeroPath(t *testing.T) {
	var p point.Path
	require.True(t, p.IsZero())
	require.Equal(t, point.NoSide, p.Side())
	require.Empty(t, p.String())
	require.Empty(t, p.Tags())
	require.Empty(t, p.Sample())
	require.Empty(t, p.Steps())
	require.Error(t, p.Keyable())
	require.True(t, p.Equal(point.Path{}))
	require.True(t, p.HasPrefix(point.Path{}))
	require.False(t, p.Covers(p))
}

func TestPathFrom(t *testing.T) {
	p, err := point.PathFrom(point.Request, point.Step{Kind: point.Header, Name: "x-token"})
	require.NoError(t, err)
	require.Equal(t, "REQUEST → HEADER → X-TOKEN", p.String())
	require.Equal(t, []point.Step{{Kind: point.Header, Name: "X-Token"}}, p.Steps())
	require.Equal(t, point.Request, p.Side())

	p, err = point.PathFrom(point.Request,
		point.Step{Kind: point.Body}, point.Step{Kind: point.XML}, point.Step{Kind: point.Property, Name: "a"}, point.Step{Kind: point.Item})
	require.NoError(t, err)
	require.Equal(t, "REQUEST → BODY → XML → XML_TAG → a", p.String())

	p, err = point.PathFrom(point.Request, point.Step{Kind: point.Query}, point.Step{Kind: point.All})
	require.NoError(t, err)
	require.Equal(t, "REQUEST → QUERY → ALL", p.String())

	f := func(reason string, step int, side point.Side, steps ...point.Step) {
		t.Helper()
		_, err := point.PathFrom(side, steps...)
		var pe *point.PathError
		require.ErrorAs(t, err, &pe)
		require.Contains(t, err.Error(), reason)
		require.Equal(t, step, pe.Step)
		require.Empty(t, pe.Text)
	}
	f("starts with Request or Response", 0, point.NoSide, point.Step{Kind: point.URI})
	f("expected URI", 1, point.Request)
	f("QUERY cannot stand here; expected STATUS", 1, point.Response, point.Step{Kind: point.Query, Name: "q"})
	f("METHOD takes no name", 1, point.Request, point.Step{Kind: point.Method, Name: "q"})
	f("METHOD takes no index", 1, point.Request, point.Step{Kind: point.Method, Index: 1})
	f("the index must be from 0", 1, point.Request, point.Step{Kind: point.PathSegment, Index: -1})
	f("cannot be empty", 1, point.Request, point.Step{Kind: point.Header})
	f(`":" cannot be in the name`, 1, point.Request, point.Step{Kind: point.Header, Name: "a:b"})
	f("invalid cannot stand here", 1, point.Request, point.Step{})
	f("invalid cannot stand here", 1, point.Request, point.Step{Kind: 255})
	f("ALL cannot stand here", 1, point.Request, point.Step{Kind: point.All})
	f("ALL cannot stand here", 2, point.Request, point.Step{Kind: point.Method}, point.Step{Kind: point.All})
	f("ALL cannot stand here", 2, point.Request, point.Step{Kind: point.Query, Name: "q"}, point.Step{Kind: point.All})
	f("PATH has no names", 2, point.Request, point.Step{Kind: point.PathSegment}, point.Step{Kind: point.Names})
}

func TestPathBounds(t *testing.T) {
	steps := []point.Step{{Kind: point.Body}, {Kind: point.JSON}}
	for range 126 {
		steps = append(steps, point.Step{Kind: point.Item})
	}
	_, err := point.PathFrom(point.Request, steps...)
	require.NoError(t, err)
	_, err = point.PathFrom(point.Request, append(steps, point.Step{Kind: point.Item})...)
	require.ErrorContains(t, err, "more than 128 steps")

	_, err = point.ParsePath("[post, json_doc, array_all, array_all, array_all]")
	require.NoError(t, err)
	_, err = point.ParsePath("[post, json_doc, array_all, array_all, array_all, array_all]")
	require.ErrorContains(t, err, "more than 3 norms")
}

// TestStepsAreACopy checks that nobody can change a path.
func TestStepsAreACopy(t *testing.T) {
	p := point.MustParsePath("REQUEST → QUERY → q")
	p.Steps()[0].Name = "other"
	require.Equal(t, "REQUEST → QUERY → q", p.String())
}

func TestHasPrefix(t *testing.T) {
	f := func(p, prefix string, want bool) {
		t.Helper()
		require.Equal(t, want, point.MustParsePath(p).HasPrefix(point.MustParsePath(prefix)), "%s, %s", p, prefix)
	}
	f("[query, 'a']", "[query, 'a']", true)
	f("[query, 'a', hash, 'x']", "[query, 'a']", true)
	f("[query, 'a']", "[query, 'a', hash, 'x']", false)
	f("[query, 'a']", "[query, 'b']", false)
	f("[post]", "[response_body]", false)
	require.False(t, point.MustParsePath("[post]").HasPrefix(point.Path{}))
}

func TestCovers(t *testing.T) {
	f := func(p, q string, want bool) {
		t.Helper()
		require.Equal(t, want, point.MustParsePath(p).Covers(point.MustParsePath(q)), "%s, %s", p, q)
	}
	f("[query, 'a']", "[query, 'a']", true)
	f("[query, 'a']", "[query, 'a', hash, 'x']", true)
	f("[query, 'a', hash, 'x']", "[query, 'a']", false)
	f("[query_all]", "[query, 'a', hash, 'x']", true)
	f("[query_all]", "[query_all]", true)
	f("[query_all]", "[query_name]", false)
	f("[query_name]", "[query_name]", true)
	f("[query, 'a']", "[query_all]", false)
	f("[post, json_doc, array_all, hash, 'id']", "[post, json_doc, array, 3, hash, 'id']", true)
	f("[post, json_doc, array_all, hash, 'id']", "[post, json_doc, array, 3, hash, 'no']", false)
	f("[post]", "[post, json_doc, hash, 'id']", true)
	f("[post]", "[response_body, json_doc, hash, 'id']", false)
	// What a header field holds.
	f("[header, 'COOKIE']", "[cookie, 'a']", true)
	f("[header_all]", "[cookie, 'a']", true)
	f("[header_name]", "[cookie, 'a']", false)
	f("[header, 'COOKIE', base64]", "[cookie, 'a']", false)
	f("[header, 'SET-COOKIE']", "[cookie, 'a']", false)
	f("[response_header, 'SET-COOKIE']", "[response_header, 'SET-COOKIE', cookie, 'a']", true)
	f("[cookie, 'a']", "[header, 'COOKIE']", false)
	f("[header, 'USER-AGENT']", "[user_agent]", true)
	f("[header, 'ACCEPT']", "[user_agent]", false)
}

func TestKeyable(t *testing.T) {
	require.NoError(t, point.MustParsePath("[query, 'a']").Keyable())
	require.NoError(t, point.MustParsePath("[post]").Keyable())
	require.ErrorContains(t, point.MustParsePath("[query_all]").Keyable(), "ALL means many values")
	require.ErrorContains(t, point.MustParsePath("[post, json_doc, array_all, hash, 'x']").Keyable(), "ALL means many values")
	require.ErrorContains(t, point.MustParsePath("[header_name]").Keyable(), "NAMES means many values")
	require.ErrorContains(t, point.MustParsePath("[post, xml]").Keyable(), "XML has no value of its own")
	require.ErrorContains(t, point.MustParsePath("[post, gql, gql_query, 'q', hash, 'user']").Keyable(), "PROPERTY has no value of its own")
	require.NoError(t, point.MustParsePath("[post, gql, gql_query, 'q', hash, 'user', gql_arg, hash, 'id']").Keyable())
	require.NoError(t, point.MustParsePath("[post, gql, gql_query, 'q', gql_var, 'id']").Keyable())
}

func TestKinds(t *testing.T) {
	require.Equal(t, "QUERY", point.Query.String())
	require.Equal(t, "jwt_payload", point.JWTPayload.String())
	require.Equal(t, "invalid", point.Kind(0).String())
	require.Equal(t, "invalid", point.Kind(255).String())
	require.True(t, point.Query.HasName())
	require.True(t, point.Item.HasIndex())
	require.True(t, point.XMLComment.HasIndex())
	require.False(t, point.Kind(255).HasName() || point.Kind(255).HasIndex())
	require.Equal(t, "REQUEST", point.Request.String())
	require.Equal(t, "RESPONSE", point.Response.String())
	require.Equal(t, "", point.NoSide.String())
}

// TestRandomPaths walks the grammar at random: whatever may be built can be
// printed and read in both notations, and shown.
func TestRandomPaths(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		p := randomPath(r)
		checkPath(t, p)
	}
}

// checkPath checks what holds for every path.
func checkPath(t *testing.T, p point.Path) {
	t.Helper()
	q, err := point.ParsePath(p.String())
	require.NoError(t, err)
	require.True(t, p.Equal(q), "%s became %s", p, q)
	q, err = point.ParsePath(p.Tags())
	require.NoError(t, err)
	require.True(t, p.Equal(q), "%s became %s by %s", p, q, p.Tags())
	q, err = point.PathFrom(p.Side(), p.Steps()...)
	require.NoError(t, err)
	require.True(t, p.Equal(q), "%s became %s by its steps", p, q)
	require.True(t, p.HasPrefix(q) && p.Covers(q))
	require.Contains(t, p.Sample(), "***")
	require.Less(t, len(p.Sample()), 1<<20)
}

// randomPath returns a path of up to nine steps.
func randomPath(r *rand.Rand) point.Path {
	names := []string{"a", "b", "", "All", "ALL", "NAMES", "x y", "é", "\xff", `"`, `\`, "PROPERTY", "item"}
	side := point.Side(1 + r.IntN(2))
	var path point.Path
	var steps []point.Step
	for tries := 0; len(steps) < 9 && tries < 300; tries++ {
		st := point.Step{Kind: point.Kind(r.IntN(60))}
		switch {
		case st.Kind == point.Header:
			st.Name = []string{"x-a", "cookie", "set-cookie", "all"}[r.IntN(4)]
		case st.Kind.HasName():
			st.Name = names[r.IntN(len(names))]
		case st.Kind.HasIndex():
			st.Index = r.IntN(3)
		}
		more := append(steps[:len(steps):len(steps)], st)
		if r.IntN(4) == 0 {
			more[len(more)-1] = point.Step{Kind: st.Kind}
			more = append(more, point.Step{Kind: point.All + point.Kind(r.IntN(2))})
		}
		p, err := point.PathFrom(side, more...)
		if err == nil {
			path, steps = p, p.Steps()
		}
	}
	return path
}
