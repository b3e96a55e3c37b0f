package point_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// decoded scans a header X with the decoders of a path after it.
func decoded(t *testing.T, text, steps string, limits point.Limits) string {
	t.Helper()
	x := exchangeOf("", "")
	x.Request.Header["X"] = []string{text}
	var set point.Set
	slot := set.Reserve(point.MustParsePath("REQUEST → HEADER → X → " + steps))
	var outcomes []string
	for _, visitor := range []point.Visitor{nil, new(watcher)} {
		var s point.Scan
		s.Reset(set.Compile(limits), visitor)
		s.Request(x)
		outcomes = append(outcomes, outcome(&s, slot))
	}
	require.Equal(t, outcomes[0], outcomes[1], "a visitor must not change a thing")
	return outcomes[0]
}

func TestPercent(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		require.Equal(t, want, decoded(t, text, "URLENCODED", point.Limits{}))
	}
	f("", "")
	f("plain", "plain")
	f("a%20b%2Bc", "a b+c")
	f("a+b", "a+b")
	f("%e2%82%AC", "€")
	f("100%", "100%")
	f("%4", "%4")
	f("%zz%41", "%zzA")
	f("%%41", "%A")
	f("%u0041", "%u0041")
	f("%2541", "%41")
	f("%00", "\x00")
}

func TestHTMLJS(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		require.Equal(t, want, decoded(t, text, "HTMLJS", point.Limits{}))
	}
	f("", "")
	f("plain", "plain")
	f("&lt;script&gt;", "<script>")
	f("&#60;&#x3c;&lt", "<<<")
	f("&nosuch; & &#;", "&nosuch; & &#;")
	f(`\x3cscript\x3E`, "<script>")
	f(`\u003c\u{3c}\u{00003C}`, "<<<")
	f(`\ud834\udd1e`, "𝄞")
	f(`\ud834x\udd1e`, "\ufffdx\ufffd")
	f(`\ud834\u0041`, "\ufffdA")
	f(`\ud834\u00`, `�\u00`)
	f(`\74\0\377\400\8`, "<\x00ÿ 08")
	f(`\n\t\b\f\v\r\'\"\\\/\q`, "\n\t\b\f\v\r'\"\\/q")
	f("a\\\nb\\\r\nc\\\rd\\\u2028e", "abcde")
	f(`\xZZ\x4\u12\u{}\u{110000}\u{zz}\u{41`, `\xZZ\x4\u12\u{}\u{110000}\u{zz}\u{41`)
	f(`end\`, `end\`)
	f("\\\xff", "\\\xff")
	f(`\é`, "é")
	f(`&#92;x41`, "A")
}

func TestBase64(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		require.Equal(t, want, decoded(t, text, "BASE64", point.Limits{}))
	}
	f("", "")
	f("aGVsbG8=", "hello")
	f("aGVsbG8", "hello")
	f(" aGVs\tbG8=\r\n", "hello")
	f("aG Vs bG 8 =", "hello")
	f("+/+/", "\xfb\xff\xbf")
	f("-_-_", "\xfb\xff\xbf")
	f("+_-/", "\xfb\xff\xbf")
	f("aGVsbG8==", "hello")
	f("a", "(undecodable)")
	f("aGVs!bG8=", "(undecodable)")
	f("aGVs=bG8=", "(undecodable)")
	f("====", "")
	require.Equal(t, "hello", decoded(t, "YUdWc2JHOD0=", "BASE64 → BASE64", point.Limits{}))
	require.Equal(t, "1", decoded(t, "eyJhIjoxfQ", "BASE64 → JSON → PROPERTY → a", point.Limits{}))
	require.Equal(t, "(too_large)", decoded(t, "aGVsbG8=", "BASE64", point.Limits{DecodedBytes: 5}))
	require.Equal(t, "(too_large)", decoded(t, "YUdWc2JHOD0=", "BASE64 → BASE64", point.Limits{Depth: 1}))
}

const (
	jwtHS256 = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"         // {"alg":"HS256","typ":"JWT"}
	jwtJohn  = "eyJzdWIiOiIxMjMiLCJkZXRhaWxzIjp7InUiOiJqIn19" // {"sub":"123","details":{"u":"j"}}
)

