package middleware

import (
	"bufio"
	"net"
	"net/http"
)

// Old handlers find out by type assertion whether they can flush, hijack or
// push. So there is a type for each combination, and the handler gets the one
// that can do what the original can. Each is as large as a pointer: choosing
// one costs no allocation. Everything else (WriteString, ReadFrom, FlushError,
// CloseNotify, Unwrap) is common to all; it works with any original.
type (
	plainKind           struct{ *writer }
	flushKind           struct{ *writer }
	hijackKind          struct{ *writer }
	pushKind            struct{ *writer }
	flushHijackKind     struct{ flushKind }
	flushPushKind       struct{ flushKind }
	hijackPushKind      struct{ hijackKind }
	flushHijackPushKind struct{ flushHijackKind }
)

func (k flushKind) Flush() { k.flush() }

func (k hijackKind) Hijack() (net.Conn, *bufio.ReadWriter, error)      { return k.hijack() }
func (k flushHijackKind) Hijack() (net.Conn, *bufio.ReadWriter, error) { return k.hijack() }

func (k pushKind) Push(target string, o *http.PushOptions) error            { return k.push(target, o) }
func (k flushPushKind) Push(target string, o *http.PushOptions) error       { return k.push(target, o) }
func (k hijackPushKind) Push(target string, o *http.PushOptions) error      { return k.push(target, o) }
func (k flushHijackPushKind) Push(target string, o *http.PushOptions) error { return k.push(target, o) }

func (w *writer) push(target string, o *http.PushOptions) error {
	return w.under.(http.Pusher).Push(target, o)
}

const (
	canFlushBit = 1 << iota
	canHijackBit
	canPushBit
)

// kind returns the writer in the shape of its original.
func (w *writer) kind() http.ResponseWriter {
	can := 0
	if _, ok := w.under.(http.Flusher); ok {
		can |= canFlushBit
	}
	if _, ok := w.under.(http.Hijacker); ok {
		can |= canHijackBit
	}
	if _, ok := w.under.(http.Pusher); ok {
		can |= canPushBit
	}
	switch can {
	case canFlushBit:
		return flushKind{w}
	case canHijackBit:
		return hijackKind{w}
	case canPushBit:
		return pushKind{w}
	case canFlushBit | canHijackBit:
		return flushHijackKind{flushKind{w}}
	case canFlushBit | canPushBit:
		return flushPushKind{flushKind{w}}
	case canHijackBit | canPushBit:
		return hijackPushKind{hijackKind{w}}
	case canFlushBit | canHijackBit | canPushBit:
		return flushHijackPushKind{flushHijackKind{flushKind{w}}}
	}
	return plainKind{w}
}
