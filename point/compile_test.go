package point

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/traffic"
)

// planOf compiles paths; slot i is path i.
func planOf(t testing.TB, paths ...string) *Plan {
	t.Helper()
	var s Set
	for i, text := range paths {
		require.Equal(t, Slot(i), s.Reserve(MustParsePath(text)))
	}
	return s.Compile(Limits{})
}

func TestReserve(t *testing.T) {
	var s Set
	a := s.Reserve(MustParsePath("REQUEST → COOKIE → a"))
	b := s.Reserve(MustParsePath("REQUEST → COOKIE → b"))
	require.NotEqual(t, a, b)
	require.Equal(t, a, s.Reserve(MustParsePath("[header,'COOKIE',cookie,'a']")), "equal paths share a slot")
	require.Equal(t, b+1, s.Reserve(Path{}))

	p := s.Compile(Limits{})
	s.Reserve(MustParsePath("REQUEST → URI"))
	require.Equal(t, 3, p.Slots(), "a plan does not change")
	p.Paths()[0] = Path{}
	require.Equal(t, "REQUEST → COOKIE → a", p.Paths()[0].String(), "Paths is a copy")
}

func TestEmptyPlan(t *testing.T) {
	p := new(Set).Compile(Limits{})
	require.Nil(t, p.request)
	require.Nil(t, p.response)
	require.Zero(t, p.Slots())
	require.Empty(t, p.Paths())
	require.False(t, p.NeedsBody())
	require.Zero(t, p.Want())
}

func TestNilNode(t *testing.T) {
	var n *node
	require.Nil(t, n.step(JSON))
	require.Nil(t, n.name(Query, []byte("a")))
	require.Nil(t, n.nameOf(Query, "a"))
	require.Nil(t, n.item(Item, 0))
	require.Nil(t, n.names(Query))
	require.Nil(t, n.rest(Query))
	require.Nil(t, n.entries(Query))
	require.Nil(t, (&node{}).item(Item, -1))
}

func TestTree(t *testing.T) {
	p := planOf(t,
		"REQUEST → HEADER → X-TOKEN", // 0
		"REQUEST → COOKIE → a",       // 1
		"REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → sub", // 2
		"REQUEST → BODY → XML → XML_TAG → t",                                    // 3
		"REQUEST → BODY → XML → XML_TAG → t → ITEM → 1 → XML_ATTR → k",          // 4
		"REQUEST → BODY",                     // 5
		"REQUEST → QUERY → q → ITEM → 70",    // 6
		"RESPONSE → STATUS",                  // 7
		"REQUEST → BODY → XML → XML_COMMENT", // 8
	)
	root := p.request
	require.Equal(t, []Slot{0}, root.nameOf(Header, "X-Token").slots, "the tree has canonical header names")
	require.Nil(t, root.nameOf(Header, "X-TOKEN"))
	require.Equal(t, []Slot{1}, root.name(Cookie, []byte("a")).slots)
	require.False(t, root.nameOf(Cookie, "a").decodes)

	auth := root.nameOf(Header, "Authorization")
	require.True(t, auth.decodes)
	require.Equal(t, []Slot{2}, auth.below)
	require.Empty(t, auth.slots)
	require.Equal(t, []Slot{2}, auth.step(JWT).step(JWTPayload).nameOf(Property, "sub").slots)

	body := root.step(Body)
	require.Equal(t, []Slot{5}, body.slots)
	require.Equal(t, []Slot{3, 4, 5, 8}, body.below)
	tag := body.step(XML).nameOf(XMLTag, "t")
	require.Equal(t, []Slot{3}, tag.slots)
	require.Equal(t, []Slot{3, 4}, tag.below)
	require.Equal(t, []Slot{4}, tag.item(Item, 1).nameOf(XMLAttr, "k").slots)
	require.Nil(t, tag.item(Item, 2))
	require.Equal(t, []Slot{8}, body.step(XML).item(XMLComment, 0).slots)

	require.Equal(t, []Slot{6}, root.nameOf(Query, "q").item(Item, 70).slots)
	require.Nil(t, root.nameOf(Query, "q").item(Item, 71))
	require.Nil(t, root.nameOf(Query, "q").item(Item, 3))
	require.Equal(t, []Slot{7}, p.response.step(Status).slots)
	require.Nil(t, p.response.step(Body))
}

