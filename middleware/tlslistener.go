package middleware

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// FingerprintListener returns a listener whose connections remember the
// fingerprint of the TLS ClientHello that is read from them. It belongs below
// TLS, and [FingerprintContext] on the server:
//
//	l, err := net.Listen("tcp", ":443")
//	…
//	srv := &http.Server{Handler: h, ConnContext: middleware.FingerprintContext}
//	err = srv.ServeTLS(middleware.FingerprintListener(l), "cert.pem", "key.pem")
//
// It listens in on what the server reads and changes nothing. A hello may come
// in any number of reads and records; more than 16 KiB of it, or anything that
// is no hello, ends the attempt, and the connection has no fingerprint.
// Connections without TLS pass. HTTP/2 works; HTTP/3 does not come by a
// net.Listener.
func FingerprintListener(l net.Listener) net.Listener { return helloListener{l} }

type helloListener struct{ net.Listener }

// Accept implements [net.Listener].
func (l helloListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &helloConn{Conn: c}, nil
}

// helloConn listens in on the start of a connection.
type helloConn struct {
	net.Conn

	print atomic.Pointer[Fingerprint]
	heard atomic.Bool // the hello is complete, or there is none
	mu    sync.Mutex
	hello helloReader
}

// Read implements [net.Conn].
func (c *helloConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && !c.heard.Load() {
		c.listen(p[:n])
	}
	return n, err
}

// listen feeds the hello's reader. Whatever goes wrong here must not touch the
// connection: hashing may panic where MD5 is forbidden.
func (c *helloConn) listen(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		if recover() != nil {
			c.heard.Store(true)
		}
	}()
	if c.heard.Load() || !c.hello.feed(b) {
		return
	}
	c.heard.Store(true)
	if h, err := ParseClientHello(c.hello.msg); err == nil {
		c.print.Store(&Fingerprint{JA3: h.JA3(), JA4: h.JA4()})
	}
	c.hello = helloReader{}
}

// NetConn returns the connection below, as [crypto/tls.Conn] does.
func (c *helloConn) NetConn() net.Conn { return c.Conn }

// CloseWrite lets the server close gently.
func (c *helloConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// ReadFrom lets a server without TLS send files without reading them.
func (c *helloConn) ReadFrom(src io.Reader) (int64, error) {
	if rf, ok := c.Conn.(io.ReaderFrom); ok {
		return rf.ReadFrom(src)
	}
	return io.Copy(struct{ io.Writer }{c.Conn}, src)
}
