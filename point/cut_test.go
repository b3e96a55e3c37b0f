package point_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
)

// Wherever a body is cut off, a slot has the values it has in the whole body,
// or the first of them, or says that a limit was met. Half a value is never
// taken for one.
func TestCutAnywhere(t *testing.T) {
	const call, user = "REQUEST → BODY → XML → XML_TAG → methodCall → ", "REQUEST → BODY → GRAPHQL → QUERY → GetUser → PROPERTY → user → "
	const b, p = "REQUEST → BODY → ", "REQUEST → BODY → MULTIPART → "
	for name, c := range map[string]struct {
		typ, body string
		paths     []string
	}{
		"xml": {"text/xml", rpc, []string{
			call + "XML_TAG → methodName", call + "XML_TAG → methodArgs", call + "XML_TAG → methodArgs → XML_ATTR → check", call + "XML_TAG → methodArgs → ITEM → 1",
			call + "XML_TAG → mixed", call + "XML_TAG → mixed → XML_TAG → b", call + "XML_TAG → amp → XML_ATTR → x", "REQUEST → BODY → XML → XML_DTD",
			"REQUEST → BODY → XML → XML_DTD_ENTITY → 1", "REQUEST → BODY → XML → XML_COMMENT → 1", "REQUEST → BODY → XML → XML_PI → 0",
		}},
		"multipart": {"multipart/form-data; boundary=XX", parts(field("a", "12"), field("a", "23"), file("f", "name.txt", "some content"), field("s[x]", "34")), []string{
			p + "a", p + "a → ITEM → 1", p + "f → FILE", p + "f → FILENAME", p + "f → HEADER → CONTENT-TYPE", p + "s → PROPERTY → x",
		}},
		"graphql": {"application/graphql", gqlDoc, []string{
			user + "ARG → tags → ITEM → 1", user + "ARG → f", user + "PROPERTY → name → DIRECTIVE → include → PROPERTY → if", user + "ALIAS",
			`REQUEST → BODY → GRAPHQL → MUTATION → "" → PROPERTY → save → ARG → text`, "REQUEST → BODY → GRAPHQL → QUERY → GetUser → VAR → role",
		}},
		"graphql in JSON": {"application/json", envelope(gqlDoc, `{"id":"4242"}`), []string{
			user + "ARG → id", "REQUEST → BODY → GRAPHQL → VAR → id", user + "ARG → f",
		}},
		"decoders": {"text/plain", base64.StdEncoding.EncodeToString([]byte(zipped(t, gzipTo, `{"a":"12","b":345,"c":"%41&lt;"}`))), []string{
			b + "BASE64", b + "BASE64 → GZIP", b + "BASE64 → GZIP → JSON → PROPERTY → a", b + "BASE64 → GZIP → JSON → PROPERTY → b",
			b + "BASE64 → GZIP → JSON → PROPERTY → c → URLENCODED → HTMLJS", b + "BASE64 → GZIP → URLENCODED → JSON → PROPERTY → b",
		}},
		"escapes": {"text/plain", `%41 b&lt; \x41 %e2%82%ac`, []string{b + "URLENCODED", b + "HTMLJS", b + "HTMLJS → URLENCODED", b + "GZIP → HTMLJS"}},
		"plain":   {"text/plain", `nothing to decode`, []string{b + "URLENCODED", b + "HTMLJS → URLENCODED"}},
		"deflate": {"text/plain", zipped(t, zlibTo, `{"a":"12"}`), []string{b + "DEFLATE", b + "DEFLATE → JSON → PROPERTY → a"}},
		"jwt": {"text/plain", "Bearer " + johnDoe, []string{
			b + "JWT", b + "JWT → jwt_prefix", b + "JWT → jwt_header", b + "JWT → jwt_payload", b + "JWT → jwt_payload → PROPERTY → iat",
		}},
	} {
		var set point.Set
		slots := make([]point.Slot, len(c.paths))
		for i, path := range c.paths {
			slots[i] = set.Reserve(point.MustParsePath(path))
		}
		x := exchangeOf(c.typ, c.body)
		whole := scanned(set.Compile(point.Limits{}), nil, x)
		for n := 1; n < len(c.body); n++ {
			plan := set.Compile(point.Limits{BodyBytes: n})
			for _, v := range []point.Visitor{nil, new(tallyman)} {
				cut := scanned(plan, v, x)
				for i, slot := range slots {
					got, full := outcome(cut, slot), outcome(whole, slot)
					if got != "(too_large)" && !strings.HasPrefix(full+" | ", got+" | ") {
						require.Equal(t, full, got, "%s: %s, cut at %d: %q", name, c.paths[i], n, c.body[:n])
					}
				}
			}
		}
	}
}
