package point_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// parts makes a multipart body with the boundary XX.
func parts(list ...string) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString("--XX\r\n" + p + "\r\n")
	}
	return b.String() + "--XX--\r\n"
}

func field(name, value string) string {
	return `Content-Disposition: form-data; name="` + name + "\"\r\n\r\n" + value
}

func file(name, filename, value string) string {
	return `Content-Disposition: form-data; name="` + name + `"; filename="` + filename + "\"\r\nContent-Type: text/plain\r\n\r\n" + value
}

func TestMultipart(t *testing.T) {
	const p = "REQUEST → BODY → MULTIPART → "
	const typ = "multipart/form-data; boundary=XX"
	runFormats(t, []formatCase{
		{name: "fields and files", typ: typ, body: "preamble\r\n" + parts(
			field("a", "1"), field("a", "2"), field("s[x]", "3"), field("l[]", "4"), field("l[]", "5"),
			file("up", "../../x.php", "<?php"), file("ups[]", "1.txt", "one"), file("ups[]", "2.txt", "two"), field("s[y][0]", "6"),
		), want: map[string]string{
			p + "a":                            "1 | 2",
			p + "a → ITEM → 0":                 "1",
			p + "a → ITEM → 1":                 "2",
			p + "a → POLLUTION":                "1,2",
			p + "s → PROPERTY → x":             "3",
			p + `"s[x]"`:                       "3",
			p + "s → PROPERTY → y → ITEM → 0":  "6",
			p + "l → ITEM → 1":                 "5",
			p + "up":                           "(absent)",
			p + "up → FILE":                    "<?php",
			p + "up → FILENAME":                "../../x.php",
			p + "up → HEADER → CONTENT-TYPE":   "text/plain",
			p + "up → HEADER → X-NONE":         "(absent)",
			p + "ups → ITEM → 1 → FILE":        "two",
			p + "ups → ITEM → 1 → FILENAME":    "2.txt",
			p + `"ups[]" → FILE`:               "one | two",
			p + "ups → ITEM ALL → FILE":        "one | two",
			"REQUEST → BODY → MULTIPART NAMES": "a | a | s | l | l | up | ups | ups | s",
			"REQUEST → BODY → MULTIPART ALL":   "1 | 2 | 3", // s[x] is reserved as a name
			p + "other":                        "(absent)",
		}},
		{name: "quoted-printable", typ: typ, body: parts("Content-Disposition: form-data; name=q\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db"), want: map[string]string{p + "q": "a=b"}},
		{name: "a JSON part", typ: typ, body: parts("Content-Disposition: form-data; name=j\r\nContent-Type: application/json\r\n\r\n{\"x\":1}"), want: map[string]string{p + "j → JSON → PROPERTY → x": "1"}},
		{name: "no name", typ: typ, body: parts("X-A: b\r\n\r\nv", "Content-Disposition: attachment; name=n\r\n\r\nw"), want: map[string]string{p + `""`: "v | w", p + `"" → HEADER → X-A`: "b"}},
		{name: "empty file name", typ: typ, body: parts(file("f", "", "v")), want: map[string]string{p + "f": "v", p + "f → FILE": "(absent)", p + "f → FILENAME": "(absent)"}},
		{name: "line feeds only", typ: typ, body: strings.ReplaceAll(parts(field("a", "1"), field("b", "2")), "\r\n", "\n"), want: map[string]string{p + "a": "1", p + "b": "2"}},
		{name: "boundary not said", typ: "multipart/form-data", body: parts(field("a", "1")), marks: traffic.BodyUndecodable, want: map[string]string{p + "a": "1", p + "b": "(undecodable)"}},
		{name: "no boundary at all", typ: "multipart/form-data", body: "hello", marks: traffic.BodyUndecodable, want: map[string]string{p + "a": "(undecodable)"}},
		{name: "sent as something else", typ: "text/plain", body: parts(field("a", "1")), marks: traffic.BodyUndecodable, want: map[string]string{p + "a": "1"}},
		{name: "wrong boundary", typ: "multipart/form-data; boundary=YY", body: parts(field("a", "1")), marks: traffic.BodyUndecodable, want: map[string]string{p + "a": "(undecodable)"}},
		{name: "ends early", typ: typ, body: "--XX\r\n" + field("a", "1") + "\r\n--XX\r\n" + field("b", "2"), marks: traffic.BodyUndecodable, want: map[string]string{p + "a": "1", p + "b": "(undecodable)"}},
		{name: "cut off", typ: typ, limits: point.Limits{BodyBytes: 130}, body: parts(field("a", "1"), file("b", "b.txt", strings.Repeat("x", 200))), marks: traffic.LimitMet, want: map[string]string{
			p + "a": "1", p + "b → FILE": "(too_large)", p + "c": "(too_large)",
		}},
		{name: "broken header", typ: typ, body: parts(field("a", "1"), "no header\r\n\r\nx", field("c", "3")), marks: traffic.BodyUndecodable, want: map[string]string{p + "a": "1", p + "c": "(undecodable)"}},
		{name: "too many parts", typ: typ, limits: point.Limits{BodyBytes: 1 << 20, Values: -1}, body: parts(append(many(1000, field("a", "1")), field("z", "1"))...), marks: traffic.LimitMet, want: map[string]string{p + "z": "(too_large)"}},
		{name: "as many parts as allowed", typ: typ, limits: point.Limits{BodyBytes: 1 << 20, Values: -1}, body: parts(append(many(999, field("a", "1")), field("z", "1"))...), want: map[string]string{p + "z": "1"}},
	})
}

func many(n int, s string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = s
	}
	return all
}

// A visitor sees what there is of a file that was cut off: that is the rule
// with uploads.
func TestMultipartShowsCutFile(t *testing.T) {
	w, s := visited("multipart/form-data; boundary=XX", parts(file("b", "b.txt", "<?php eval"+strings.Repeat("x", 200))), point.Limits{BodyBytes: 200})
	require.True(t, s.Marks().Has(traffic.LimitMet))
	require.True(t, strings.HasPrefix(w.texts("REQUEST → BODY → MULTIPART → b → FILE")[1], "<?php eval"))
}
