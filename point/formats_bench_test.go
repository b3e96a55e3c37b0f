package point_test

import (
	"encoding/base64"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// formatBench is a request and what is read of it.
type formatBench struct {
	name   string
	x      *traffic.Exchange
	path   string
	allocs float64 // at most, per scan
}

func formatBenches(t testing.TB) []formatBench {
	header := func(value string) *traffic.Exchange {
		x := exchangeOf("", "")
		x.Request.Header["X"] = []string{value}
		return x
	}
	json := `{"user":"joe","items":[` + strings.Repeat(`{"id":17,"name":"apples","price":"1.20"},`, 24) + `{}],"token":"aaa"}`
	zipBody := exchangeOf("application/json", zipped(t, gzipTo, json))
	zipBody.Request.Header["Content-Encoding"] = []string{"gzip"}
	deflated := exchangeOf("application/json", zipped(t, zlibTo, json))
	deflated.Request.Header["Content-Encoding"] = []string{"deflate"}
	return []formatBench{
		{"xml", exchangeOf("text/xml", soap), "REQUEST → BODY → XML → XML_TAG → Envelope → XML_TAG → Body → XML_TAG → Get → XML_TAG → Item → ITEM → 1", 0},
		{"jwt", header("Bearer " + johnDoe), "REQUEST → HEADER → X → JWT → jwt_payload → PROPERTY → name", 0},
		{"base64", header(base64.StdEncoding.EncodeToString([]byte(json))), "REQUEST → HEADER → X → BASE64 → JSON → PROPERTY → token", 0},
		{"gzip", zipBody, "REQUEST → BODY → JSON → PROPERTY → token", 0},
		{"deflate", deflated, "REQUEST → BODY → JSON → PROPERTY → token", 1}, // the check sum
		{"percent", header("%7B%22a%22%3A%22" + strings.Repeat("b%20", 50) + "%22%7D"), "REQUEST → HEADER → X → URLENCODED → JSON → PROPERTY → a", 0},
		{"js", header(`\x3cscript\u003e` + strings.Repeat("text", 50)), "REQUEST → HEADER → X → HTMLJS", 0},
		{"html", header(`&lt;script&gt;` + strings.Repeat("text", 50)), "REQUEST → HEADER → X → HTMLJS", 3}, // html works on strings
		// The libraries take their objects for these two.
		{"multipart", exchangeOf("multipart/form-data; boundary=XX", parts(field("a", "1"), field("b", "2"), file("f", "x.txt", strings.Repeat("x", 1000)))), "REQUEST → BODY → MULTIPART → b", 75},
		{"graphql", exchangeOf("application/json", envelope(gqlDoc, `{"id":42}`)), "REQUEST → BODY → GRAPHQL → QUERY → GetUser → PROPERTY → user → ARG → id", 230},
	}
}

// TestFormatAllocs holds what reading a format may allocate.
func TestFormatAllocs(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates")
	}
	for _, b := range formatBenches(t) {
		var set point.Set
		slot := set.Reserve(point.MustParsePath(b.path))
		plan := set.Compile(point.Limits{})
		var s point.Scan
		scan := func() {
			s.Reset(plan, nil)
			s.Request(b.x)
		}
		scan()
		require.Equal(t, traffic.Present, s.Get(slot).Found, b.name)
		require.LessOrEqual(t, testing.AllocsPerRun(200, scan), b.allocs, b.name)
	}
}

func BenchmarkFormats(b *testing.B) {
	for _, c := range formatBenches(b) {
		b.Run(c.name, func(b *testing.B) {
			var set point.Set
			set.Reserve(point.MustParsePath(c.path))
			plan := set.Compile(point.Limits{})
			var s point.Scan
			b.ReportAllocs()
			for b.Loop() {
				s.Reset(plan, nil)
				s.Request(c.x)
			}
		})
	}
}

