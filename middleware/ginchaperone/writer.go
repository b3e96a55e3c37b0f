package ginchaperone

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"
)

// writer is the middleware's response writer as gin's chain wants it: a
// status may be set and changed until something is written.
type writer struct {
	http.ResponseWriter
	outer  gin.ResponseWriter
	status int
	size   int
}

var _ gin.ResponseWriter = (*writer)(nil)

// unwritten is the size while not even the header was written, as in gin.
const unwritten = -1

// finish writes what gin would write after the chain: the plain answer to a
// path nobody serves, or a status without a body. When somebody wrote past us,
// to gin's own writer (as gin.Engine.HandleContext does), only the status is
// left to take over.
func (w *writer) finish(unrouted bool) {
	if w.Written() {
		return
	}
	if w.outer.Written() {
		w.status, unrouted = w.outer.Status(), false
	}
	if unrouted {
		switch w.status {
		case http.StatusNotFound:
			w.plain("404 page not found")
			return
		case http.StatusMethodNotAllowed:
			w.plain("405 method not allowed")
			return
		}
	}
	w.WriteHeaderNow()
}

func (w *writer) plain(text string) {
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.WriteString(text) // a client that is gone is the server's to notice
}

// Unwrap serves http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *writer) WriteHeader(code int) {
	if code > 0 && !w.Written() {
		w.status = code
	}
}

func (w *writer) WriteHeaderNow() {
	if !w.Written() {
		w.size = 0
		w.ResponseWriter.WriteHeader(w.status)
	}
}

func (w *writer) Write(b []byte) (int, error) {
	w.WriteHeaderNow()
	n, err := w.ResponseWriter.Write(b)
	w.size += n
	return n, err
}

func (w *writer) WriteString(s string) (int, error) {
	w.WriteHeaderNow()
	n, err := io.WriteString(w.ResponseWriter, s)
	w.size += n
	return n, err
}

// ReadFrom keeps sendfile working for files that handlers serve.
func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	w.WriteHeaderNow()
	n, err := io.Copy(w.ResponseWriter, r)
	w.size += int(n)
	return n, err
}

func (w *writer) Status() int   { return w.status }
func (w *writer) Size() int     { return w.size }
func (w *writer) Written() bool { return w.size != unwritten }

func (w *writer) Flush() {
	w.WriteHeaderNow()
	_ = http.NewResponseController(w.ResponseWriter).Flush() // what cannot flush does not, as in gin
}

var errWritten = errors.New("ginchaperone: hijack: a part of the body is already written")

func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.size > 0 {
		return nil, nil, errWritten
	}
	conn, buf, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil && w.size < 0 {
		w.size = 0
	}
	return conn, buf, err
}

func (w *writer) CloseNotify() <-chan bool { return w.outer.CloseNotify() }

func (w *writer) Pusher() http.Pusher {
	p, _ := w.ResponseWriter.(http.Pusher)
	return p
}