func TestJWT(t *testing.T) {
	f := func(text, steps, want string) {
		t.Helper()
		require.Equal(t, want, decoded(t, text, "JWT → "+steps, point.Limits{}))
	}
	token := jwtHS256 + "." + jwtJohn + ".c2ln"
	f(token, "jwt_payload → PROPERTY → sub", "123")
	f(token, "jwt_payload → PROPERTY → details → PROPERTY → u", "j")
	f(token, "jwt_header → PROPERTY → alg", "HS256")
	f(token, "jwt_payload", `{"sub":"123","details":{"u":"j"}}`)
	f(token, "jwt_prefix", "(absent)")
	f("Bearer "+token, "jwt_prefix", "Bearer")
	f("Bearer "+token, "jwt_payload → PROPERTY → sub", "123")
	f("bEARER   "+token+" ", "jwt_payload → PROPERTY → sub", "123")
	f("LsApi2 "+token, "jwt_prefix", "LsApi2")
	f("mobapp2 "+token, "jwt_payload → PROPERTY → sub", "123")
	f("Basic "+token, "jwt_payload → PROPERTY → sub", "(undecodable)")
	f("Bearer abc", "jwt_prefix", "(undecodable)")
	f("", "jwt_payload", "(undecodable)")
	// The algorithm "none" has an empty signature, or none at all.
	f("eyJhbGciOiJub25lIn0."+jwtJohn+".", "jwt_payload → PROPERTY → sub", "123")
	f("eyJhbGciOiJub25lIn0."+jwtJohn, "jwt_payload → PROPERTY → sub", "123")
	// The standard alphabet and padding are tolerated.
	f("eyJhIjoiPz8/In0=.eyJhIjoiPz8/In0=.x", "jwt_payload → PROPERTY → a", "???")
	// An encrypted token shows its header only.
	f(jwtHS256+".a.b.c.d", "jwt_header → PROPERTY → alg", "HS256")
	f(jwtHS256+".a.b.c.d", "jwt_payload → PROPERTY → sub", "(undecodable)")
	f(token+".x", "jwt_payload", "(undecodable)")
	f("!."+jwtJohn+".", "jwt_header → PROPERTY → alg", "(undecodable)")
	f("!."+jwtJohn+".", "jwt_payload → PROPERTY → sub", "123")
	f(jwtHS256+".eyJzdWIiOiIxMjMi.x", "jwt_payload → PROPERTY → sub", "123") // not closed
	f(jwtHS256+".eyJzdWIiOiIxMjMi.x", "jwt_payload → PROPERTY → other", "(undecodable)")
	f(jwtHS256+".dGV4dA.x", "jwt_payload", "text") // not claims
	f(jwtHS256+".dGV4dA.x", "jwt_payload → PROPERTY → sub", "(absent)")
	require.Equal(t, token, decoded(t, "Bearer "+token, "JWT", point.Limits{}))
	require.Equal(t, "(too_large)", decoded(t, token, "JWT → jwt_payload → PROPERTY → sub", point.Limits{DecodedBytes: 60}))
	require.Equal(t, "Bearer | {\"alg\":\"HS256\",\"typ\":\"JWT\"} | {\"sub\":\"123\",\"details\":{\"u\":\"j\"}}",
		decoded(t, "Bearer "+token, "JWT ALL", point.Limits{}))
}

