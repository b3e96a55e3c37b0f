package accesslog

import (
	"bufio"
	"errors"
	"io"
)

// MaxHAREntry is the largest entry of a HAR that is read, in bytes.
const MaxHAREntry = 16 << 20

// errHAR tells that the text is no HAR, or no longer.
var errHAR = errors.New("not a HAR, or not to its end")

// harSplit finds the entries of a HAR and hands out the bytes of one at a
// time. It steps over everything else without keeping it, so that memory is
// bounded by the largest entry, not by the file.
//
// It knows JSON only so far as to find where values end; each entry is
// checked by whoever decodes it.
type harSplit struct {
	in     *bufio.Reader
	state  harState
	buf    []byte // the value being read, when keep
	keep   bool
	tooBig bool
}

type harState uint8

const (
	harStart   harState = iota // nothing read yet
	harEntries                 // within the array
	harEnd
)

// next returns the bytes of the next entry, borrowed until the next call.
// tooBig entries come with what fits. io.EOF is the end of the array.
func (h *harSplit) next() (entry []byte, tooBig bool, err error) {
	if h.state == harStart {
		if err := h.findEntries(); err != nil {
			h.state = harEnd
			return nil, false, err
		}
		h.state = harEntries
	}
	if h.state == harEnd {
		return nil, false, io.EOF
	}
	c, err := h.token()
	if err == nil && c == ',' {
		c, err = h.token()
	}
	if err == nil && c == ']' {
		h.state = harEnd
		return nil, false, io.EOF
	}
	if err == nil {
		h.buf, h.keep, h.tooBig = h.buf[:0], true, false
		err = h.value(c)
		h.keep = false
	}
	if err != nil {
		h.state = harEnd
		return h.buf, h.tooBig, cutShort(err)
	}
	return h.buf, h.tooBig, nil
}

// cutShort makes the end of the file an unexpected one.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// findEntries reads up to the [ of log.entries.
func (h *harSplit) findEntries() error {
	if b, err := h.in.Peek(3); err == nil && string(b) == string(bom) {
		_, _ = h.in.Discard(3)
	}
	for _, want := range []string{"log", "entries"} {
		if c, err := h.token(); err != nil || c != '{' {
			return firstError(err, errHAR)
		}
		if err := h.findMember(want); err != nil {
			return err
		}
	}
	c, err := h.token()
	if err != nil || c != '[' {
		return firstError(err, errHAR)
	}
	return nil
}

func firstError(err, other error) error {
	if err != nil {
		return cutShort(err)
	}
	return other
}

// findMember reads members of an object, behind its {, up to the value of the
// wanted one.
func (h *harSplit) findMember(want string) error {
	for {
		c, err := h.token()
		if err == nil && c == ',' {
			c, err = h.token()
		}
		if err != nil || c != '"' {
			return firstError(err, errHAR) // also }: there is no such member
		}
		h.buf, h.keep, h.tooBig = h.buf[:0], true, false
		err = h.value('"')
		h.keep = false
		name := string(h.buf)
		if err != nil {
			return cutShort(err)
		}
		if c, err = h.token(); err != nil || c != ':' {
			return firstError(err, errHAR)
		}
		if name == `"`+want+`"` {
			return nil
		}
		if c, err = h.token(); err == nil {
			err = h.value(c)
		}
		if err != nil {
			return cutShort(err)
		}
	}
}

// token reads the next byte that is no white space.
func (h *harSplit) token() (byte, error) {
	for {
		c, err := h.in.ReadByte()
		if err != nil || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, err
		}
	}
}

// value reads to the end of the value that starts with c.
func (h *harSplit) value(c byte) error {
	switch c {
	case '"':
		h.add(c)
		return h.text()
	case '{', '[':
		h.add(c)
		return h.nested()
	case ',', ':', ']', '}':
		return errHAR
	}
	return h.scalar(c)
}

// nested reads to the bracket that closes the one just read.
func (h *harSplit) nested() error {
	for depth := 1; depth > 0; {
		c, err := h.in.ReadByte()
		if err != nil {
			return err
		}
		h.add(c)
		switch c {
		case '"':
			if err := h.text(); err != nil {
				return err
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
	}
	return nil
}

// text reads to the quote that closes a string, a buffer at a time.
func (h *harSplit) text() error {
	escaped := false
	for {
		part, err := h.in.ReadSlice('"')
		h.addAll(part)
		if err == bufio.ErrBufferFull {
			escaped = endsEscaped(part, escaped)
			continue
		}
		if err != nil {
			return err
		}
		if !endsEscaped(part[:len(part)-1], escaped) {
			return nil
		}
		escaped = false
	}
}

// endsEscaped reports whether the byte behind part is escaped: an odd number
// of backslashes stands before it. was is the same for part itself.
func endsEscaped(part []byte, was bool) bool {
	n := 0
	for n < len(part) && part[len(part)-1-n] == '\\' {
		n++
	}
	if n == len(part) && was {
		n++
	}
	return n%2 == 1
}

// scalar reads a number or a word.
func (h *harSplit) scalar(c byte) error {
	for {
		h.add(c)
		next, err := h.in.ReadByte()
		if err != nil {
			return err
		}
		switch next {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return h.in.UnreadByte()
		}
		c = next
	}
}

func (h *harSplit) add(c byte) {
	if h.keep && !h.tooBig {
		if h.tooBig = len(h.buf) >= MaxHAREntry; !h.tooBig {
			h.buf = append(h.buf, c)
		}
	}
}

func (h *harSplit) addAll(b []byte) {
	if h.keep && !h.tooBig {
		if h.tooBig = len(h.buf)+len(b) > MaxHAREntry; !h.tooBig {
			h.buf = append(h.buf, b...)
		}
	}
}
