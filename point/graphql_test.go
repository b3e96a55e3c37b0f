package point_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

const gqlDoc = `
# a comment with { braces (
query GetUser($id: ID = 7, $role: String = "guest", $n: Int) @live(every: 5) {
  me: user(id: $id, tags: ["a", "b"], where: {age: {gt: 18}, name: null}, kind: ADMIN, ok: true, f: -1.5e3, role: $role) {
    name @include(if: true)
    ...F @deep
    ... on Admin @x { rights(of: "all") }
    ... { plain(a: 1) }
  }
  user(id: "other") { name }
}
mutation { save(text: """
  block "text"
  """) }
subscription S { news(n: $n) }
fragment F on User { mail(kind: "home") }`

func envelope(query, variables string) string {
	q, _ := json.Marshal(query)
	return `{"operationName":"GetUser","variables":` + variables + `,"query":` + string(q) + `}`
}

func TestGraphQL(t *testing.T) {
	const doc = "REQUEST → BODY → GRAPHQL → "
	const user = doc + "QUERY → GetUser → PROPERTY → user → "
	places := map[string]string{
		doc + "QUERY → GetUser":                               "",
		user + "ALIAS":                                        "me",
		user + "ARG → tags → ITEM → 1":                        "b",
		user + "ARG → tags → ITEM ALL":                        "a | b",
		user + "ARG → where → PROPERTY → age → PROPERTY → gt": "18",
		user + "ARG → where → PROPERTY → name":                "(absent)",
		user + "ARG → kind":                                   "ADMIN",
		user + "ARG → ok":                                     "true",
		user + "ARG → f":                                      "-1.5e3",
		user + "ARG → role":                                   "guest",
		user + "ARG NAMES":                                    "id | tags | where | kind | ok | f | role | id",
		user + "PROPERTY → name":                              " | ",
		user + "PROPERTY → name → DIRECTIVE → include → PROPERTY → if": "true",
		user + "SPREAD → F":                                           "",
		user + "SPREAD → F → DIRECTIVE → deep":                        "",
		user + "SPREAD → G":                                           "(absent)",
		user + "INLINE → PROPERTY → rights → ARG → of":                "all",
		user + "INLINE → TYPE → Admin → PROPERTY → rights → ARG → of": "all",
		user + "INLINE → PROPERTY → plain → ARG → a":                  "1",
		user + "INLINE → TYPE → Admin → PROPERTY → plain":             "(absent)",
		doc + "QUERY → GetUser → DIRECTIVE → live → PROPERTY → every": "5",
		doc + `MUTATION → "" → PROPERTY → save → ARG → text`:          "block \"text\"",
		doc + "SUBSCRIPTION → S → PROPERTY → news → ARG → n":          "(absent)",
		doc + "FRAGMENT → F → PROPERTY → mail → ARG → kind":           "home",
		doc + "FRAGMENT → F → TYPE → User → PROPERTY → mail":          "",
		doc + "QUERY NAMES":                  "GetUser",
		doc + "QUERY → GetUser → VAR → role": "guest",
		doc + "VAR → role":                   "(absent)",
	}
	unsent, sent := map[string]string{}, map[string]string{}
	for path, want := range places {
		unsent[path], sent[path] = want, want
	}
	unsent[user+"ARG → id"] = "7 | other"
	unsent[doc+"QUERY → GetUser → VAR → id"] = "7"
	sent[user+"ARG → id"] = "42 | other"
	sent[doc+"QUERY → GetUser → VAR → id"] = "42"
	sent[doc+"VAR → id"] = "42"
	sent[doc+"VAR → deep → PROPERTY → x → ITEM → 0"] = "y"
	variables := `{"id": 41, "deep": {"x": ["y"]}, "id": 42, "none": null}`
	runFormats(t, []formatCase{
		{name: "text", typ: "application/graphql", body: gqlDoc, want: unsent},
		{name: "JSON without variables", typ: "application/json", body: envelope(gqlDoc, "null"), want: unsent},
		{name: "JSON", typ: "application/json", body: envelope(gqlDoc, variables), again: true, want: sent},
		{name: "variables as a string", typ: "application/json", body: envelope(gqlDoc, `"{\"id\": 42, \"deep\": {\"x\": [\"y\"]}}"`), want: sent},
		{name: "the type is ignored", typ: "text/plain", body: envelope(gqlDoc, variables), again: true, want: sent},
		{name: "batch", typ: "application/json", body: `[{"query":"{a(x:1)}"}, {"query":"query Q {a(x:$v)}","variables":{"v":"two"}},{"query":"{a(x:$v)}"}]`, want: map[string]string{
			doc + `QUERY → "" → PROPERTY → a → ARG → x`: "1",
			doc + `QUERY → Q → PROPERTY → a → ARG → x`:  "two",
			doc + `QUERY ALL → PROPERTY → a → ARG → x`:  "1 | two",
		}},
		{name: "empty batch", typ: "application/json", body: `[]`, want: map[string]string{doc + "QUERY → Q": "(absent)"}},
		{name: "persisted query", typ: "application/json", body: `{"extensions":{}}`, want: map[string]string{doc + "QUERY → Q": "(absent)"}},
		{name: "broken at the end", typ: "application/graphql", body: `query A { a(x: 1) } query B { b(x: 2) } query C { c(x: 3`, marks: traffic.BodyUndecodable, want: map[string]string{
			doc + "QUERY → A → PROPERTY → a → ARG → x": "1",
			doc + "QUERY → B → PROPERTY → b → ARG → x": "2",
			doc + "QUERY → C → PROPERTY → c → ARG → x": "(undecodable)",
		}},
		{name: "cut off", typ: "application/graphql", limits: point.Limits{BodyBytes: 30}, body: `query A { a(x: 1) } query B { b(x: 2) } query C { c(x: 3) }`, marks: traffic.LimitMet, want: map[string]string{
			doc + "QUERY → A → PROPERTY → a → ARG → x": "1",
			doc + "QUERY → B → PROPERTY → b → ARG → x": "(too_large)",
		}},
		{name: "not GraphQL", typ: "application/graphql", body: `hello`, marks: traffic.BodyUndecodable, want: map[string]string{doc + "QUERY → A": "(undecodable)"}},
		{name: "only a fragment", typ: "application/graphql", body: `fragment F on T { x }`, want: map[string]string{doc + "FRAGMENT → F → PROPERTY → x": ""}},
		{name: "broken JSON", typ: "application/json", body: `[{"query":"{a(x:1)}"},{"query`, marks: traffic.BodyUndecodable, want: map[string]string{
			doc + `QUERY → "" → PROPERTY → a → ARG → x`: "1",
			doc + "QUERY → A": "(undecodable)",
		}},
		{name: "query is no text", typ: "application/json", body: `{"query": 1}`, marks: traffic.BodyUndecodable, want: map[string]string{doc + "QUERY → A": "(undecodable)"}},
		{name: "too deep", typ: "application/graphql", body: strings.Repeat("{a", 51) + strings.Repeat("}", 51), marks: traffic.LimitMet, want: map[string]string{
			doc + `QUERY → ""`: "(too_large)",
		}},
		{name: "as deep as allowed", typ: "application/graphql", body: strings.Repeat("{a", 50) + strings.Repeat("}", 50), want: map[string]string{
			doc + `QUERY → ""`: "",
		}},
		{name: "too long", typ: "application/graphql", limits: point.Limits{GraphQLBytes: 5}, body: "{ a b c }", marks: traffic.LimitMet, want: map[string]string{
			doc + `QUERY → ""`: "(too_large)",
		}},
		{name: "off", typ: "application/graphql", limits: point.Limits{GraphQLBytes: -1}, body: "{ a b c }", marks: traffic.LimitMet, want: map[string]string{
			doc + `QUERY → ""`: "(too_large)",
		}},
		{name: "too many tokens", typ: "application/graphql", limits: point.Limits{GraphQLTokens: 4}, body: "{ a b c }", marks: traffic.LimitMet, want: map[string]string{
			doc + `QUERY → ""`: "(too_large)",
		}},
		{name: "as many tokens as allowed", typ: "application/graphql", limits: point.Limits{GraphQLTokens: 5}, body: "{ a b c }", want: map[string]string{
			doc + `QUERY → ""`: "",
		}},
		{name: "a batch shares the limits", typ: "application/json", limits: point.Limits{GraphQLTokens: 8}, body: `[{"query":"query A {a b}"},{"query":"query B {a b}"}]`, marks: traffic.LimitMet, want: map[string]string{
			doc + "QUERY → A": "",
			doc + "QUERY → B": "(too_large)",
		}},
		{name: "too many requests", typ: "application/json", body: "[" + strings.Repeat(`{"query":"{a}"},`, 250) + `{"query":"query Q {a}"}]`, marks: traffic.LimitMet, want: map[string]string{
			doc + "QUERY → Q → PROPERTY → a": "(too_large)",
		}},
		{name: "as many requests as allowed", typ: "application/json", body: "[" + strings.Repeat(`{"query":"{a}"},`, 249) + `{"query":"query Q {a}"}]`, want: map[string]string{
			doc + "QUERY → Q → PROPERTY → a": "",
		}},
		{name: "too many variables", typ: "application/json", limits: point.Limits{BodyBytes: 1 << 20}, body: envelope("{a}", `{"a":1`+strings.Repeat(`,"`+"x"+`":1`, 1)+manyMembers(1001)+`}`), marks: traffic.LimitMet, want: map[string]string{
			doc + "VAR → a":    "1",
			doc + "VAR → m999": "(too_large)",
		}},
	})
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"m` + itoa(i) + `":1`)
	}
	return b.String()
}

// GraphQL is a decoder like others: it reads a query parameter, and a part of
// a multipart body.
func TestGraphQLElsewhere(t *testing.T) {
	got, _ := look(t, exchange(t, "GET /?query=query+Q+%7Bdrop(id:9)%7D HTTP/1.1\nHost: a\n", ""), "REQUEST → QUERY → query → GRAPHQL → QUERY → Q → PROPERTY → drop → ARG → id")
	require.Equal(t, "9", string(got.Text))
	body := "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + envelope("mutation M($f: F) {up(f:$f)}", `{"f":"file"}`) + "\r\n--x--"
	got, _ = look(t, exchangeOf("multipart/form-data; boundary=x", body), "REQUEST → BODY → MULTIPART → operations → GRAPHQL → MUTATION → M → PROPERTY → up → ARG → f")
	require.Equal(t, "file", string(got.Text))
}

// However often a variable is used, a visitor sees it once.
func TestGraphQLVariableAmplification(t *testing.T) {
	body := envelope("query ($v: S) {"+strings.Repeat("a(x: $v) ", 500)+"}", `{"v":"`+strings.Repeat("x", 1000)+`"}`)
	w, _ := visited("application/graphql", body, point.Limits{})
	require.Len(t, w.texts("REQUEST → BODY"), 1)
}
