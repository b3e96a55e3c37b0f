package point_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// Every decoder works on every value, wherever it stands.
func TestDecodersAnywhere(t *testing.T) {
	for _, c := range []struct{ text, path, want string }{
		{`{"a":["x"]}`, "JSON>PROPERTY>a>ITEM>0", "x"},
		{`<a><b>x</b></a>`, "XML>XML_TAG>a>XML_TAG>b", "x"},
		{`query q { f(a: "x") { g } }`, "GRAPHQL>QUERY>q>PROPERTY>f>ARG>a", "x"},
		{"eA==", "BASE64", "x"},
		{gzipped("x"), "GZIP", "x"},
		{zlibbed("x"), "DEFLATE", "x"},
		{`&#120;`, "HTMLJS", "x"},
		{`\x78`, "HTMLJS", "x"},
		{"%78", "URLENCODED", "x"},
		{"bearer eyJhIjoieCJ9.eyJhIjoieCJ9.c2ln", "JWT>jwt_prefix", "bearer"},
		{"bearer eyJhIjoieCJ9.eyJhIjoieCJ9.c2ln", "JWT>jwt_header>PROPERTY>a", "x"},
		{"bearer eyJhIjoieCJ9.eyJhIjoieCJ9.c2ln", "JWT>jwt_payload>PROPERTY>a", "x"},
		{base64.StdEncoding.EncodeToString([]byte(gzipped(`{"a":"<b>%78</b>"}`))), "BASE64>GZIP>JSON>PROPERTY>a>XML>XML_TAG>b>URLENCODED", "x"},
	} {
		quoted, err := json.Marshal(c.text)
		require.NoError(t, err)
		escaped := url.QueryEscape(c.text)
		for place, x := range map[string]*traffic.Exchange{
			"QUERY>v":                {Request: traffic.Request{Target: "/?v=" + escaped}},
			"PATH>0":                 {Request: traffic.Request{Target: "/" + url.PathEscape(c.text) + "/x"}},
			"HEADER>X-V":             {Request: traffic.Request{Header: traffic.Header{"X-V": {c.text}}}},
			"COOKIE>v>URLENCODED":    {Request: traffic.Request{Header: traffic.Header{"Cookie": {"v=" + url.PathEscape(c.text)}}}},
			"BODY":                   posted("application/octet-stream", c.text),
			"BODY>FORM_URLENCODED>v": posted("application/x-www-form-urlencoded", "v="+escaped),
			"BODY>JSON>PROPERTY>v":   posted("application/json", `{"v":`+string(quoted)+`}`),
		} {
			if place == "BODY>JSON>PROPERTY>v" && (c.path == "GZIP" || c.path == "DEFLATE") {
				continue // bytes are not text
			}
			got, marks := lookWith(t, x, point.Limits{}, "REQUEST>"+place+">"+c.path)
			require.Equal(t, c.want, string(got.Text), "%s below %s", c.path, place)
			require.Zero(t, marks, "%s below %s", c.path, place)
		}
	}
}

// What a decoder cannot read is undecodable; what is not there is absent.
func TestDecodersFail(t *testing.T) {
	for _, c := range []struct {
		text, path string
		want       traffic.Found
	}{
		{"hello", "JSON>PROPERTY>a", traffic.Undecodable},
		{"hello", "XML>XML_TAG>a", traffic.Undecodable},
		{"hello!", "GRAPHQL>QUERY>q>PROPERTY>f", traffic.Undecodable},
		{"not base64!", "BASE64", traffic.Undecodable},
		{"hello", "GZIP", traffic.Undecodable},
		{"Basic am9lOmpvZQ==", "JWT>jwt_payload>PROPERTY>a", traffic.Undecodable},
		{"{}", "JSON>PROPERTY>a", traffic.Absent},
		{"eyJhIjoieCJ9.eyJhIjoieCJ9.c2ln", "JWT>jwt_payload>PROPERTY>b", traffic.Absent},
	} {
		x := &traffic.Exchange{Request: traffic.Request{Header: traffic.Header{"X-V": {c.text}}}}
		got, marks := lookWith(t, x, point.Limits{}, "REQUEST>HEADER>X-V>"+c.path)
		require.Equal(t, c.want, got.Found, "%s: %s", c.path, c.text)
		require.Equal(t, c.want == traffic.Undecodable, marks.Has(traffic.BodyUndecodable))
		got, marks = lookWith(t, x, point.Limits{}, "REQUEST>HEADER>X-OTHER>"+c.path)
		require.Equal(t, traffic.Absent, got.Found)
		require.Zero(t, marks)
	}
}
