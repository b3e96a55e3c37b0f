package middleware_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
)

// u16s writes numbers as TLS does.
func u16s(list ...uint16) []byte {
	var b []byte
	for _, v := range list {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

func vec8(b []byte) []byte  { return append([]byte{byte(len(b))}, b...) }
func vec16(b []byte) []byte { return append(u16s(uint16(len(b))), b...) }

// helloBytes writes a ClientHello. Extensions that h has content for are
// written with it, the others with none.
func helloBytes(h middleware.ClientHello) []byte {
	body := u16s(h.Version)
	body = append(body, make([]byte, 32)...)
	body = append(body, vec8([]byte("session"))...)
	body = append(body, vec16(u16s(h.Ciphers...))...)
	body = append(body, vec8([]byte{0})...)
	if h.Extensions != nil {
		var exts []byte
		for _, e := range h.Extensions {
			var content []byte
			switch e {
			case 0:
				content = vec16(append([]byte{0}, vec16([]byte("example.com"))...))
			case 10:
				content = vec16(u16s(h.Curves...))
			case 11:
				content = vec8(h.Points)
			case 13:
				content = vec16(u16s(h.Signatures...))
			case 16:
				if h.ALPN != "" {
					content = vec16(append(vec8([]byte(h.ALPN)), vec8([]byte("http/1.1"))...))
				} else {
					content = vec16(nil)
				}
			case 43:
				content = vec8(u16s(h.Versions...))
			}
			exts = append(exts, u16s(e)...)
			exts = append(exts, vec16(content)...)
		}
		body = append(body, vec16(exts)...)
	}
	return append([]byte{1, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

// The hello of the example in the JA4 specification, with the GREASE values
// that a browser throws in and the order of one.
func exampleHello() middleware.ClientHello {
	return middleware.ClientHello{
		Version:    0x0303,
		Ciphers:    []uint16{0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
		Extensions: []uint16{0xfafa, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0a0a, 0x0015},
		Curves:     []uint16{0x2a2a, 29, 23, 24},
		Points:     []uint8{0},
		Signatures: []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
		Versions:   []uint16{0xdada, 0x0304, 0x0303},
		ALPN:       "h2",
		ServerName: true,
	}
}

func TestParseClientHello(t *testing.T) {
	want := exampleHello()
	got, err := middleware.ParseClientHello(helloBytes(want))
	require.NoError(t, err)
	require.Equal(t, want, got)

	without := middleware.ClientHello{Version: 0x0301, Ciphers: []uint16{5}}
	got, err = middleware.ParseClientHello(helloBytes(without))
	require.NoError(t, err)
	require.Equal(t, without, got)
}

// Every prefix of a hello, and every hello with a wrong length in it, is an
// error and nothing worse.
func TestParseClientHelloMalformed(t *testing.T) {
	msg := helloBytes(exampleHello())
	for n := range len(msg) {
		_, err := middleware.ParseClientHello(msg[:n])
		require.Error(t, err, n)
		cut := slices.Clone(msg[:n])
		if n >= 4 {
			cut[1], cut[2], cut[3] = 0, byte((n-4)>>8), byte(n-4)
			h, err := middleware.ParseClientHello(cut)
			if err == nil {
				require.Empty(t, h.Extensions, "only a hello that ends before its extensions is one")
			}
		}
	}
	_, err := middleware.ParseClientHello(append(slices.Clone(msg), 0))
	require.Error(t, err)
	msg[0] = 2
	_, err = middleware.ParseClientHello(msg)
	require.Error(t, err)
}

// The vectors published with JA3.
func TestJA3Vectors(t *testing.T) {
	f := func(h middleware.ClientHello, raw, hash string) {
		t.Helper()
		require.Equal(t, raw, h.JA3Raw())
		require.Equal(t, hash, h.JA3())
		require.Equal(t, hash, middleware.JA3Of(raw))
		parsed, err := middleware.ParseClientHello(helloBytes(h))
		require.NoError(t, err)
		require.Equal(t, hash, parsed.JA3())
	}
	f(middleware.ClientHello{
		Version: 769, Ciphers: []uint16{47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
		Extensions: []uint16{0, 10, 11}, Curves: []uint16{23, 24, 25}, Points: []uint8{0},
	}, "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5")
	f(middleware.ClientHello{
		Version: 769, Ciphers: []uint16{4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99},
	}, "769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6")
	require.NotContains(t, exampleHello().JA3Raw(), "35466", "no GREASE")
}

// The example of the JA4 specification.
func TestJA4Vector(t *testing.T) {
	h := exampleHello()
	require.Equal(t, "t13d1516h2_8daaf6152771_e5627efa2ab1", h.JA4())
	require.Equal(t, "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_"+
		"0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_"+
		"0403,0804,0401,0503,0805,0501,0806,0601", h.JA4Raw())

	rand.Shuffle(len(h.Extensions), func(i, j int) { h.Extensions[i], h.Extensions[j] = h.Extensions[j], h.Extensions[i] })
	rand.Shuffle(len(h.Ciphers), func(i, j int) { h.Ciphers[i], h.Ciphers[j] = h.Ciphers[j], h.Ciphers[i] })
	require.Equal(t, "t13d1516h2_8daaf6152771_e5627efa2ab1", h.JA4(), "shuffling does not matter")
	h.Signatures[0], h.Signatures[1] = h.Signatures[1], h.Signatures[0]
	require.NotEqual(t, "t13d1516h2_8daaf6152771_e5627efa2ab1", h.JA4(), "the order of signature algorithms does")
}

// The readable first part, and the parts that are empty.
func TestJA4Cases(t *testing.T) {
	f := func(name, want string, change func(*middleware.ClientHello)) {
		t.Helper()
		h := exampleHello()
		change(&h)
		got := h.JA4()
		require.True(t, strings.HasPrefix(got, want), "%s: %s", name, got)
		require.Equal(t, got, middleware.JA4Of(got), name)
	}
	f("no server name", "t13i1516h2_", func(h *middleware.ClientHello) { h.ServerName = false })
	f("no protocol", "t13d151600_", func(h *middleware.ClientHello) { h.ALPN = "" })
	f("long protocol", "t13d1516h1_", func(h *middleware.ClientHello) { h.ALPN = "http/1.1" })
	f("one character", "t13d1516xx_", func(h *middleware.ClientHello) { h.ALPN = "x" })
	f("no letter at an end", "t13d1516ab_", func(h *middleware.ClientHello) { h.ALPN = "\xabc\xfb" })
	f("no letter at the last end", "t13d15166b_", func(h *middleware.ClientHello) { h.ALPN = "h\xfb" })
	f("TLS 1.2", "t12d1516h2_", func(h *middleware.ClientHello) { h.Versions = nil })
	f("TLS 1.1", "t11d1516h2_", func(h *middleware.ClientHello) { h.Versions = []uint16{0x0301, 0x0302} })
	f("TLS 1.0", "t10d1516h2_", func(h *middleware.ClientHello) { h.Version, h.Versions = 0x0301, nil })
	f("SSL 3", "ts3d1516h2_", func(h *middleware.ClientHello) { h.Version, h.Versions = 0x0300, nil })
	f("SSL 2", "ts2d1516h2_", func(h *middleware.ClientHello) { h.Version, h.Versions = 0x0002, nil })
	f("unknown", "t00d1516h2_", func(h *middleware.ClientHello) { h.Version, h.Versions = 0x9999, nil })
	f("no ciphers", "t13d0016h2_000000000000_e5627efa2ab1", func(h *middleware.ClientHello) { h.Ciphers = nil })
	f("no extensions", "t13d1500h2_8daaf6152771_000000000000", func(h *middleware.ClientHello) { h.Extensions = nil })
	f("too many to count", "t13d9916h2_", func(h *middleware.ClientHello) { h.Ciphers = make([]uint16, 150) })
	f("no signatures", "t13d1516h2_8daaf6152771_", func(h *middleware.ClientHello) { h.Signatures = nil })
}

// records cuts a message into records.
func records(msg []byte, size int) []byte {
	var b []byte
	for part := range slices.Chunk(msg, size) {
		b = append(b, 22, 3, 1, byte(len(part)>>8), byte(len(part)))
		b = append(b, part...)
	}
	return b
}

// However a hello is cut into records and reads, it is put together again.
func TestHelloReaderFragments(t *testing.T) {
	msg := helloBytes(exampleHello())
	for _, record := range []int{1, 2, 3, 4, 5, 7, 100, len(msg)} {
		stream := append(records(msg, record), "what follows"...)
		for _, read := range []int{1, 2, 5, 6, 50, len(stream)} {
			var r middleware.HelloReader
			done := false
			for part := range slices.Chunk(stream, read) {
				if done = r.Feed(part); done {
					break
				}
			}
			require.True(t, done)
			require.Equal(t, msg, r.Msg())
		}
	}
}

func TestHelloReaderRefuses(t *testing.T) {
	f := func(name string, stream []byte, done bool) {
		t.Helper()
		var r middleware.HelloReader
		require.Equal(t, done, r.Feed(stream), name)
		if done {
			require.Nil(t, r.Msg(), name)
		}
	}
	f("plain HTTP", []byte("GET / HTTP/1.1\r\n"), true)
	f("an alert", []byte{21, 3, 1, 0, 2, 1, 0}, true)
	f("an empty record", []byte{22, 3, 1, 0, 0}, true)
	f("a record too long", []byte{22, 3, 1, 0x40, 1}, true)
	f("another handshake message", []byte{22, 3, 1, 0, 1, 2}, true)
	f("a message too long", []byte{22, 3, 1, 0, 4, 1, 1, 0, 0}, true)
	f("unfinished", []byte{22, 3, 1, 0, 4, 1, 0, 0}, false)
	f("nothing", nil, false)
	endless := records(append([]byte{1, 0, 0x3f, 0xfc}, make([]byte, middleware.MaxHello)...), 1000)
	var r middleware.HelloReader
	require.True(t, r.Feed(endless), "as long as can be")
	require.Len(t, r.Msg(), middleware.MaxHello)
}
