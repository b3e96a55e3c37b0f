package point

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

// FuzzPercent compares with net/url: what it unescapes is the same here.
func FuzzPercent(f *testing.F) {
	for _, s := range []string{"", "a%20b", "%", "%4", "%zz", "%%41", "100%25", "%u0041"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := string(appendPercent(nil, []byte(s)))
		if want, err := url.PathUnescape(s); err == nil {
			require.Equal(t, want, got)
		}
		require.LessOrEqual(t, len(got), len(s))
	})
}

// FuzzHTMLJS compares with html, for texts without backslashes, and with the
// strings of JSON, whose escapes are JavaScript's.
func FuzzHTMLJS(f *testing.F) {
	for _, s := range []string{"", "&lt;x&gt;", "&#60;&#x3c", `\x41\u0041\u{41}\101`, `\ud834\udd1e`, `\ud834`, `\n\q\`, "\\\r\n", `\u{}`, `&#92;n`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var scan Scan
		scan.Reset(nil, nil)
		scan.begin(Request)
		n := &node{slots: []Slot{0}, below: []Slot{0}}
		scan.found = make([]found, 1)
		scan.plan = &Plan{limits: Limits{ValueBytes: -1}.withDefaults()}
		scan.htmljs(n, []byte(s))
		got := string(scan.Get(0).Text)
		if scan.Get(0).Found != traffic.Present {
			require.Equal(t, traffic.TooLarge, scan.Get(0).Found)
			return
		}
		if !strings.Contains(html.UnescapeString(s), `\`) {
			require.Equal(t, html.UnescapeString(s), got)
		}
		var text string
		if !strings.Contains(s, "&") && json.Unmarshal([]byte(`"`+s+`"`), &text) == nil && strings.ToValidUTF8(s, "?") == s {
			require.Equal(t, text, got)
		}
	})
}

// FuzzBase64 compares with encoding/base64: what one of its encodings reads
// is the same here.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{"", "aGVsbG8=", "aGVsbG8", "-_-_", "+/+/", "a", " aGVs\nbG8", "====", "a=b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := appendBase64([]byte("before"), []byte(s))
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			if want, err := enc.DecodeString(s); err == nil {
				require.True(t, ok)
				require.Equal(t, "before"+string(want), string(got))
			}
		}
		if !ok {
			return
		}
		again, ok := appendBase64(nil, []byte(base64.StdEncoding.EncodeToString(got)))
		require.True(t, ok)
		require.Equal(t, string(got), string(again))
	})
}

// FuzzInflate compares with compress/...: the same bytes up to the same error.
func FuzzInflate(f *testing.F) {
	for _, wrap := range []func(io.Writer) io.WriteCloser{
		func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 9); return z },
	} {
		var b bytes.Buffer
		w := wrap(&b)
		_, _ = io.WriteString(w, strings.Repeat("hello ", 50))
		_ = w.Close()
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:b.Len()/2])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Scan
		s.Reset(new(Set).Compile(Limits{DecodedBytes: 1 << 16, DecodedRatio: -1}), nil)
		for _, format := range []inflateFormat{inflateGzip, inflateDeflate} {
			s.begin(Request)
			got, state := s.inflateAll(b, format)
			want, err := inflateOracle(b, format, 1<<16)
			require.Equal(t, string(want), string(got))
			switch {
			case err != nil:
				require.Equal(t, traffic.Undecodable, state)
			case len(want) < 1<<16:
				require.Equal(t, traffic.Present, state)
			}
			require.Equal(t, 1<<16-len(got), s.budget.decoded)
		}
	})
}

// inflateOracle reads at most limit bytes with fresh readers.
func inflateOracle(b []byte, format inflateFormat, limit int64) (out []byte, err error) {
	src := bytes.NewReader(b)
	var r io.Reader
	switch {
	case format == inflateGzip:
		r, err = gzip.NewReader(src)
	case isZlib(b):
		r, err = zlib.NewReader(src)
	default:
		r = flate.NewReader(src)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, limit))
}

// FuzzJWT compares with a token taken apart by hand.
func FuzzJWT(f *testing.F) {
	for _, s := range []string{"", "a.b.c", "Bearer a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "lsapi2 eyJhIjoxfQ.eyJzdWIiOiIxIn0.x", "a.b.c.d.e", "..", "Bearer ", "bearer  x.y"} {
		f.Add(s)
	}
	var set Set
	sub := set.Reserve(MustParsePath("REQUEST → HEADER → X → JWT → jwt_payload → PROPERTY → sub"))
	plan := set.Compile(Limits{ValueBytes: -1})
	f.Fuzz(func(t *testing.T, text string) {
		var s Scan
		s.Reset(plan, nil)
		x := &traffic.Exchange{Request: traffic.Request{Header: traffic.Header{"X": {text}}}}
		s.Request(x)
		got := s.Get(sub)
		parts := strings.Split(text, ".")
		if len(parts) != 3 || strings.ContainsAny(text, " \t\r\n") {
			return
		}
		raw, err := base64.RawURLEncoding.DecodeString(parts[1])
		var claims map[string]any
		if err != nil || json.Unmarshal(raw, &claims) != nil {
			return
		}
		if want, ok := claims["sub"].(string); ok {
			require.Equal(t, want, string(got.Text))
		}
	})
}
