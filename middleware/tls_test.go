package middleware_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
)

func fingerprinting(srv *httptest.Server) {
	srv.Listener = middleware.FingerprintListener(srv.Listener)
	srv.Config.ConnContext = middleware.FingerprintContext
}

// Real handshakes: the fingerprint reaches the exchange and tells clients
// apart.
func TestFingerprintOverTLS(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newSpy()
		srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") },
			fingerprinting, func(srv *httptest.Server) {
				srv.EnableHTTP2 = h2
				if !h2 {
					srv.TLS = &tls.Config{NextProtos: []string{"http/1.1"}} //nolint:gosec // the test server's own
				}
			})
		_, body := get(t, srv, "/")
		require.Equal(t, "ok", body)
		first := s.last()
		require.Equal(t, "https", first.Scheme)
		require.Len(t, first.Client.JA3, 32)
		alpn := "h2"
		if !h2 {
			alpn = "00" // the client offers nothing when HTTP/2 is off
		}
		require.Regexp(t, `^t13i\d\d\d\d`+alpn+`_[0-9a-f]{12}_[0-9a-f]{12}$`, first.Client.JA4)
		get(t, srv, "/")
		again := s.last()
		require.Equal(t, first.Client, again.Client, "the same connection, or another of the same client")

		client := srv.Client()
		tr := client.Transport.(*http.Transport).Clone()
		tr.TLSClientConfig.MaxVersion = tls.VersionTLS12
		tr.TLSClientConfig.CurvePreferences = []tls.CurveID{tls.CurveP256}
		res, err := (&http.Client{Transport: tr}).Get(srv.URL)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		other := s.last()
		require.True(t, strings.HasPrefix(other.Client.JA4, "t12"), other.Client.JA4)
		require.NotEqual(t, first.Client.JA3, other.Client.JA3)
		tr.CloseIdleConnections()
	}
}

// crypto/tls's own view of the hello agrees with ours.
func TestFingerprintAgreesWithTLS(t *testing.T) {
	s := newSpy()
	var info *tls.ClientHelloInfo
	srv := serve(t, build(t, s, middleware.Config{}), func(http.ResponseWriter, *http.Request) {}, fingerprinting, func(srv *httptest.Server) {
		srv.TLS = &tls.Config{GetConfigForClient: func(i *tls.ClientHelloInfo) (*tls.Config, error) { //nolint:gosec // the test server's own
			info = i
			return nil, nil
		}}
	})
	get(t, srv, "/")
	want := middleware.ClientHello{
		Version: 0x0303, Ciphers: info.CipherSuites, Extensions: info.Extensions, Points: info.SupportedPoints,
		Versions: info.SupportedVersions, ServerName: info.ServerName != "",
	}
	for _, c := range info.SupportedCurves {
		want.Curves = append(want.Curves, uint16(c))
	}
	for _, c := range info.SignatureSchemes {
		want.Signatures = append(want.Signatures, uint16(c))
	}
	if len(info.SupportedProtos) > 0 {
		want.ALPN = info.SupportedProtos[0]
	}
	x := s.last()
	require.Equal(t, want.JA3(), x.Client.JA3)
	require.Equal(t, want.JA4(), x.Client.JA4)
}

// Plain HTTP over a fingerprinting listener works, and has no fingerprint.
func TestFingerprintListenerWithoutTLS(t *testing.T) {
	s := newSpy()
	var fromConn bool
	srv := serve(t, build(t, s, middleware.Config{}), func(w http.ResponseWriter, r *http.Request) {
		_, fromConn = middleware.ConnFingerprint(r.Context())
		w.Header().Set("Content-Length", "100000")
		_, _ = io.Copy(w, onlyReader{strings.NewReader(repeat(100_000))})
	}, fingerprinting)
	_, body := get(t, srv, "/")
	require.Len(t, body, 100_000)
	require.Empty(t, s.last().Client.JA4)
	require.False(t, fromConn)
	_, ok := middleware.ConnFingerprint(context.Background())
	require.False(t, ok)
}

