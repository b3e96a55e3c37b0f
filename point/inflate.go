package point

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/chaperone-go/chaperone/traffic"
)

// inflateFormat is a way to wrap compressed bytes.
type inflateFormat uint8

const (
	// inflateGzip is RFC 1952, one member or several.
	inflateGzip inflateFormat = iota
	// inflateDeflate is what goes by the name of deflate: RFC 1950 (zlib) as
	// HTTP has it, or RFC 1951 without a wrapper, as some send it.
	inflateDeflate
)

// ratioFloor is how many bytes a source may always become, however small it
// is: a ratio says nothing about short texts.
const ratioFloor = 4 << 10

// inflate decompresses b and goes on with the result. When b is damaged, ends
// too soon or becomes too large, the decoders below still get what came
// before, and the visitor sees it; the slots of n itself do not.
func (s *Scan) inflate(n *node, b []byte, format inflateFormat) {
	out, state := s.inflateAll(b, format)
	switch {
	case state != traffic.Present:
		s.partial(n, out, state)
	case s.cut:
		s.partial(n, out, s.lost())
	default:
		s.value(n, out)
	}
}

// inflateAll decompresses b into the arena, as far as the budget and the
// ratio allow. The state is Present when out is all of it, TooLarge when a
// limit was met after out, Undecodable when b is damaged or ends after out.
// out is borrowed until Reset.
func (s *Scan) inflateAll(b []byte, format inflateFormat) (out []byte, state traffic.Found) {
	limit := min(s.budget.decoded, max(ratioFloor, saturate(len(b), s.plan.limits.DecodedRatio)))
	f := inflaters.Get().(*inflater)
	at := len(s.arena)
	r, err := f.open(b, format)
	if err == nil {
		s.arena, err = appendAll(s.arena, r, limit)
	}
	f.close()
	out = s.made(at)
	if len(out) > limit {
		out = out[:limit:limit]
		s.arena = s.arena[:at+limit]
		err = errTooLarge
	}
	s.budget.decoded -= len(out)
	switch err {
	case nil:
		return out, traffic.Present
	case errTooLarge:
		return out, traffic.TooLarge
	default:
		return out, traffic.Undecodable
	}
}

// saturate returns a*b, or a very large number when that does not fit.
func saturate(a, b int) int {
	if a > noLimit/max(b, 1) {
		return noLimit
	}
	return a * b
}

// errTooLarge is the end of a text that became too large.
var errTooLarge = errors.New("too large")

// appendAll appends what r gives to dst, until its end or until there are
// more than limit bytes. It reads one byte past the limit to tell the two
// apart.
func appendAll(dst []byte, r io.Reader, limit int) ([]byte, error) {
	at := len(dst)
	for len(dst)-at <= limit {
		dst = slices.Grow(dst, 512)
		room := min(cap(dst), at+limit+1)
		k, err := r.Read(dst[len(dst):room])
		dst = dst[:len(dst)+k]
		if err == io.EOF {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// inflater holds the readers of one decompression: about 40 KiB each once
// used, which is why they are kept in a pool. The pool holds no more than were
// in use at a time, and the garbage collector empties it.
type inflater struct {
	src  bytes.Reader
	gzip gzip.Reader
	zlib io.ReadCloser // a zlib.Resetter; nil until needed
	raw  io.ReadCloser // a flate.Resetter; nil until needed
}

var inflaters = sync.Pool{New: func() any { return new(inflater) }}

// open returns the reader of b's contents.
func (f *inflater) open(b []byte, format inflateFormat) (io.Reader, error) {
	f.src.Reset(b)
	switch {
	case format == inflateGzip:
		return &f.gzip, f.gzip.Reset(&f.src)
	case isZlib(b):
		return f.openZlib()
	}
	if f.raw == nil {
		f.raw = flate.NewReader(&f.src)
		return f.raw, nil
	}
	return f.raw, f.raw.(flate.Resetter).Reset(&f.src, nil)
}

func (f *inflater) openZlib() (r io.Reader, err error) {
	if f.zlib == nil {
		f.zlib, err = zlib.NewReader(&f.src)
		return f.zlib, err
	}
	return f.zlib, f.zlib.(zlib.Resetter).Reset(&f.src, nil)
}

// close gives f back to the pool without the bytes it read.
func (f *inflater) close() {
	f.src.Reset(nil)
	f.gzip.Header = gzip.Header{}
	inflaters.Put(f)
}

// isZlib reports whether b starts with a zlib header, which raw deflate data
// hardly ever does: method 8, a window of at most 32 KiB, and a check sum.
func isZlib(b []byte) bool {
	return len(b) >= 2 && b[0]&0x0f == 8 && b[0]>>4 <= 7 && (uint(b[0])<<8|uint(b[1]))%31 == 0
}