func TestNormsInTheTree(t *testing.T) {
	p := planOf(t,
		"REQUEST → QUERY → ALL",                              // 0
		"REQUEST → QUERY → a",                                // 1
		"REQUEST → QUERY → NAMES",                            // 2
		"REQUEST → BODY → JSON → ITEM → ALL → PROPERTY → id", // 3
		"REQUEST → BODY → JSON → ITEM → 2 → PROPERTY → id",   // 4
		"REQUEST → BODY → XML → XML_TAG → ALL",               // 5
		"REQUEST → BODY → XML → XML_TAG → t → ITEM → ALL",    // 6
		"REQUEST → BODY → XML → XML_TAG → t → ITEM → 3",      // 7
		"REQUEST → HEADER → A → JWT → ALL",                   // 8
	)
	root := p.request
	require.Equal(t, []Slot{0, 1}, root.nameOf(Query, "a").slots)
	require.Equal(t, []Slot{0}, root.nameOf(Query, "b").slots)
	require.Equal(t, []Slot{0}, root.rest(Query).slots)
	require.Equal(t, []Slot{2}, root.names(Query).slots)
	require.Equal(t, []nameEntry{{"a", root.nameOf(Query, "a")}}, root.entries(Query))
	require.Nil(t, root.names(Header))

	json := root.step(Body).step(JSON)
	require.Equal(t, []Slot{3}, json.item(Item, 0).nameOf(Property, "id").slots)
	require.Equal(t, []Slot{3, 4}, json.item(Item, 2).nameOf(Property, "id").slots)
	require.Equal(t, []Slot{3}, json.rest(Item).nameOf(Property, "id").slots)

	xml := root.step(Body).step(XML)
	require.Equal(t, []Slot{5}, xml.nameOf(XMLTag, "u").slots)
	require.Equal(t, []Slot{5}, xml.nameOf(XMLTag, "u").item(Item, 9).slots, "ALL means every occurrence")
	require.Equal(t, []Slot{5, 6}, xml.nameOf(XMLTag, "t").slots)
	require.Equal(t, []Slot{5, 6, 7}, xml.nameOf(XMLTag, "t").item(Item, 3).slots)

	jwt := root.nameOf(Header, "A").step(JWT)
	for _, k := range []Kind{JWTPrefix, JWTHeader, JWTPayload} {
		require.Equal(t, []Slot{8}, jwt.step(k).slots)
	}
}

// TestTreeAgainstPaths compares the tree with the paths themselves, on random
// sets of random paths and random places: the slots at a place are those
// whose path matches it step by step.
func TestTreeAgainstPaths(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 0))
		var s Set
		for range 1 + r.IntN(12) {
			s.Reserve(somePath(r))
		}
		p := s.Compile(Limits{})
		for range 100 {
			place := somePlace(r)
			n := walk(p.request, place)
			var at, below []Slot
			for i, path := range p.paths {
				switch is, under := matches(path.steps, place); {
				case is:
					at, below = append(at, Slot(i)), append(below, Slot(i))
				case under:
					below = append(below, Slot(i))
				}
			}
			what := fmt.Sprintf("seed %d: %v at %v", seed, p.paths, place)
			if len(below) == 0 {
				require.Nil(t, n, what)
				continue
			}
			require.NotNil(t, n, what)
			require.True(t, slices.Equal(at, n.slots), "%s: %v", what, n.slots)
			require.True(t, slices.Equal(below, n.below), "%s: %v", what, n.below)
			require.Equal(t, n.step(Base64) != nil || n.step(JSON) != nil, n.decodes, what)
		}
	}
}

// somePath and somePlace make paths and places out of few words, so that they
// meet.
func somePath(r *rand.Rand) Path {
	steps := somePlace(r)[:1+r.IntN(4)]
	var made []Step
	norms := 0
	for _, st := range steps {
		if (st.Kind.HasName() || st.Kind.HasIndex()) && norms < maxNorms && r.IntN(3) == 0 {
			made = append(made, Step{Kind: st.Kind}, Step{Kind: All})
			norms++
			continue
		}
		made = append(made, st)
	}
	p, err := PathFrom(Request, made...)
	if err != nil {
		panic(err)
	}
	return p
}

func somePlace(r *rand.Rand) []Step {
	name := func() string { return string(rune('a' + r.IntN(3))) }
	place := []Step{{Kind: Query, Name: name()}}
	for len(place) < 4 {
		switch r.IntN(5) {
		case 0:
			place = append(place, Step{Kind: Item, Index: r.IntN(3)})
		case 1:
			place = append(place, Step{Kind: Base64}, Step{Kind: JSON})
		default:
			place = append(place, Step{Kind: Property, Name: name()})
		}
	}
	return place[:4]
}

