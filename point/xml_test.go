package point_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

const rpc = `<?xml version="1.0"?>
<!DOCTYPE foo SYSTEM "http://example/foo.dtd" [<!ENTITY xxe SYSTEM "file:///etc/passwd"><!-- <!ENTITY no "no"> --><!ENTITY % p 'a > b'>]>
<?pi data?>
<!-- test -->
<methodCall>
  <methodName>&xxe;</methodName>
  <methodArgs check="true">123</methodArgs>
  <methodArgs>234</methodArgs>
  <empty/><mixed>a<b>B</b>c<![CDATA[<d>]]></mixed>
  <!--inner--><amp x="1 &lt; &#x32;">&amp;&#65;&unknown;</amp>
</methodCall>`

const soap = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><Get xmlns="urn:shop" xml:lang="en" s:id="7"><Item>Apples</Item><Item>Pears</Item></Get></s:Body></s:Envelope>`

func TestXML(t *testing.T) {
	const doc, call = "REQUEST → BODY → XML → ", "REQUEST → BODY → XML → XML_TAG → methodCall → "
	deep := strings.Repeat("<a>", 70) + "x" + strings.Repeat("</a>", 70)
	runFormats(t, []formatCase{
		{name: "all kinds of places", typ: "text/xml", body: rpc, want: map[string]string{
			doc + "XML_DTD":                                        "http://example/foo.dtd",
			doc + "XML_DTD_ENTITY → 0":                             "file:///etc/passwd",
			doc + "XML_DTD_ENTITY → 1":                             "a > b",
			doc + "XML_DTD_ENTITY → 2":                             "(absent)",
			doc + "XML_PI → 0":                                     "pi data",
			doc + "XML_PI → 1":                                     "(absent)",
			doc + "XML_COMMENT → 0":                                " test ",
			doc + "XML_COMMENT → 1":                                "inner",
			doc + "XML_TAG → methodCall":                           "(absent)",
			call + "XML_TAG → methodName":                          "&xxe;",
			call + "XML_TAG → methodArgs":                          "123",
			call + "XML_TAG → methodArgs → XML_ATTR → check":       "true",
			call + "XML_TAG → methodArgs → ITEM → 0":               "123",
			call + "XML_TAG → methodArgs → ITEM → 1":               "234",
			call + "PROPERTY → methodArgs → ITEM → 2":              "(absent)",
			call + "XML_TAG → empty":                               "",
			call + "XML_TAG → mixed":                               "ac<d>",
			call + "XML_TAG → mixed → XML_TAG → b":                 "B",
			call + "XML_TAG → amp":                                 "&A&unknown;",
			call + "XML_TAG → amp → XML_ATTR → x":                  "1 < 2",
			call + "XML_TAG → methodArgs → XML_ATTR → none":        "(absent)",
			call + "XML_TAG → methodArgs → ITEM → 1 → JSON":        "234",
			"REQUEST → BODY → XML → XML_TAG → other → XML_TAG → x": "(absent)",
		}},
		{name: "names", typ: "application/soap+xml", body: soap, want: map[string]string{
			doc + "XML_TAG → Envelope → XML_TAG → Body → XML_TAG → Get → XML_TAG → Item → ITEM → 1":                                                          "Pears",
			doc + "XML_TAG → s:Envelope → XML_TAG → s:Body → XML_TAG → Get → XML_TAG → Item":                                                                 "Apples",
			doc + `XML_TAG → "http://www.w3.org/2003/05/soap-envelope|s|Envelope" → XML_TAG → Body → XML_TAG → "urn:shop||Get" → XML_TAG → "urn:shop||Item"`: "Apples",
			doc + "XML_TAG → Envelope → XML_TAG → Body → XML_TAG → Get → XML_ATTR → lang":                                                                    "en",
			doc + "XML_TAG → Envelope → XML_TAG → Body → XML_TAG → Get → XML_ATTR → xml:lang":                                                                "en",
			doc + "XML_TAG → Envelope → XML_TAG → Body → XML_TAG → Get → XML_ATTR → id":                                                                      "7",
			doc + `XML_TAG → Envelope → XML_TAG → Body → XML_TAG → Get → XML_ATTR → "http://www.w3.org/2003/05/soap-envelope|s|id"`:                          "7",
			doc + `XML_TAG → Envelope → XML_TAG → Body → XML_TAG → Get → XML_ATTR → "http://www.w3.org/XML/1998/namespace|xml|lang"`:                         "en",
			doc + "XML_TAG → Envelope → XML_ATTR → xmlns:s":                                                                                                  "http://www.w3.org/2003/05/soap-envelope",
			doc + "XML_TAG → Envelope → XML_ATTR → s":                                                                                                        "(absent)",
			doc + `XML_TAG → "urn:shop|s|Envelope"`:                                                                                                          "(absent)",
		}},
		{name: "occurrences by local name", typ: "text/xml", body: `<r><a:x>1</a:x><b:x>2</b:x><a:x>3</a:x><x>4</x></r>`, want: map[string]string{
			doc + "XML_TAG → r → XML_TAG → x → ITEM → 1":   "2",
			doc + "XML_TAG → r → XML_TAG → a:x → ITEM → 1": "3",
			doc + "XML_TAG → r → XML_TAG → b:x":            "2",
			doc + "XML_TAG → r → XML_TAG → x → ITEM → 3":   "4",
		}},
		{name: "norms", typ: "text/xml", body: `<r a="1" b="2"><x>1</x><y>2</y><x>3</x></r>`, want: map[string]string{
			doc + "XML_TAG → r → XML_TAG ALL":            "1 | 2 | 3",
			doc + "XML_TAG → r → XML_TAG NAMES":          "x | y",
			doc + "XML_TAG → r → XML_TAG → x → ITEM ALL": "1 | 3",
			doc + "XML_TAG → r → XML_ATTR ALL":           "1 | 2",
			doc + "XML_TAG → r → XML_ATTR NAMES":         "a | b",
			doc + "XML_TAG → r → XML_TAG → x":            "1",
			doc + "XML_TAG → r → XML_TAG → y":            "2",
		}},
		{name: "a prefix known by two names and ALL", typ: "text/xml", body: `<r><a:x>1</a:x></r>`, want: map[string]string{
			doc + "XML_TAG → r → XML_TAG → x":   "1",
			doc + "XML_TAG → r → XML_TAG → a:x": "1",
		}},
		{name: "looks like XML", body: " <a>1</a>", want: map[string]string{doc + "XML_TAG → a": "1"}},
		{name: "cut off", typ: "text/xml", body: `<a><b>1</b><c>2`, marks: traffic.BodyUndecodable, want: map[string]string{
			doc + "XML_TAG → a → XML_TAG → b": "1",
			doc + "XML_TAG → a → XML_TAG → c": "(undecodable)",
		}},
		{name: "cut off by a limit", typ: "text/xml", limits: point.Limits{BodyBytes: 15}, body: `<a><b>1</b><c>2</c></a>`, marks: traffic.LimitMet, want: map[string]string{
			doc + "XML_TAG → a → XML_TAG → b": "1",
			doc + "XML_TAG → a → XML_TAG → c": "(too_large)",
		}},
		{name: "closed wrong", typ: "text/xml", body: `<a><b>1</b></c><d>2</d></a>`, marks: traffic.BodyUndecodable, want: map[string]string{
			doc + "XML_TAG → a → XML_TAG → b": "1",
			doc + "XML_TAG → a → XML_TAG → d": "(undecodable)",
		}},
		{name: "too deep", typ: "text/xml", body: deep, marks: traffic.LimitMet, want: map[string]string{
			doc + "XML_TAG → a": "(too_large)",
		}},
		{name: "too many tags", typ: "text/xml", limits: point.Limits{Values: 3}, body: `<a><b>1</b><c>2</c><d>3</d></a>`, marks: traffic.LimitMet, want: map[string]string{
			doc + "XML_TAG → a → XML_TAG → b": "1",
			doc + "XML_TAG → a → XML_TAG → d": "(too_large)",
		}},
		{name: "too many attributes", typ: "text/xml", limits: point.Limits{Values: 3}, body: `<a b="1" c="2" d="3" e="4"></a>`, marks: traffic.LimitMet, want: map[string]string{
			doc + "XML_TAG → a → XML_ATTR → b": "(too_large)",
		}},
		{name: "broken declarations", typ: "text/xml", body: `<!DOCTYPE a [<!ENTITY x "1"> <oops> <!ENTITY y "2">]><a>v</a>`, marks: traffic.BodyUndecodable, want: map[string]string{
			doc + "XML_DTD_ENTITY → 0": "1",
			doc + "XML_DTD_ENTITY → 1": "(undecodable)",
			doc + "XML_DTD":            "(undecodable)",
			doc + "XML_TAG → a":        "v",
		}},
		{name: "a public definition", typ: "text/xml", body: `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0" "http://www.w3.org/x.dtd"><html/>`, want: map[string]string{
			doc + "XML_DTD": "http://www.w3.org/x.dtd",
		}},
		{name: "too many namespaces", typ: "text/xml", body: "<r" + namespaces(257) + "><a/></r>", marks: traffic.LimitMet, want: map[string]string{
			doc + "XML_TAG → r → XML_TAG → a":                "",
			doc + `XML_TAG → r → XML_TAG → "urn:256|n256|a"`: "(too_large)",
		}},
		{name: "no tag", typ: "text/xml", body: `just text`, marks: traffic.BodyUndecodable, want: map[string]string{
			doc + "XML_TAG → a": "(undecodable)",
		}},
		{name: "UTF-16", typ: "text/xml", body: "\xff\xfe" + utf16("<?xml version='1.0' encoding='UTF-16'?><a>π𝄞</a>"), want: map[string]string{
			doc + "XML_TAG → a": "π𝄞",
		}},
		{name: "UTF-16 without a mark", typ: "text/xml", body: utf16("<a>x</a>"), want: map[string]string{doc + "XML_TAG → a": "x"}},
		{name: "Latin 1", typ: "text/xml", body: "<?xml version='1.0' encoding=\"ISO-8859-1\"?><a>\xe9\x80</a>", want: map[string]string{
			doc + "XML_TAG → a": "é\u0080",
		}},
		{name: "windows-1252", typ: "text/xml", body: "<?xml version='1.0' encoding='windows-1252'?><a>\xe9\x80</a>", want: map[string]string{
			doc + "XML_TAG → a": "é€",
		}},
		{name: "unknown characters, ASCII only", typ: "text/xml", body: "<?xml version='1.0' encoding='KOI8-R'?><a>x</a>", want: map[string]string{
			doc + "XML_TAG → a": "x",
		}},
		{name: "unknown characters", typ: "text/xml", marks: traffic.BodyUndecodable, body: "<?xml version='1.0' encoding='UTF-7'?><a>x</a>", want: map[string]string{
			doc + "XML_TAG → a": "(undecodable)",
		}},
		{name: "byte order mark", typ: "text/xml", body: "\xef\xbb\xbf<a>x</a>", want: map[string]string{doc + "XML_TAG → a": "x"}},
	})
}