// BenchmarkXML reads an envelope, the whole scan against the tokens of
// encoding/xml alone: why the tokens are cut by a reader of our own.
func BenchmarkXML(b *testing.B) {
	doc := `<?xml version="1.0"?>` + strings.Replace(soap, "<Item>Apples</Item>", strings.Repeat("<Item n='1'>Apples &amp; more</Item>", 10), 1)
	b.Run("scan", func(b *testing.B) {
		var set point.Set
		set.Reserve(point.MustParsePath("REQUEST → BODY → XML → XML_TAG → Envelope → XML_TAG → Body → XML_TAG → Get → XML_TAG → Item → ITEM → 10"))
		plan, x := set.Compile(point.Limits{}), exchangeOf("text/xml", doc)
		var s point.Scan
		b.ReportAllocs()
		for b.Loop() {
			s.Reset(plan, nil)
			s.Request(x)
		}
	})
	b.Run("encoding/xml", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d := xml.NewDecoder(strings.NewReader(doc))
			for {
				if _, err := d.RawToken(); err != nil {
					break
				}
			}
		}
	})
}

// BenchmarkWorstBodies reads the bodies of 64 KiB that cost most, with a
// visitor.
func BenchmarkWorstBodies(b *testing.B) {
	const size = 64 << 10
	fill := func(before, piece, after string) string {
		return before + strings.Repeat(piece, (size-len(before)-len(after))/len(piece)) + after
	}
	bomb := exchangeOf("text/xml", zipped(b, gzipTo, fill("<a>", "<b/>", "</a>")+strings.Repeat(" ", 900_000)))
	bomb.Request.Header["Content-Encoding"] = []string{"gzip"}
	for name, x := range map[string]*traffic.Exchange{
		"xml tags":        exchangeOf("text/xml", fill("<a>", "<b/>", "</a>")),
		"xml deep":        exchangeOf("text/xml", fill("", "<a>", "")),
		"xml attributes":  exchangeOf("text/xml", fill("<a ", "b='' ", "/>")),
		"xml prefixes":    exchangeOf("text/xml", fill("<a>", "<a:b xmlns:a='u'/>", "</a>")),
		"xml text":        exchangeOf("text/xml", fill("<a>", "x&lt;", "</a>")),
		"xml mixed":       exchangeOf("text/xml", fill("<a>", "x<b/>", "</a>")),
		"xml comments":    exchangeOf("text/xml", fill("<a>", "<!---->", "</a>")),
		"xml entities":    exchangeOf("text/xml", fill("<!DOCTYPE a [", "<!ENTITY a ''>", "]><a/>")),
		"xml half notes":  exchangeOf("text/xml", fill("<!DOCTYPE a [", "<!-- >", "]><a/>")),
		"xml bomb":        bomb,
		"multipart":       exchangeOf("multipart/form-data; boundary=X", fill("", "--X\r\n\r\n\r\n", "--X--")),
		"multipart heads": exchangeOf("multipart/form-data; boundary=X", fill("--X\r\n", "a:\r\n", "\r\n\r\n--X--")),
		"graphql":         exchangeOf("application/graphql", fill("{", "a(b:1)", "}")),
		"graphql depth":   exchangeOf("application/graphql", fill("{", "a{", "")),
		"graphql batch":   exchangeOf("application/graphql", fill("[", `{"query":"{a}"},`, `{"query":"{a}"}]`)),
		"graphql vars":    exchangeOf("application/graphql", fill(`{"query":"{a}","variables":{"a":1`, `,"b":1`, `}}`)),
		"graphql string":  exchangeOf("application/graphql", fill(`{a(b:"`, `\"`, `")}`)),
	} {
		b.Run(name, func(b *testing.B) {
			plan := new(point.Set).Compile(point.Limits{})
			var s point.Scan
			var v tallyman
			b.ReportAllocs()
			for b.Loop() {
				s.Reset(plan, &v)
				s.Request(x)
			}
		})
	}
}

// tallyman is a visitor that counts.
type tallyman struct{ values, bytes int }

func (c *tallyman) Visit(v point.Value) {
	c.values++
	c.bytes += len(v.Text)
}
