package point_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
)

// TestParseErrors checks that an error points at the step that is wrong and
// says what was expected. The mark ‸ stands before that step in the text.
func TestParseErrors(t *testing.T) {
	f := func(marked string, step int, reason string) {
		t.Helper()
		text := strings.Replace(marked, "‸", "", 1)
		_, err := point.ParsePath(text)
		var pe *point.PathError
		require.ErrorAs(t, err, &pe, text)
		require.Equal(t, text, pe.Text)
		require.Equal(t, strings.Index(marked, "‸"), pe.Offset, "%s: %v", text, err)
		require.Equal(t, step, pe.Step, "%s: %v", text, err)
		require.Contains(t, pe.Reason, reason)
		require.Contains(t, err.Error(), reason)
	}
	// The side.
	f("‸", 0, "starts with REQUEST or RESPONSE")
	f("  ‸", 0, "starts with REQUEST or RESPONSE")
	f("‸QUERY → q", 0, `starts with REQUEST or RESPONSE, not with "QUERY"`)
	f("‸→ REQUEST → URI", 0, "starts with REQUEST or RESPONSE")
	f("REQUEST‸", 1, "expected URI, PATH,")
	f("REQUEST →‸", 1, "BODY after REQUEST")
	f("RESPONSE → ‸QUERY → q", 1, "QUERY cannot stand here; expected STATUS, HEADER, COOKIE or BODY after RESPONSE")
	f("REQUEST → COOKIE → a → ‸PROPERTY → x", 2, "PROPERTY cannot stand here")
	f("RESPONSE → COOKIE → a → ‸ITEM → 0", 2, "ITEM cannot stand here")

	// Words.
	f("REQUEST → BODY → ‸JSN → PROPERTY → x", 2, `"JSN" is not a step; did you mean JSON? Expected JSON, FORM_URLENCODED`)
	f("REQUEST → BODY → ‸json_doc", 2, `"json_doc" is not a step; here it is written JSON`)
	f("REQUEST → BODY → XML → ‸hash → x", 3, "here it is written XML_TAG")
	f("REQUEST → BODY → JSON → ‸array_all", 3, "here it is written ITEM → ALL")
	f("[post, ‸JSON]", 2, "here it is written json_doc")
	f("[post, ‸json]", 2, "here it is written json_doc")
	f("REQUEST → METHOD → ‸PROPERTY → x", 2, "PROPERTY cannot stand here; expected JSON, XML, BASE64")
	f("REQUEST → QUERY → p → ‸\"PROPERTY\" → x", 2, "stands in quotes, so it is a name")
	f("REQUEST → HEADER → X → ‸COOKIE → a", 2, "COOKIE cannot stand here")
	f("[header, 'X', ‸response_header, 'X']", 2, "is not a step")
	f("REQUEST → HEADER → A → JWT → ‸payload", 3, "expected jwt_prefix, jwt_header, jwt_payload or ALL after JWT")
	f("REQUEST → BODY → XML → XML_TAG → a → ITEM → 0 → ‸ITEM → 1", 5, "ITEM cannot stand here")
	f("REQUEST → BODY → GRAPHQL → QUERY → q → PROPERTY → f → ARG →‸", 6, "expected PROPERTY after ARG")

	// What is not read.
	f("REQUEST → BODY → ‸GRPC → 1", 2, "gRPC bodies are not read")
	f("[post, ‸grpc]", 2, "gRPC bodies are not read")
	f("REQUEST → BODY → BASE64 → ‸PROTOBUF", 3, "protobuf bodies are not read")
	f("[post, form_urlencoded, '__VIEWSTATE', ‸viewstate_dict, 'x']", 3, "ViewState bodies are not read")

	// Names and indexes.
	f("REQUEST → QUERY‸", 1, "QUERY: expected a name")
	f("REQUEST → QUERY → ‸→ JSON", 1, "QUERY: expected a name")
	f("REQUEST → QUERY → my ‸param", 1, "a name with a space stands in quotes")
	f("REQUEST → PATH → ‸x", 1, `PATH: expected an index from 0 to 1073741823, not "x"`)
	f("REQUEST → PATH → ‸-1", 1, "expected an index")
	f("REQUEST → PATH → ‸99999999999", 1, "expected an index")
	f("REQUEST → BODY → XML → XML_PI → ‸99999999999", 3, "expected an index")
	f("REQUEST → HEADER → ‸a:b", 1, `":" cannot be in the name of a header field`)
	f("REQUEST → HEADER → ‸\"\"", 1, "cannot be empty")
	f("REQUEST → QUERY → ‸\"q", 1, "the quote is not closed")
	f(`REQUEST → QUERY → ‸"a\n"`, 1, `after the \`)
	f(`REQUEST → QUERY → ‸"a\x0`, 1, `after the \`)
	f(`REQUEST → QUERY → ‸"a\`, 1, `after the \`)
	f(`[query, ‸'q]`, 1, "the quote is not closed")

	// Norms.
	f("REQUEST → QUERY → p → ‸ALL", 2, "ALL cannot stand here")
	f("REQUEST → BODY → JSON → ‸ALL", 3, "ALL cannot stand here")
	f("REQUEST → ‸PATH → NAMES", 1, "PATH has no names; expected ALL")
	f("REQUEST → QUERY → NAMES → ‸JSON", 2, "expected the end of the path after NAMES")
	f("REQUEST → BODY → XML → XML_TAG → ALL → ‸ITEM → 1", 4, "ITEM cannot stand here")
	f("[query_all, ‸'q']", 2, "is not a step")
	f("[‸path_name, 0]", 1, "is not a step")

	// Brackets and commas.
	f("[‸", 1, "expected ]")
	f("[]‸", 1, "expected uri,")
	f("[]‸", 1, "response_header or response_body at the start")
	f("[post‸", 2, "expected ]")
	f("[post,‸]", 2, "expected json_doc")
	f("[‸,post]", 1, "expected uri,")
	f("[query,‸,'q']", 1, "expected a name")
	f("[post] ‸x", 2, "expected [ or the end")
	f("[post] ‸]", 2, "expected [ or the end")
	f("[post] ,‸", 2, "expected ]")
	f("[[‸[post]]]", 1, "unexpected [")
	f("[query ‸[ 'q' ]]", 1, "unexpected [")
	f("[‸foo]", 1, "is not a step")

	f("REQUEST → QUERY → "+strings.Repeat("a", 16<<10-len("REQUEST → QUERY → "))+"‸a", 0, "longer than 16384 bytes")
}

func TestMustParsePathPanics(t *testing.T) {
	require.Panics(t, func() { point.MustParsePath("BODY") })
}

func TestPathErrorIsShort(t *testing.T) {
	_, err := point.ParsePath(strings.Repeat("é", 5000))
	require.Less(t, len(err.Error()), 600)
}
