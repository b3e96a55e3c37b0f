package traffic_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/traffic"
)

var contentTypes = []struct {
	text string
	want traffic.Kinds
}{
	{"", traffic.KindNone},
	{"   ", traffic.KindNone},
	{"; charset=utf-8", traffic.KindNone},
	{"application/json", traffic.KindJSON},
	{"application/json; charset=utf-8", traffic.KindJSON},
	{"application/json;charset=utf-8;x=\";\"", traffic.KindJSON},
	{"  Application/JSON ; charset=utf-8", traffic.KindJSON},
	{"text/json", traffic.KindJSON},
	{"application/problem+json", traffic.KindJSON},
	{"application/vnd.api+JSON; ext=bulk", traffic.KindJSON},
	{"application/graphql-response+json", traffic.KindJSON},
	{"application/x-ndjson", traffic.KindJSON},
	{"application/ndjson", traffic.KindJSON},
	{"application/jsonl", traffic.KindJSON},
	{"application/x-jsonlines", traffic.KindJSON},
	{"application/json, application/json", traffic.KindJSON},
	{"application/xml", traffic.KindXML},
	{"text/XML; charset=iso-8859-1", traffic.KindXML},
	{"application/soap+xml", traffic.KindXML},
	{"image/svg+xml", traffic.KindXML},
	{"application/x-www-form-urlencoded", traffic.KindForm},
	{"APPLICATION/X-WWW-FORM-URLENCODED;charset=utf-8", traffic.KindForm},
	{"multipart/form-data; boundary=x", traffic.KindMultipart},
	{"Multipart/Mixed", traffic.KindMultipart},
	{"multipart/", traffic.KindMultipart},
	{"application/graphql", traffic.KindGraphQL},
	{"application/GraphQL; charset=utf-8", traffic.KindGraphQL},
	{"text/plain", traffic.KindText},
	{"text/html; charset=utf-8", traffic.KindText},
	{"text/", traffic.KindText},
	{"application/octet-stream", traffic.KindBinary},
	{"application/jsonp", traffic.KindBinary},
	{"application/json-seq", traffic.KindBinary}, // each text begins with a control character
	{"multipart", traffic.KindBinary},
	{"\x00", traffic.KindBinary},
	{"image/png; name=a.json", traffic.KindBinary}, // parameters do not count
}

func TestKindOf(t *testing.T) {
	for _, c := range contentTypes {
		require.Equalf(t, c.want, traffic.KindOf(c.text), "%q", c.text)
	}
}

// Whatever the text, a body has exactly one kind, and KindAny knows it.
func TestKindOfIsOneKind(t *testing.T) {
	var seen traffic.Kinds
	for _, c := range contentTypes {
		k := traffic.KindOf(c.text)
		require.NotZerof(t, k, "%q", c.text)
		require.Zerof(t, k&(k-1), "%q has several kinds", c.text)
		seen |= k
	}
	require.Equal(t, traffic.KindAny, seen, "the table has a row for each kind, and KindAny is all of them")
}

func TestKindOfAllocatesNothing(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates")
	}
	for _, c := range contentTypes {
		require.Zerof(t, testing.AllocsPerRun(10, func() { traffic.KindOf(c.text) }), "%q", c.text)
	}
}

// Case and parameters never change what a type is.
func FuzzKindOf(f *testing.F) {
	for _, c := range contentTypes {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k := traffic.KindOf(text)
		require.NotZero(t, k)
		require.Zero(t, k&(k-1))
		require.Equal(t, k, traffic.KindOf(text+"; charset=utf-8"))
		require.Equal(t, k, traffic.KindOf(" "+text))
		if upper := strings.ToUpper(text); len(upper) == len(text) && strings.ToLower(upper) == text {
			require.Equal(t, k, traffic.KindOf(upper))
		}
	})
}

func BenchmarkKindOf(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"json", "application/json; charset=utf-8"},
		{"form", "application/x-www-form-urlencoded"},
		{"problem", "application/problem+json"},
		{"image", "image/png"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				traffic.KindOf(c.text)
			}
		})
	}
}