func walk(n *node, place []Step) *node {
	for _, st := range place {
		switch {
		case st.Kind.HasName():
			n = n.nameOf(st.Kind, st.Name)
		case st.Kind.HasIndex():
			n = n.item(st.Kind, st.Index)
		default:
			n = n.step(st.Kind)
		}
	}
	return n
}

// matches reports whether the path of steps is that of place, or leads below
// it.
func matches(steps, place []Step) (is, below bool) {
	for _, here := range place {
		switch {
		case len(steps) == 0:
			return false, false
		case len(steps) > 1 && steps[1].Kind == All && steps[0].Kind == here.Kind:
			steps = steps[2:]
		case (len(steps) < 2 || steps[1].Kind != All) && steps[0] == here:
			steps = steps[1:]
		default:
			return false, false
		}
	}
	return len(steps) == 0, len(steps) > 0
}

func TestWant(t *testing.T) {
	const untyped = traffic.KindText | traffic.KindNone
	f := func(name string, kinds traffic.Kinds, paths ...string) {
		t.Helper()
		p := planOf(t, paths...)
		want := traffic.Want{}
		if kinds != 0 {
			want = traffic.Want{Limit: 64 << 10, Kinds: kinds}
		}
		require.Equal(t, want, p.Want(), name)
	}
	f("nothing of the response", 0, "[post, json_doc, hash, 'a']", "[query, 'a']")
	f("the head only", 0, "[response_header, 'X-A']", "[status]")
	f("JSON", traffic.KindJSON|untyped, "[response_body, json_doc, hash, 'a']", "[response_body, json_doc, hash, 'b']")
	f("XML", traffic.KindXML|untyped, "[response_body, xml, xml_tag, 'a']")
	f("a form", traffic.KindForm|untyped, "[response_body, form_urlencoded, 'a']")
	f("parts", traffic.KindMultipart, "[response_body, multipart, 'a']")
	f("GraphQL", traffic.KindGraphQL|traffic.KindJSON|untyped, "[response_body, gql, gql_query, 'a']")
	f("JSON and XML", traffic.KindJSON|traffic.KindXML|untyped, "[response_body, json_doc, hash, 'a']", "[response_body, xml, xml_tag, 'a']")
	f("the body itself", traffic.KindAny, "[response_body]")
	f("a decoder of the body", traffic.KindAny, "[response_body, base64, json_doc, hash, 'a']")
	f("a token as the body", traffic.KindAny, "[response_body, jwt, jwt_payload, hash, 'a']")
}

func TestNeedsBody(t *testing.T) {
	require.True(t, planOf(t, "[query, 'a']", "[post, json_doc, hash, 'a']").NeedsBody())
	require.True(t, planOf(t, "[post]").NeedsBody())
	require.False(t, planOf(t, "[query, 'a']", "[response_body]").NeedsBody())
}

func TestBodiesOff(t *testing.T) {
	var s Set
	s.Reserve(MustParsePath("[post]"))
	s.Reserve(MustParsePath("[response_body]"))
	p := s.Compile(Limits{BodyBytes: -1})
	require.False(t, p.NeedsBody())
	require.Zero(t, p.Want())
}

// TestManyNorms checks that the tree stays small when each path may go two
// ways at each step.
func TestManyNorms(t *testing.T) {
	var s Set
	for i := range 40 {
		var steps []Step
		for j := range 10 {
			if (i+j)%13 < 3 && j > 0 {
				steps = append(steps, Step{Kind: Property}, Step{Kind: All})
			} else {
				steps = append(steps, Step{Kind: Property, Name: string(rune('a' + i*j%7))})
			}
		}
		steps = append([]Step{{Kind: Body}, {Kind: JSON}}, steps...)
		if p, err := PathFrom(Request, steps...); err == nil {
			s.Reserve(p)
		}
	}
	p := s.Compile(Limits{})
	seen := map[*node]bool{}
	count(p.request, seen)
	require.Less(t, len(seen), 20_000)
}

func count(n *node, seen map[*node]bool) {
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	for _, kid := range n.plain {
		count(kid, seen)
	}
	for i := range n.named {
		for _, e := range n.named[i].table.entries {
			count(e.node, seen)
		}
		count(n.named[i].rest, seen)
	}
}

func TestLookupsDoNotAllocate(t *testing.T) {
	if testkit.Race {
		t.Skip("allocations are not counted under the race detector")
	}
	p := planOf(t, "[query, 'session_id']", "[path_all]", "[header, 'X-TOKEN']")
	name := []byte("session_id")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		p.request.name(Query, name)
		p.request.nameOf(Header, "X-Token")
		p.request.item(PathSegment, 3)
	}))
}
