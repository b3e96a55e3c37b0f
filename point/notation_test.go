package point_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
)

// notations are paths in both canonical notations: the worked examples of the
// specification first, then a row for everything else the language has. The
// parser's test, the round trip, the samples and the fuzz seeds share them.
var notations = []struct{ session, tags string }{
	// The worked examples.
	{"REQUEST → PATH → 0", "[path, 0]"},
	{"REQUEST → PATH → 1", "[path, 1]"},
	{"REQUEST → ACTION_NAME", "[action_name]"},
	{"REQUEST → ACTION_EXT", "[action_ext]"},
	{"REQUEST → QUERY → q", "[query, 'q']"},
	{"REQUEST → QUERY → p1 → PROPERTY → x", "[query, 'p1', hash, 'x']"},
	{"REQUEST → QUERY → p2 → ITEM → 1", "[query, 'p2', array, 1]"},
	{"REQUEST → QUERY → p3 → ITEM → 0", "[query, 'p3', array, 0]"},
	{"REQUEST → QUERY → p3 → POLLUTION", "[query, 'p3', pollution]"},
	{"REQUEST → COOKIE → b", "[header, 'COOKIE', cookie, 'b']"},
	{"REQUEST → HEADER → X-TEST → ITEM → 1", "[header, 'X-TEST', array, 1]"},
	{"REQUEST → BODY → JSON → PROPERTY → p2 → ITEM → 1", "[post, json_doc, hash, 'p2', array, 1]"},
	{"REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → name", "[header, 'AUTHORIZATION', jwt, 'jwt_payload', base64, json_doc, hash, 'name']"},
	{"REQUEST → COOKIE → human-id → JWT → jwt_payload → PROPERTY → hid", "[header, 'COOKIE', cookie, 'human-id', jwt, 'jwt_payload', base64, json_doc, hash, 'hid']"},
	{"REQUEST → BODY → FORM_URLENCODED → login", "[post, form_urlencoded, 'login']"},
	{"RESPONSE → BODY → JSON → PROPERTY → token", "[response_body, json_doc, hash, 'token']"},
	{"REQUEST → BODY → GRAPHQL → QUERY → GetUser → PROPERTY → user → ARG → id", "[post, gql, gql_query, 'GetUser', hash, 'user', gql_arg, hash, 'id']"},
	{"REQUEST → BODY → MULTIPART → someparam → FILE", "[post, multipart, 'someparam', file]"},
	// The three keys of seed 002, and its claim of a token.
	{"REQUEST → QUERY → token", "[query, 'token']"},
	{"REQUEST → BODY → JSON → PROPERTY → token", "[post, json_doc, hash, 'token']"},
	{"REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → details → PROPERTY → username", "[header, 'AUTHORIZATION', jwt, 'jwt_payload', base64, json_doc, hash, 'details', hash, 'username']"},
	// The request line and the connection.
	{"REQUEST → URI", "[uri]"},
	{"REQUEST → URI → URLENCODED", "[uri, percent]"},
	{"REQUEST → METHOD", "[method]"},
	{"REQUEST → PROTO", "[proto]"},
	{"REQUEST → SCHEME", "[scheme]"},
	{"REQUEST → APPLICATION", "[application]"},
	{"REQUEST → IP", "[remote_addr]"},
	{"REQUEST → USER_AGENT", "[user_agent]"},
	{"REQUEST → FINGERPRINT", "[fingerprint]"},
	{"RESPONSE → STATUS", "[status]"},
	// Heads.
	{"REQUEST → HEADER → HOST", "[header, 'HOST']"},
	{"REQUEST → HEADER → COOKIE", "[header, 'COOKIE']"},
	{"REQUEST → HEADER → X-TEST → POLLUTION", "[header, 'X-TEST', pollution]"},
	{"RESPONSE → HEADER → LOCATION", "[response_header, 'LOCATION']"},
	{"REQUEST → COOKIE → a → ITEM → 1", "[header, 'COOKIE', cookie, 'a', array, 1]"},
	{"REQUEST → COOKIE → a → POLLUTION", "[header, 'COOKIE', cookie, 'a', pollution]"},
	{"REQUEST → COOKIE → ALL → ITEM → ALL", "[header, 'COOKIE', cookie_all, array_all]"},
	{"REQUEST → COOKIE → NAMES", "[header, 'COOKIE', cookie_name]"},
	{"RESPONSE → COOKIE → ALL", "[response_header, 'SET-COOKIE', cookie_all]"},
	{"RESPONSE → COOKIE → sid", "[response_header, 'SET-COOKIE', cookie, 'sid']"},
	// Bodies.
	{"REQUEST → BODY", "[post]"},
	{"RESPONSE → BODY", "[response_body]"},
	{"RESPONSE → BODY → XML → XML_TAG → id", "[response_body, xml, xml_tag, 'id']"},
	{"REQUEST → BODY → JSON", "[post, json_doc]"},
	{"REQUEST → BODY → JSON → ITEM → 0 → PROPERTY → id", "[post, json_doc, array, 0, hash, 'id']"},
	{"REQUEST → BODY → FORM_URLENCODED → a → PROPERTY → x → ITEM → 2", "[post, form_urlencoded, 'a', hash, 'x', array, 2]"},
	{"REQUEST → BODY → FORM_URLENCODED → a → ITEM → 1 → PROPERTY → x", "[post, form_urlencoded, 'a', array, 1, hash, 'x']"},
	{"REQUEST → BODY → FORM_URLENCODED → a → ITEM → ALL → PROPERTY → x", "[post, form_urlencoded, 'a', array_all, hash, 'x']"},
	{"REQUEST → BODY → FORM_URLENCODED → a → POLLUTION", "[post, form_urlencoded, 'a', pollution]"},
	{"REQUEST → BODY → MULTIPART → a", "[post, multipart, 'a']"},
	{"REQUEST → BODY → MULTIPART → a → ITEM → 1 → FILENAME", "[post, multipart, 'a', array, 1, filename]"},
	{"REQUEST → BODY → MULTIPART → a → HEADER → CONTENT-TYPE", "[post, multipart, 'a', header, 'CONTENT-TYPE']"},
	{"REQUEST → BODY → MULTIPART → a → FILE → JSON → PROPERTY → x", "[post, multipart, 'a', file, json_doc, hash, 'x']"},
	// XML.
	{"REQUEST → BODY → XML → XML_TAG → root → XML_TAG → item → ITEM → 1", "[post, xml, xml_tag, 'root', xml_tag, 'item', array, 1]"},
	{"REQUEST → BODY → XML → XML_TAG → root → ITEM → 1 → XML_ATTR → id", "[post, xml, xml_tag, 'root', array, 1, xml_attr, 'id']"},
	{"REQUEST → BODY → XML → XML_COMMENT → 0", "[post, xml, xml_comment, 0]"},
	{"REQUEST → BODY → XML → XML_PI → 2", "[post, xml, xml_pi, 2]"},
	{"REQUEST → BODY → XML → XML_DTD", "[post, xml, xml_dtd]"},
	{"REQUEST → BODY → XML → XML_DTD_ENTITY → 0", "[post, xml, xml_dtd_entity, 0]"},
	// Decoders.
	{"REQUEST → QUERY → d → BASE64 → GZIP → JSON → PROPERTY → x", "[query, 'd', base64, gzip, json_doc, hash, 'x']"},
	{"REQUEST → QUERY → d → DEFLATE → HTMLJS → URLENCODED", "[query, 'd', deflate, htmljs, percent]"},
	{"REQUEST → HEADER → AUTHORIZATION → JWT", "[header, 'AUTHORIZATION', jwt]"},
	{"REQUEST → HEADER → AUTHORIZATION → JWT → jwt_prefix", "[header, 'AUTHORIZATION', jwt, 'jwt_prefix']"},
	{"REQUEST → HEADER → AUTHORIZATION → JWT → jwt_header → PROPERTY → alg", "[header, 'AUTHORIZATION', jwt, 'jwt_header', base64, json_doc, hash, 'alg']"},
	{"REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload", "[header, 'AUTHORIZATION', jwt, 'jwt_payload', base64]"},
	{"REQUEST → QUERY → t → JWT → jwt_payload → GZIP", "[query, 't', jwt, 'jwt_payload', base64, gzip]"},
	{"REQUEST → QUERY → t → JWT → jwt_payload → BASE64 → BASE64", "[query, 't', jwt, 'jwt_payload', base64, base64]"},
	{"REQUEST → QUERY → t → JWT → jwt_payload → JSON → JSON → PROPERTY → x", "[query, 't', jwt, 'jwt_payload', base64, json_doc, json_doc, hash, 'x']"},
	{"RESPONSE → BODY → JSON → PROPERTY → access_token → JWT → jwt_payload → PROPERTY → sub", "[response_body, json_doc, hash, 'access_token', jwt, 'jwt_payload', base64, json_doc, hash, 'sub']"},
	// GraphQL.
	{`REQUEST → BODY → GRAPHQL → QUERY → "" → PROPERTY → user → ALIAS`, "[post, gql, gql_query, '', hash, 'user', gql_alias]"},
	{"REQUEST → BODY → GRAPHQL → MUTATION → m → PROPERTY → pay → ARG → card → PROPERTY → number", "[post, gql, gql_mutation, 'm', hash, 'pay', gql_arg, hash, 'card', hash, 'number']"},
	{"REQUEST → BODY → GRAPHQL → SUBSCRIPTION → s → PROPERTY → f → DIRECTIVE → skip → if", "[post, gql, gql_subscription, 's', hash, 'f', gql_dir, 'skip', hash, 'if']"},
	{"REQUEST → BODY → GRAPHQL → FRAGMENT → f → SPREAD → g", "[post, gql, gql_fragment, 'f', gql_spread, 'g']"},
	{"REQUEST → BODY → GRAPHQL → QUERY → q → INLINE → PROPERTY → x", "[post, gql, gql_query, 'q', gql_inline, hash, 'x']"},
	{"REQUEST → BODY → GRAPHQL → QUERY → q → INLINE → TYPE → User → PROPERTY → x", "[post, gql, gql_query, 'q', gql_inline, gql_type, 'User', hash, 'x']"},
	{"REQUEST → BODY → GRAPHQL → QUERY → q → SPREAD → f → DIRECTIVE → ALL → if", "[post, gql, gql_query, 'q', gql_spread, 'f', gql_dir_all, hash, 'if']"},
	{"REQUEST → BODY → GRAPHQL → QUERY → q → DIRECTIVE → d → ALL", "[post, gql, gql_query, 'q', gql_dir, 'd', hash_all]"},
	{"REQUEST → BODY → GRAPHQL → QUERY → q → VAR → id", "[post, gql, gql_query, 'q', gql_var, 'id']"},
	{`REQUEST → BODY → GRAPHQL → QUERY → q → PROPERTY → f → ARG → "property"`, "[post, gql, gql_query, 'q', hash, 'f', gql_arg, hash, 'property']"},
	{"REQUEST → BODY → JSON → PROPERTY → query → GRAPHQL → VAR → id", "[post, json_doc, hash, 'query', gql, gql_var, 'id']"},
	// Norms.
	{"REQUEST → PATH → ALL", "[path_all]"},
	{"REQUEST → QUERY → ALL", "[query_all]"},
	{"REQUEST → QUERY → NAMES", "[query_name]"},
	{"REQUEST → QUERY → p → ITEM → ALL", "[query, 'p', array_all]"},
	{"REQUEST → HEADER → ALL", "[header_all]"},
	{"REQUEST → HEADER → NAMES", "[header_name]"},
	{"RESPONSE → HEADER → ALL → BASE64", "[response_header_all, base64]"},
	{"REQUEST → COOKIE → ALL", "[header, 'COOKIE', cookie_all]"},
	{"REQUEST → BODY → JSON → ITEM → ALL → PROPERTY → id", "[post, json_doc, array_all, hash, 'id']"},
	{"REQUEST → BODY → JSON → PROPERTY → a → PROPERTY → NAMES", "[post, json_doc, hash, 'a', hash_name]"},
	{"REQUEST → BODY → XML → XML_TAG → ALL → XML_ATTR → ALL", "[post, xml, xml_tag_all, xml_attr_all]"},
	{"REQUEST → HEADER → AUTHORIZATION → JWT → ALL", "[header, 'AUTHORIZATION', jwt_all]"},
	{"REQUEST → BODY → GRAPHQL → QUERY → ALL → PROPERTY → f → ARG → ALL", "[post, gql, gql_query_all, hash, 'f', gql_arg, hash_all]"},
	// Names that need care.
	{`REQUEST → QUERY → "ALL"`, "[query, 'ALL']"},
	{`REQUEST → QUERY → all`, "[query, 'all']"},
	{`REQUEST → HEADER → "ALL"`, "[header, 'ALL']"},
	{`REQUEST → QUERY → ""`, "[query, '']"},
	{`REQUEST → QUERY → "my param"`, "[query, 'my param']"},
	{`REQUEST → QUERY → "a → b"`, "[query, 'a → b']"},
	{`REQUEST → QUERY → "a>b"`, "[query, 'a>b']"},
	{`REQUEST → QUERY → "say \"hi\""`, `[query, 'say "hi"']`},
	{`REQUEST → QUERY → it's`, `[query, 'it\'s']`},
	{`REQUEST → QUERY → "back\\slash"`, `[query, 'back\\slash']`},
	{`REQUEST → QUERY → "line\x0abreak"`, `[query, 'line\x0abreak']`},
	{`REQUEST → QUERY → "not\xffutf8"`, `[query, 'not\xffutf8']`},
	{`REQUEST → QUERY → "hidden\xe2\x80\xae"`, `[query, 'hidden\xe2\x80\xae']`},
	{"REQUEST → QUERY → имя", "[query, 'имя']"},
	{`REQUEST → QUERY → "[a, b]"`, "[query, '[a, b]']"},
	{"REQUEST → QUERY → PROPERTY → PROPERTY → ITEM", "[query, 'PROPERTY', hash, 'ITEM']"},
}

