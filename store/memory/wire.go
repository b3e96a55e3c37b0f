package memory

import "encoding/binary"

// reader walks borrowed bytes. It is total: after the first thing it cannot
// read, bad is set and everything that follows reads as zero. Who reads a
// record looks at bad once, at its end.
type reader struct {
	b   []byte
	at  int
	bad bool
}

func (r *reader) fail() {
	r.bad = true
	r.at = len(r.b)
}

func (r *reader) byte() byte {
	if r.at >= len(r.b) {
		r.fail()
		return 0
	}
	c := r.b[r.at]
	r.at++
	return c
}

// take returns the next n bytes, borrowed.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)-r.at) {
		r.fail()
		return nil
	}
	b := r.b[r.at : r.at+int(n)]
	r.at += int(n)
	return b
}

func (r *reader) uvarint() uint64 {
	// Fast path: most numbers have one byte.
	if r.at < len(r.b) && r.b[r.at] < 0x80 {
		r.at++
		return uint64(r.b[r.at-1])
	}
	v, n := binary.Uvarint(r.b[r.at:])
	if n <= 0 {
		r.fail()
		return 0
	}
	r.at += n
	return v
}

func (r *reader) varint() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// uint16 reads two bytes, the low one first.
func (r *reader) uint16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// uint32 reads four bytes, the low one first.
func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// bit returns n when on, 0 otherwise.
func bit[T ~uint8 | ~uint16 | ~uint32](on bool, n T) T {
	if on {
		return n
	}
	return 0
}