// zipped compresses text.
func zipped(t testing.TB, wrap func(io.Writer) io.WriteCloser, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := wrap(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func gzipTo(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibTo(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func rawTo(w io.Writer) io.WriteCloser {
	f, _ := flate.NewWriter(w, flate.BestCompression)
	return f
}

func TestInflate(t *testing.T) {
	f := func(text, steps, want string, limits point.Limits) {
		t.Helper()
		require.Equal(t, want, decoded(t, base64.StdEncoding.EncodeToString([]byte(text)), "BASE64 → "+steps, limits))
	}
	none := point.Limits{}
	f(zipped(t, gzipTo, "hello"), "GZIP", "hello", none)
	f(zipped(t, gzipTo, "hel")+zipped(t, gzipTo, "lo"), "GZIP", "hello", none)
	f(zipped(t, zlibTo, "hello"), "DEFLATE", "hello", none)
	f(zipped(t, rawTo, "hello"), "DEFLATE", "hello", none)
	f(zipped(t, gzipTo, ""), "GZIP", "", none)
	f(zipped(t, gzipTo, zipped(t, gzipTo, "deep")), "GZIP → GZIP", "deep", none)
	f(zipped(t, gzipTo, `{"a":"1","b":"2"}`), "GZIP → JSON → PROPERTY → b", "2", none)
	f("not gzip", "GZIP", "(undecodable)", none)
	f("", "GZIP", "(undecodable)", none)
	f("", "DEFLATE", "(undecodable)", none)
	f("\x78\x9c", "DEFLATE", "(undecodable)", none)

	// What could be read of a damaged text is read, but not taken for a whole.
	long := `{"a":"1","pad":"` + strings.Repeat("0123456789abcdef", 20) + `","b":"2"}`
	cut := zipped(t, gzipTo, long)
	cut = cut[:len(cut)-12]
	f(cut, "GZIP", "(undecodable)", none)
	f(cut, "GZIP → JSON → PROPERTY → a", "1", none)
	f(cut, "GZIP → JSON → PROPERTY → c", "(undecodable)", none)
	sum := zipped(t, zlibTo, "hello")
	f(sum[:len(sum)-1]+"x", "DEFLATE", "(undecodable)", none)

	// Limits.
	f(zipped(t, gzipTo, long), "GZIP", "(too_large)", point.Limits{DecodedBytes: 300})
	f(zipped(t, gzipTo, long), "GZIP → JSON → PROPERTY → a", "1", point.Limits{DecodedBytes: 300})
	f(zipped(t, gzipTo, long), "GZIP → JSON → PROPERTY → b", "(too_large)", point.Limits{DecodedBytes: 300})
	f(zipped(t, gzipTo, strings.Repeat("x", 7000)), "GZIP", "(too_large)", none) // 100 times 35 bytes and more than 4 KiB
	f(zipped(t, gzipTo, strings.Repeat("x", 2000)), "GZIP", strings.Repeat("x", 2000), none)
	f(zipped(t, gzipTo, strings.Repeat("x", 7000)), "GZIP", strings.Repeat("x", 7000), point.Limits{DecodedRatio: -1})
}

// A bomb of 10 MB costs what the limit allows, as a value and as a body.
func TestInflateBomb(t *testing.T) {
	bomb := zipped(t, gzipTo, `{"first":"1","x":"`+strings.Repeat("0", 10<<20)+`","last":"2"}`)
	require.Less(t, len(bomb), 16<<10)
	const first, last = "JSON → PROPERTY → first", "JSON → PROPERTY → last"
	text := base64.StdEncoding.EncodeToString([]byte(bomb))
	require.Equal(t, "1", decoded(t, text, "BASE64 → GZIP → "+first, point.Limits{}))
	require.Equal(t, "(too_large)", decoded(t, text, "BASE64 → GZIP → "+last, point.Limits{}))

	x := exchangeOf("application/json", bomb)
	x.Request.Header["Content-Encoding"] = []string{"gzip"}
	got, s := look(t, x, "REQUEST → BODY → "+first)
	require.Equal(t, "1", string(got.Text))
	require.True(t, s.Marks().Has(traffic.LimitMet))
	got, _ = look(t, x, "REQUEST → BODY → "+last)
	require.Equal(t, traffic.TooLarge, got.Found)
}

// What a decoder leaves as it is, a visitor sees once.
func TestUnchangedIsSeenOnce(t *testing.T) {
	x := exchangeOf("", "")
	x.Request.Header["X"] = []string{`{"a":"plain"}`}
	var set point.Set
	slot := set.Reserve(point.MustParsePath("REQUEST → HEADER → X → URLENCODED → HTMLJS → JSON → PROPERTY → a"))
	var w watcher
	var s point.Scan
	s.Reset(set.Compile(point.Limits{}), &w)
	s.Request(x)
	require.Equal(t, "plain", outcome(&s, slot))
	require.Equal(t, []string{`{"a":"plain"}`, "plain"}, w.texts("REQUEST → HEADER → X"))
}
