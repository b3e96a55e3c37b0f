package middleware

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"net"
	"net/http"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// Fingerprint is what a TLS ClientHello tells of the program that sent it.
// Either field may be "".
type Fingerprint struct {
	// JA3 is the MD5 of the hello's parameters in their order, as 32
	// hexadecimal digits. Browsers that shuffle their extensions have a new one
	// for each connection.
	JA3 string
	// JA4 is its successor, such as "t13d1516h2_8daaf6152771_e5627efa2ab1".
	// It sorts what is shuffled and stays the same.
	JA4 string
}

// fingerprintKey is the key of the connection in the context.
type fingerprintKey struct{}

// FingerprintContext carries the fingerprint of a connection to its requests.
// It is made for [http.Server].ConnContext, and needs [FingerprintListener] at
// the bottom; a connection from elsewhere is passed over.
func FingerprintContext(ctx context.Context, c net.Conn) context.Context {
	for range 8 { // TLS in TLS in TLS is not a thing
		if h, ok := c.(*helloConn); ok {
			return context.WithValue(ctx, fingerprintKey{}, h)
		}
		outer, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		c = outer.NetConn()
	}
	return ctx
}

// ConnFingerprint returns the fingerprint of the connection that ctx, the
// context of a request, came over. ok is false when there is none: a
// connection without TLS, or one that did not come by [FingerprintListener]
// and [FingerprintContext].
func ConnFingerprint(ctx context.Context) (f Fingerprint, ok bool) {
	h, _ := ctx.Value(fingerprintKey{}).(*helloConn)
	if h == nil {
		return f, false
	}
	p := h.print.Load()
	if p == nil {
		return f, false
	}
	return *p, true
}

// fingerprint fills in the client's fingerprints. Those of the connection
// count only when the client itself is at its other end: of a connection that
// a proxy made they tell of the proxy, and would make all its clients one.
func (m *Middleware) fingerprint(c *traffic.Client, r *http.Request, p peer, trusted bool) {
	if trusted {
		c.JA3 = firstHeader(r, m.ja3Headers, ja3Of)
		c.JA4 = firstHeader(r, m.ja4Headers, ja4Of)
		return
	}
	if r.TLS == nil || c.Addr != p.addr {
		return
	}
	if f, ok := ConnFingerprint(r.Context()); ok {
		c.JA3, c.JA4 = f.JA3, f.JA4
	}
}

// firstHeader returns the first value that read accepts. A header that came
// more than once is passed over: somebody appended to a client's own.
func firstHeader(r *http.Request, names []string, read func(string) string) string {
	for _, name := range names {
		if v := r.Header[name]; len(v) == 1 {
			if f := read(trimSpace(v[0])); f != "" {
				return f
			}
		}
	}
	return ""
}

// maxRawJA3 is longer than the raw form of any hello seen in the wild.
const maxRawJA3 = 4 << 10

// ja3Of reads a JA3 in either form: the 32 digits, or the raw text
// "771,4865-4866,0-23,29-23,0", which it hashes. "" is neither.
func ja3Of(s string) string {
	if len(s) == 2*md5.Size && isHex(s) {
		return strings.ToLower(s)
	}
	commas := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ',':
			commas++
		case c == '-', '0' <= c && c <= '9':
		default:
			return ""
		}
	}
	if commas != 4 || s[0] == ',' || len(s) > maxRawJA3 {
		return ""
	}
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// ja4Of accepts a JA4 as it is: ten characters, and twice twelve hexadecimal
// digits.
func ja4Of(s string) string {
	if len(s) != 36 || s[10] != '_' || s[23] != '_' || !isHex(s[11:23]) || !isHex(s[24:]) {
		return ""
	}
	for i := range 10 {
		if c := s[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') {
			return ""
		}
	}
	return s
}

func isHex(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return true
}
