package point

import (
	"bytes"
	"encoding/base64"

	"github.com/chaperone-go/chaperone/traffic"
)

// base64 decodes text that was written in the standard or the URL alphabet,
// also mixed, with or without padding, with white space anywhere. Other bytes
// or a length that cannot be make it undecodable.
func (s *Scan) base64(n *node, text []byte) {
	if !s.afford(n, len(text)) {
		return
	}
	at := len(s.arena)
	_, ok := s.unbase64(text)
	for end := len(text) - 1; s.cut && !ok && end > len(text)-4 && end >= 0; end-- {
		_, ok = s.unbase64(text[:end]) // the last few may stand for half a byte
	}
	if !ok {
		s.fail(n, traffic.Undecodable)
		return
	}
	s.output(n, at)
}

// unbase64 decodes text, which is paid for, into the arena.
func (s *Scan) unbase64(text []byte) (out []byte, ok bool) {
	at := len(s.arena)
	if s.arena, ok = appendBase64(s.arena, text); !ok {
		s.arena = s.arena[:at]
	}
	return s.made(at), ok
}

// appendBase64 appends the bytes that text encodes to dst.
func appendBase64(dst, text []byte) ([]byte, bool) {
	// Fast path: one alphabet, nothing in between.
	text = bytes.TrimRight(text, "= \t\r\n")
	enc := base64.RawStdEncoding
	if bytes.IndexByte(text, '-') >= 0 || bytes.IndexByte(text, '_') >= 0 {
		enc = base64.RawURLEncoding
	}
	at := len(dst)
	dst = append(dst, make([]byte, enc.DecodedLen(len(text)))...)
	if k, err := enc.Decode(dst[at:], text); err == nil {
		return dst[:at+k], true
	}

	// Slow path: bring it into the standard alphabet, then decode in place.
	dst = dst[:at]
	for _, c := range text {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '-':
			c = '+'
		case '_':
			c = '/'
		}
		dst = append(dst, c)
	}
	k, err := base64.RawStdEncoding.Decode(dst[at:], dst[at:])
	return dst[:at+k], err == nil
}
