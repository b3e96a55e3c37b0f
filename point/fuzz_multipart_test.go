package point_test

import (
	"io"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// FuzzMultipart compares with mime/multipart as a handler uses it: every form
// it reads is read here in the same way, but for the names with structure and
// the directories of file names, see multipart.
func FuzzMultipart(f *testing.F) {
	for _, body := range []string{
		parts(field("a", "1"), field("a", "2"), file("f", "x.txt", "content"), field("p[x]", "3")),
		"preamble\r\n" + parts(field("", "1")) + "epilogue",
		strings.ReplaceAll(parts(field("a", "1")), "\r\n", "\n"),
		parts("Content-Disposition: form-data; name=q\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db=\r\nc"),
		parts("Content-Disposition: form-data; name*=UTF-8''%e2%82%ac; filename*=UTF-8''a%2Fb\r\n\r\nx"),
		parts("Content-Disposition: form-data; name=a; name=b\r\n\r\nx"), "--XX--", "--XX\r\n\r\n--XX--", "--XX\r\nA: b\r\n\r\n", "",
		parts("Content-Disposition: form-data; name=\"a\\\"b\"\r\nContent-Type: text/plain\r\n\r\nx"),
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		const typ = "multipart/form-data; boundary=XX"
		limits := point.Limits{BodyBytes: 1 << 20, ValueBytes: -1, SlotValues: 2000, Values: -1}
		w, _ := visited(typ, body, limits)
		require.NoError(t, w.err)
		form, err := multipart.NewReader(strings.NewReader(body), "XX").ReadForm(1 << 20)
		if err != nil {
			return
		}
		want := map[string][]string{}
		for name, values := range form.Value {
			want[name] = values
		}
		files := map[string][]string{}
		for name, list := range form.File {
			for _, header := range list {
				file, err := header.Open()
				require.NoError(t, err)
				content, err := io.ReadAll(file)
				require.NoError(t, err)
				files[name] = append(files[name], string(content))
			}
		}
		for name, values := range want {
			sameValues(t, typ, body, limits, values, point.Step{Kind: point.Multipart, Name: name})
		}
		for name, values := range files {
			sameValues(t, typ, body, limits, values, point.Step{Kind: point.Multipart, Name: name}, point.Step{Kind: point.File})
		}
	})
}

// sameValues scans a body for one path and compares all that it finds.
func sameValues(t *testing.T, typ, body string, limits point.Limits, want []string, steps ...point.Step) {
	t.Helper()
	if strings.ContainsRune(steps[0].Name, '[') {
		return
	}
	p, err := point.PathFrom(point.Request, append([]point.Step{{Kind: point.Body}}, steps...)...)
	if err != nil {
		return // not a name that can be written
	}
	var set point.Set
	slot := set.Reserve(p)
	var s point.Scan
	s.Reset(set.Compile(limits), nil)
	s.Request(exchangeOf(typ, body))
	var got []string
	for v := range s.All(slot) {
		got = append(got, string(v))
	}
	require.Equal(t, want, got, p)
	require.False(t, s.Marks().Has(traffic.BodyUndecodable))
}
