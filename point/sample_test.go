package point_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
)

func TestSample(t *testing.T) {
	f := func(path string, lines ...string) {
		t.Helper()
		require.Equal(t, strings.Join(lines, "\n")+"\n", point.MustParsePath(path).Sample())
	}
	const post, host = "POST / HTTP/1.1", "Host: example.com"
	const json, ok = "Content-Type: application/json", "HTTP/1.1 200 OK"

	// The request line and the connection.
	f("[uri]", "GET *** HTTP/1.1", host, "")
	f("[path, 0]", "GET /***/page.html HTTP/1.1", host, "")
	f("[path, 2]", "GET /.../.../***/page.html HTTP/1.1", host, "")
	f("[path, 9]", "GET /.../.../.../***/page.html HTTP/1.1", host, "")
	f("[path_all]", "GET /***/***/page.html HTTP/1.1", host, "")
	f("[action_name]", "GET /***.html HTTP/1.1", host, "")
	f("[action_ext]", "GET /page.*** HTTP/1.1", host, "")
	f("[method]", "*** / HTTP/1.1", host, "")
	f("[proto]", "GET / HTTP/***", host, "")
	f("[scheme]", "GET ***://example.com/ HTTP/1.1", host, "")
	f("[application]", "# application: ***", "GET / HTTP/1.1", host, "")
	f("[remote_addr]", "# client address: ***", "GET / HTTP/1.1", host, "")
	f("[fingerprint]", "# TLS fingerprint: ***", "GET / HTTP/1.1", host, "")
	f("[user_agent]", "GET / HTTP/1.1", host, "User-Agent: ***", "")
	f("[status]", "HTTP/1.1 ***", "")

	// Parameters.
	f("[query, 'q']", "GET /?q=*** HTTP/1.1", host, "")
	f("[query, 'p', hash, 'x', array, 1]", "GET /?p[x][]=...&p[x][]=*** HTTP/1.1", host, "")
	f("[query, 'p', array, 1, hash, 'x']", "GET /?p[1][x]=*** HTTP/1.1", host, "")
	f("[query, 'p', array_all, hash, 'x']", "GET /?p[0][x]=***&p[1][x]=*** HTTP/1.1", host, "")
	f("[query, 'a b&c']", "GET /?a%20b%26c=*** HTTP/1.1", host, "")
	f("[query, 'p', pollution]", "GET /?p=***&p=*** HTTP/1.1", host, "")
	f("[query_all]", "GET /?a=***&b=*** HTTP/1.1", host, "")
	f("[query_name]", "GET /?***=... HTTP/1.1", host, "")
	f("[query, 'p', hash_all]", "GET /?p[a]=***&p[b]=*** HTTP/1.1", host, "")
	f("[query, 'p', hash_name]", "GET /?p[***]=... HTTP/1.1", host, "")
	f("[query, 'p', array_all]", "GET /?p[]=***&p[]=*** HTTP/1.1", host, "")
	f("[query, 'f', json_doc, hash, 'a']", "GET /?f=%7B%22a%22%3A%20%22***%22%7D HTTP/1.1", host, "")
	f("[post, form_urlencoded, 'login']", post, host, "Content-Type: application/x-www-form-urlencoded", "", "login=***")

	// Heads.
	f("[header, 'X-TOKEN']", "GET / HTTP/1.1", host, "X-Token: ***", "")
	f("[header, 'HOST']", "GET / HTTP/1.1", "Host: ***", "")
	f("[header, 'X-TEST', array, 1]", "GET / HTTP/1.1", host, "X-Test: ...", "X-Test: ***", "")
	f("[header, 'X-TEST', array_all]", "GET / HTTP/1.1", host, "X-Test: ***", "X-Test: ***", "")
	f("[header, 'X-TEST', pollution]", "GET / HTTP/1.1", host, "X-Test: ***", "X-Test: ***", "")
	f("[header_all]", "GET / HTTP/1.1", host, "Accept: ***", "X-Example: ***", "")
	f("[header_name]", "GET / HTTP/1.1", host, "***: ...", "")
	f("[cookie, 'sid']", "GET / HTTP/1.1", host, "Cookie: sid=***", "")
	f("[cookie_all]", "GET / HTTP/1.1", host, "Cookie: a=***; b=***", "")
	f("[cookie, 'a', array, 1]", "GET / HTTP/1.1", host, "Cookie: a=...; a=***", "")
	f("[cookie, 'a\nb']", "GET / HTTP/1.1", host, "Cookie: a?b=***", "")
	f("RESPONSE → COOKIE → sid", ok, "Set-Cookie: sid=***; Path=/", "")
	f("RESPONSE → HEADER → LOCATION", ok, "Location: ***", "")
	f("[header, 'AUTHORIZATION', jwt]", "GET / HTTP/1.1", host, "Authorization: Bearer ***", "")
	f("[header, 'AUTHORIZATION', jwt, jwt_payload, hash, 'name']", "GET / HTTP/1.1", host,
		`Authorization: Bearer base64({"alg": "HS256"}).base64({"name": "***"}).signature`, "")
	f("[header, 'AUTHORIZATION', jwt, jwt_header, hash, 'alg']", "GET / HTTP/1.1", host,
		`Authorization: Bearer base64({"alg": "***"}).base64({"sub": "..."}).signature`, "")
	f("[header, 'AUTHORIZATION', jwt, jwt_prefix]", "GET / HTTP/1.1", host,
		`Authorization: *** base64({"alg": "HS256"}).base64({"sub": "..."}).signature`, "")
	f("[header, 'X-T', jwt_all]", "GET / HTTP/1.1", host, "X-T: *** base64(***).base64(***).signature", "")

	// Bodies.
	f("[post]", post, host, "Content-Type: application/octet-stream", "", "***")
	f("[post, json_doc]", post, host, json, "", `"***"`)
	f("[post, json_doc, hash, 'email']", post, host, json, "", `{"email": "***"}`)
	f("[post, json_doc, hash, 'p2', array, 1]", post, host, json, "", `{"p2": [null, "***"]}`)
	f("[post, json_doc, array_all, hash_name]", post, host, json, "", `[{"***": null}, {"***": null}]`)
	f("[post, json_doc, hash_all]", post, host, json, "", `{"a": "***", "b": "***"}`)
	f(`[post, json_doc, hash, 'a"b', json_doc, hash, 'c']`, post, host, json, "", `{"a\"b": "{\"c\": \"***\"}"}`)
	f("RESPONSE → BODY → JSON → PROPERTY → product_id", ok, json, "", `{"product_id": "***"}`)
	f("[post, base64, gzip]", post, host, "Content-Type: application/octet-stream", "", "base64(gzip(***))")
	f("[response_body, htmljs]", ok, "Content-Type: text/html", "", "htmljs(***)")
	f("[post, multipart, 'p', file]", post, host, "Content-Type: multipart/form-data; boundary=boundary", "",
		"--boundary", `Content-Disposition: form-data; name="p"; filename="file.txt"`, "", "***", "--boundary--")
	f("[post, multipart, 'p', filename]", post, host, "Content-Type: multipart/form-data; boundary=boundary", "",
		"--boundary", `Content-Disposition: form-data; name="p"; filename="***"`, "", "...", "--boundary--")
	f("[post, multipart, 'p', array, 1, header, 'X-A']", post, host, "Content-Type: multipart/form-data; boundary=boundary", "",
		"--boundary", `Content-Disposition: form-data; name="p"`, "", "...",
		"--boundary", `Content-Disposition: form-data; name="p"`, "X-A: ***", "", "...", "--boundary--")

	// XML.
	const xml = "Content-Type: application/xml"
	f("[post, xml, xml_tag, 'a', xml_tag, 'b', array, 1]", post, host, xml, "", "<a><b>...</b><b>***</b></a>")
	f("[post, xml, xml_tag, 'a', xml_attr, 'k']", post, host, xml, "", `<a k="***">...</a>`)
	f("[post, xml, xml_tag, 'a', json_doc, hash, 'x']", post, host, xml, "", "<a>{&quot;x&quot;: &quot;***&quot;}</a>")
	f("[post, xml, xml_comment, 1]", post, host, xml, "", "<!--...--><!--***--><root/>")
	f("[post, xml, xml_pi, 0]", post, host, xml, "", "<?***?><root/>")
	f("[post, xml, xml_dtd]", post, host, xml, "", `<!DOCTYPE root SYSTEM "***"><root/>`)
	f("[post, xml, xml_dtd_entity, 0]", post, host, xml, "", `<!DOCTYPE root [<!ENTITY e "***">]><root/>`)

	// GraphQL.
	f("[post, gql, gql_query, 'GetUser', hash, 'user', gql_arg, hash, 'id']", post, host, json, "",
		`{"query": "query GetUser { user(id: \"***\") }"}`)
	f("[post, gql, gql_query, '', hash, 'user', gql_alias]", post, host, json, "", `{"query": "query { ***: user }"}`)
	f("[post, gql, gql_mutation, 'm', hash, 'f', gql_arg, hash, 'in', hash, 'x', array, 1]", post, host, json, "",
		`{"query": "mutation m { f(in: {x: [null, \"***\"]}) }"}`)
	f("[post, gql, gql_query, 'q', gql_dir, 'd', hash, 'if']", post, host, json, "", `{"query": "query q @d(if: \"***\") { field }"}`)
	f("[post, gql, gql_query, 'q', gql_inline, gql_type, 'User', hash, 'x', gql_arg, hash_all]", post, host, json, "",
		`{"query": "query q { ... on User { x(a: \"***\", b: \"***\") } }"}`)
	f("[post, gql, gql_fragment, 'f', gql_spread, 'g', gql_dir, 'd', hash_name]", post, host, json, "",
		`{"query": "fragment f on Type { ...g @d(***: null) }"}`)
	f("[post, gql, gql_var, 'id', hash, 'x']", post, host, json, "",
		`{"query": "query ($id: Type) { field }", "variables": {"id": {"x": "***"}}}`)
	f("[post, gql, gql_query, 'q', gql_var, 'id']", post, host, json, "",
		`{"query": "query q($id: Type) { field }", "variables": {"id": "***"}}`)
	f("[header, 'X-Q', gql, gql_query, 'q', gql_var, 'id', hash, 'x']", "GET / HTTP/1.1", host,
		`X-Q: query q($id: Type = {x: "***"}) { field }`, "")
	f("[header, 'X-Q', gql, gql_query, 'q', hash, 'user']", "GET / HTTP/1.1", host, "X-Q: query q { user { *** } }", "")
}

// TestSamplesStaySmall shows paths in which everything is nested again and
// again. Each nesting doubles the escapes, and would double the work if a level
// were rendered twice.
func TestSamplesStaySmall(t *testing.T) {
	for _, again := range []string{
		"JSON → PROPERTY → a", "XML → XML_TAG → a", "XML → XML_TAG → a → XML_ATTR → b", "GRAPHQL → VAR → a", "XML → XML_COMMENT → 3",
		"GRAPHQL → QUERY → q → PROPERTY → f → ARG → a", "JWT → jwt_payload → PROPERTY → a", "JWT → jwt_prefix", "BASE64", "GRAPHQL → QUERY → q → PROPERTY → f → ALIAS",
	} {
		text := "REQUEST → QUERY → a"
		for {
			p, err := point.ParsePath(text + " → " + again)
			if err != nil {
				break
			}
			text = p.String()
		}
		for _, p := range []string{text, text + " → JSON → ITEM → 3", strings.Replace(text, "QUERY → a", "HEADER → X", 1)} {
			if p, err := point.ParsePath(p); err == nil {
				require.Less(t, len(p.Sample()), 100_000)
				require.Contains(t, p.Sample(), "***")
			}
		}
	}
}
