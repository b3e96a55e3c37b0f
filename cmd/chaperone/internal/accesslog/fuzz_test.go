package accesslog_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/traffic"
)

// fuzzLines reads text as a log of the format and checks what must hold of
// every log.
func fuzzLines(f *testing.F, format accesslog.Format, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s + "\n"))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.HasPrefix(text, []byte("\x1f\x8b")) {
			return // FuzzReader does those
		}
		list, s := readAll(t, string(text), accesslog.Options{Format: format})
		if s.Lines+s.Blank > bytes.Count(text, []byte("\n"))+1 {
			t.Fatalf("%d lines of %d", s.Lines+s.Blank, bytes.Count(text, []byte("\n")))
		}
		var x traffic.Exchange
		for i := range list {
			e := &list[i]
			if (e.Method == "") != (e.Garbage != "") {
				t.Fatalf("method %q with garbage %q", e.Method, e.Garbage)
			}
			if e.Method != "" && e.Target == "" {
				t.Fatalf("no target")
			}
			if e.Client != traffic.NormalAddr(e.Client) {
				t.Fatalf("client %v is not normalised", e.Client)
			}
			if e.Status < 0 || e.Status > 999 || e.BytesIn < 0 || e.BytesOut < 0 || e.Duration < 0 {
				t.Fatalf("numbers: %+v", e)
			}
			e.Request(&x)
			e.Response(&x)
		}
	})
}

func FuzzText(f *testing.F) {
	var seeds []string
	for _, c := range textLines {
		seeds = append(seeds, c.line)
	}
	fuzzLines(f, accesslog.Text, seeds...)
}

func FuzzJSON(f *testing.F) {
	var seeds []string
	for _, c := range jsonLines {
		seeds = append(seeds, c.line)
	}
	fuzzLines(f, accesslog.JSON, seeds...)
}

func FuzzALB(f *testing.F) {
	var seeds []string
	for _, c := range albLines {
		seeds = append(seeds, c.line)
	}
	fuzzLines(f, accesslog.ALB, seeds...)
}

func FuzzZoraxy(f *testing.F) {
	var seeds []string
	for _, c := range zoraxyLines {
		seeds = append(seeds, c.line)
	}
	fuzzLines(f, accesslog.Zoraxy, seeds...)
}

// FuzzReader feeds any file, of any format, plain or packed.
func FuzzReader(f *testing.F) {
	f.Add([]byte(good + "\n\x00\nx\n"))
	f.Add(pack(f, good+"\n"))
	f.Add(pack(f, good+"\n")[:40])
	f.Add([]byte(har(harLogin)))
	f.Add([]byte(jsonLines[0].line))
	f.Add([]byte(albLine))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, in := range []io.Reader{bytes.NewReader(text), iotest.HalfReader(bytes.NewReader(text))} {
			r, err := accesslog.NewReader("a.log", in, accesslog.Options{})
			if err != nil {
				return
			}
			var e accesslog.Entry
			for err == nil {
				err = r.Next(&e)
			}
			s := r.Stats()
			if err != io.EOF || s.Lines != s.Accepted+s.Malformed {
				t.Fatalf("%v, %d lines, %d accepted, %d malformed", err, s.Lines, s.Accepted, s.Malformed)
			}
		}
	})
}

var sink accesslog.Entry

func benchmark(b *testing.B, line string, format accesslog.Format) {
	const n = 1000
	log := strings.Repeat(line+"\n", n)
	b.ReportAllocs()
	b.SetBytes(int64(len(line) + 1))
	for i := 0; i < b.N; i += n {
		r, err := accesslog.NewReader("a.log", strings.NewReader(log), accesslog.Options{Format: format})
		if err != nil {
			b.Fatal(err)
		}
		for r.Next(&sink) == nil {
		}
		if r.Stats().Accepted != n {
			b.Fatal(r.Stats().Examples)
		}
	}
}

const combined = `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET /image/60844/productModel/200x200 HTTP/1.1" 200 5667 "https://www.shop.example/m/filter/b113" "Mozilla/5.0 (Linux; Android 6.0; ALE-L21 Build/HuaweiALE-L21) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/66.0.3359.158 Mobile Safari/537.36"`

func BenchmarkCombined(b *testing.B) { benchmark(b, combined, accesslog.Text) }
func BenchmarkCaddy(b *testing.B)    { benchmark(b, jsonLines[0].line, accesslog.JSON) }
func BenchmarkTraefik(b *testing.B)  { benchmark(b, jsonLines[2].line, accesslog.JSON) }
func BenchmarkALB(b *testing.B)      { benchmark(b, albLine, accesslog.ALB) }