// A proxy that ends TLS: its own handshake says nothing about the client.
func TestFingerprintOfProxy(t *testing.T) {
	const ja3 = "ada70206e40642a3e4461f35503241d5"
	const ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1"
	send := func(c middleware.Config, header ...string) seen {
		s := newSpy()
		srv := serve(t, build(t, s, c), func(http.ResponseWriter, *http.Request) {}, fingerprinting, http2)
		get(t, srv, "/", header...)
		return s.last()
	}
	trusted := middleware.Config{Proxies: []string{"127.0.0.1", "::1"}, JA3Headers: []string{"X-Raw", "X-JA3"}, JA4Headers: []string{"x-ja4"}}
	x := send(trusted, "X-JA3", strings.ToUpper(ja3), "X-JA4", " "+ja4)
	require.Equal(t, ja3, x.Client.JA3)
	require.Equal(t, ja4, x.Client.JA4)

	x = send(trusted, "X-Raw", "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "X-JA3", ja4)
	require.Equal(t, ja3, x.Client.JA3, "the raw form is hashed")

	x = send(trusted)
	require.Empty(t, x.Client.JA3+x.Client.JA4, "the proxy says nothing: its own handshake does not count")

	x = send(trusted, "X-JA3", ja3, "X-JA3", ja3, "X-JA4", "garbage")
	require.Empty(t, x.Client.JA3+x.Client.JA4, "two values, and one that is none")

	stranger := trusted
	stranger.Proxies = []string{"10.0.0.0/8"}
	x = send(stranger, "X-JA3", ja3, "X-JA4", ja4)
	require.NotEqual(t, ja3, x.Client.JA3, "a stranger's header is not believed")
	require.NotEqual(t, ja4, x.Client.JA4)
	require.NotEmpty(t, x.Client.JA4, "its handshake is its own")

	forwarded := middleware.Config{Client: middleware.XForwardedFor("127.0.0.1", "::1")}
	x = send(forwarded, "X-Forwarded-For", "1.2.3.4")
	require.Equal(t, netip.MustParseAddr("1.2.3.4"), x.Client.Addr)
	require.Empty(t, x.Client.JA4, "the client is not at the other end of the connection")
}

func TestFingerprintHeaderForms(t *testing.T) {
	f := func(read func(string) string, s string, ok bool) {
		t.Helper()
		require.Equal(t, ok, read(s) != "", s)
	}
	f(middleware.JA3Of, "", false)
	f(middleware.JA3Of, strings.Repeat("g", 32), false)
	f(middleware.JA3Of, "771,4865-4866-4867,0-23,29-23,00", true) // raw, of 32 characters like a hash
	f(middleware.JA3Of, "771,1,2,3", false)
	f(middleware.JA3Of, "771,1,2,3,4,5", false)
	f(middleware.JA3Of, ",1,2,3,4", false)
	f(middleware.JA3Of, "771,1,2,3,x", false)
	f(middleware.JA3Of, "771,,,,", true)
	f(middleware.JA3Of, "771,"+strings.Repeat("1-", 3000)+",,,", false)
	f(middleware.JA4Of, "", false)
	f(middleware.JA4Of, "t13d1516h2_8daaf6152771_e5627efa2ab", false)
	f(middleware.JA4Of, "t13d1516h2-8daaf6152771_e5627efa2ab1", false)
	f(middleware.JA4Of, "t13d1516h2_8daaf615277x_e5627efa2ab1", false)
	f(middleware.JA4Of, "t13d<516h2_8daaf6152771_e5627efa2ab1", false)
}

// FingerprintContext finds the connection below others, and lets strangers
// pass.
func TestFingerprintContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // the end of the test
	fl := middleware.FingerprintListener(l)
	out, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer out.Close() //nolint:errcheck // the end of the test
	in, err := fl.Accept()
	require.NoError(t, err)
	defer in.Close() //nolint:errcheck // the end of the test

	ctx := t.Context()
	require.Equal(t, ctx, middleware.FingerprintContext(ctx, out), "a stranger")
	require.NotEqual(t, ctx, middleware.FingerprintContext(ctx, tls.Server(in, nil)))
	require.Equal(t, ctx, middleware.FingerprintContext(ctx, looping{in}), "no end of it")
	require.NoError(t, in.(interface{ CloseWrite() error }).CloseWrite())
	require.NotNil(t, in.(interface{ NetConn() net.Conn }).NetConn())

	_, err = out.Write(records(helloBytes(exampleHello()), 50))
	require.NoError(t, err)
	buf := make([]byte, 16)
	for {
		_, err := in.Read(buf)
		require.NoError(t, err)
		if f, ok := middleware.ConnFingerprint(middleware.FingerprintContext(ctx, in)); ok {
			require.Equal(t, "t13d1516h2_8daaf6152771_e5627efa2ab1", f.JA4)
			break
		}
	}
	require.NoError(t, l.Close())
	_, err = fl.Accept()
	require.Error(t, err)
}

type looping struct{ net.Conn }

func (l looping) NetConn() net.Conn { return l }