func TestBothNotations(t *testing.T) {
	for _, n := range notations {
		t.Run(n.session, func(t *testing.T) {
			p, err := point.ParsePath(n.session)
			require.NoError(t, err)
			require.Equal(t, n.session, p.String())
			require.Equal(t, n.tags, p.Tags())

			q, err := point.ParsePath(n.tags)
			require.NoError(t, err)
			require.True(t, p.Equal(q), "the tag form is the same path, not %s", q)
		})
	}
}

// TestSpellings reads what people write instead of the canonical forms.
func TestSpellings(t *testing.T) {
	f := func(given, canonical string) {
		t.Helper()
		p, err := point.ParsePath(given)
		require.NoError(t, err, given)
		require.Equal(t, canonical, p.String(), given)
	}
	const token = "RESPONSE → BODY → JSON → PROPERTY → token"
	f("RESPONSE → BODY JSON → PROPERTY → token", token) // as seed 002 writes it
	f("response>body>json>property>token", token)
	f("  Response →Body→  JSON→\tProperty\n→ token ", token)
	f("RESPONSE -> BODY => JSON > PROPERTY -> token", token)
	f("RESPONSE BODY JSON PROPERTY token", token)
	f(`RESPONSE → BODY → JSON → PROPERTY → "token"`, token)
	f("RESPONSE\u00a0→ BODY → JSON → PROPERTY → token", token)
	f("[response_body,json_doc,json_obj,token]", token)
	f(`["response_body", "json_doc", "hash", "token"]`, token)
	f(`[["response_body"],["json_doc"],["hash","token"]]`, token)
	f("[response_body],[json_doc],[hash,'token']", token)
	f("[RESPONSE_BODY, JSON_DOC, HASH, 'token']", token)

	const cookie = "REQUEST → COOKIE → b"
	f("[header,'COOKIE'],[cookie,'b']", cookie)
	f("[header,'cookie',cookie,'b']", cookie)
	f("[cookie,'b']", cookie)
	f("REQUEST → HEADER → cookie → COOKIE → b", cookie)
	f("RESPONSE → HEADER → Set-Cookie → COOKIE → b", "RESPONSE → COOKIE → b")

	const claim = "REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → sub"
	f("request → header → Authorization → jwt → JWT_PAYLOAD → base64 → json → property → sub", claim)
	f("request → header → authorization → jwt → jwt_payload → json → property → sub", claim)
	f("[header,'authorization',jwt,jwt_payload,base64,json_doc,hash,sub]", claim)
	f("[header,'authorization',jwt,'jwt_payload',hash,'sub']", claim)

	const tag = "REQUEST → BODY → XML → XML_TAG → a → XML_TAG → b"
	f("REQUEST → BODY → XML → PROPERTY → a → PROPERTY → b", tag)
	f("REQUEST → BODY → XML → PROPERTY → a → ITEM → 0 → XML_TAG → b → ITEM → 0", tag)
	f("[post, xml, hash, 'a', array, 0, xml_tag, 'b']", tag)
	f("[post, xml, xml_tag, 'a', xml_tag_array, 7]", "REQUEST → BODY → XML → XML_TAG → a → ITEM → 7")
	f("REQUEST → BODY → XML → XML_COMMENT", "REQUEST → BODY → XML → XML_COMMENT → 0")
	f("[post, xml, xml_pi, base64]", "REQUEST → BODY → XML → XML_PI → 0 → BASE64")
	f("REQUEST → BODY → XML → XML_ENTITY → 1", "REQUEST → BODY → XML → XML_DTD_ENTITY → 1")

	f("REQUEST → BODY → GRAPHQL → QUERY → q → PROPERTY → f → ARG → PROPERTY → id", "REQUEST → BODY → GRAPHQL → QUERY → q → PROPERTY → f → ARG → id")
	f("REQUEST → HEADER → X-tOkEn", "REQUEST → HEADER → X-TOKEN")
	f("[get, 'q']", "REQUEST → QUERY → q")
	f("[get_all]", "REQUEST → QUERY → ALL")
	f("[instance]", "REQUEST → APPLICATION")
	f("[post, json_doc, json_array, 03]", "REQUEST → BODY → JSON → ITEM → 3")
	f("[post, json_doc, json_array_all, json_obj_name]", "REQUEST → BODY → JSON → ITEM → ALL → PROPERTY → NAMES")
	f(`[query, "it\'s"]`, "REQUEST → QUERY → it's")
	f(`REQUEST → QUERY → human-id->JWT`, "REQUEST → QUERY → human-id → JWT")
	f(`REQUEST → QUERY → trailing- → JWT`, "REQUEST → QUERY → trailing- → JWT")
}

func TestPathAsText(t *testing.T) {
	type config struct {
		Path point.Path `json:"path"`
	}
	var c config
	require.NoError(t, json.Unmarshal([]byte(`{"path": "[query, 'a b\\xff']"}`), &c))
	b, err := json.Marshal(c)
	require.NoError(t, err)
	var back config
	require.NoError(t, json.Unmarshal(b, &back))
	require.True(t, c.Path.Equal(back.Path), "names that are not text survive JSON: %s", b)

	require.NoError(t, json.Unmarshal([]byte(`{"path": ""}`), &c))
	require.True(t, c.Path.IsZero())
	require.ErrorContains(t, json.Unmarshal([]byte(`{"path": "BODY"}`), &c), "starts with REQUEST or RESPONSE")
}