// namespaces returns n declarations.
func namespaces(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" xmlns:n" + itoa(i) + "='urn:" + itoa(i) + "'")
	}
	return b.String()
}

// utf16 returns the text in UTF-16, little end first.
func utf16(text string) string {
	var b []byte
	for _, r := range text {
		if r >= 0x10000 {
			r -= 0x10000
			hi, lo := 0xd800+r>>10, 0xdc00+r&0x3ff
			b = append(b, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
			continue
		}
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

// No entity is ever expanded: the text has references, and is as long as it
// was sent.
func TestXMLBillionLaughs(t *testing.T) {
	body := `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;"><!ENTITY lol3 "&lol2;&lol2;">]><lolz>&lol3;</lolz>`
	w, s := visited("text/xml", body, point.Limits{})
	require.Equal(t, []string{"lol", "&lol;&lol;&lol;", "&lol2;&lol2;", "&lol3;"}, w.texts("REQUEST → BODY"))
	require.Zero(t, s.Marks())
}

// What is read of a broken document is shown, so that nothing hides behind a
// mistake.
func TestXMLShowsTheRest(t *testing.T) {
	f := func(body string, limits point.Limits, want ...string) {
		t.Helper()
		w, _ := visited("text/xml", body, limits)
		require.Equal(t, want, w.texts("REQUEST → BODY"))
	}
	f(`<a>one<b>two</b></a>`, point.Limits{BodyBytes: 12}, "two", "one")
	f(`<a>one<b x="<script>"/></a>`, point.Limits{BodyBytes: 16}, "one", `<b x="<scr`)
	f(`<a><b>1</b><c><d>2</d></c></a>`, point.Limits{Depth: 2}, "1", "<d>2</d></c></a>")
	f(`<a>one</b>`, point.Limits{}, "one", `<a>one</b>`)
}
