package memory

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// A text in a segment is one of
//
//	0                    the empty text
//	offset<<1            the text defined at that offset of the segment
//	len<<2 | 1, bytes    a text, defined here
//	3, text, 32 bytes    a text that ends in ':' and 64 hexadecimal digits, the
//	                     form of every hashed value, defined here: what stands
//	                     before the digits is a text that is not of this form
//
// each number a varint. A definition is pointed to by later records, so that a
// host or a user agent costs two or three bytes from its second use on.

// packed is the head of a text with its digits packed.
const packed = 3

// digestLen is the length of a packed digest.
const digestLen = 32

// minWord is the length from which a text is worth pointing to.
const minWord = 3

// splitDigest takes the digest off a hashed value: "k1:" and the bytes.
func splitDigest(s string) (prefix string, digest [digestLen]byte, ok bool) {
	n := len(s) - 2*digestLen
	if n < 1 || s[n-1] != ':' {
		return "", digest, false
	}
	for i := range digest {
		hi, lo := nibbles[s[n+2*i]], nibbles[s[n+2*i+1]]
		if hi|lo > 0xf {
			return "", digest, false
		}
		digest[i] = hi<<4 | lo
	}
	return s[:n], digest, true
}

// nibbles has the value of each hexadecimal digit, 0xff for all else. Capital
// letters are no digits: they would come back as small ones.
var nibbles = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
		if d := strings.IndexByte("0123456789abcdef", byte(i)); d >= 0 {
			t[i] = byte(d)
		}
	}
	return t
}()

// text appends s to the segment, as a reference when it stands there already.
// It returns where it is defined, 0 if it is too short for that.
func (e *encoder) text(s string) (off int) {
	if s == "" {
		e.b = append(e.b, 0)
		return 0
	}
	if len(s) < minWord {
		e.define(s)
		return 0
	}
	h := e.words.hash(s)
	if off := e.words.find(e.b, s, h); off != 0 {
		e.b = binary.AppendUvarint(e.b, uint64(off)<<1)
		return off
	}
	off = len(e.b)
	e.words.put(h, off)
	if prefix, digest, ok := splitDigest(s); ok {
		e.b = append(e.b, packed)
		e.text(prefix)
		e.b = append(e.b, digest[:]...)
	} else {
		e.define(s)
	}
	return off
}

// field is one of those whose text is mostly that of the record before.
type field uint8

const (
	hostField field = iota
	routeField
	roleField
	keyNameField
	keyPrefixField
	paramField // and the two that follow, by the parameter's place
	fields     = paramField + 3
)

// again appends s as text does, and first looks where the field's last text
// stands: it is cheaper to compare than to search.
func (e *encoder) again(f field, s string) {
	last := &e.words.last[f]
	if *last != 0 && isText(e.b, int(*last), s) {
		e.b = binary.AppendUvarint(e.b, uint64(*last)<<1)
		return
	}
	*last = uint32(e.text(s))
}

func (e *encoder) define(s string) {
	e.b = binary.AppendUvarint(e.b, uint64(len(s))<<2|1)
	e.b = append(e.b, s...)
}

// isText reports whether the text defined at off is s. off comes from text.
func isText(seg []byte, off int, s string) bool {
	// Fast path: up to 31 bytes, not packed.
	if n := len(s); n < 32 && n<<2|1 == int(seg[off]) {
		return string(seg[off+1:off+1+n]) == s
	}
	r := reader{b: seg, at: off}
	head := r.uvarint()
	if head != packed {
		return head>>2 == uint64(len(s)) && string(r.take(head>>2)) == s
	}
	n := len(s) - 2*digestLen
	if n < 1 || string(r.plain()) != s[:n] {
		return false
	}
	var digits [2 * digestLen]byte
	hex.Encode(digits[:], r.take(digestLen))
	return !r.bad && string(digits[:]) == s[n:]
}

// plain reads a text that is not packed; the bytes are borrowed.
func (r *reader) plain() []byte {
	head := r.uvarint()
	if head&1 == 0 && head != 0 {
		def := reader{b: r.b, at: int(min(head>>1, uint64(len(r.b))))}
		head = def.uvarint()
		b := def.take(head >> 2)
		if def.bad || head&3 != 1 {
			r.fail()
		}
		return b
	}
	if head != 0 && head&3 != 1 {
		r.fail()
		return nil
	}
	return r.take(head >> 2)
}

// text reads a text of any form. The bytes are borrowed from the segment or,
// when they had to be put together, from *scratch.
func (r *reader) text(scratch *[]byte) []byte {
	start := r.at
	head := r.uvarint()
	if head&1 == 0 && head != 0 {
		def := reader{b: r.b, at: int(min(head>>1, uint64(len(r.b))))}
		b := def.definition(scratch)
		if def.bad {
			r.fail()
		}
		return b
	}
	r.at = start
	return r.definition(scratch)
}

// skip passes a text by.
func (r *reader) skip() {
	head := r.uvarint()
	switch {
	case head == packed:
		r.plain()
		r.take(digestLen)
	case head&3 == 1:
		r.take(head >> 2)
	case head&1 != 0:
		r.fail()
	}
}

// definition reads a text that is no reference.
func (r *reader) definition(scratch *[]byte) []byte {
	head := r.uvarint()
	switch {
	case head == 0:
		return nil
	case head == packed:
		prefix := r.plain()
		return appendDigest(scratch, prefix, r.take(digestLen))
	case head&3 != 1:
		r.fail()
		return nil
	}
	return r.take(head >> 2)
}

// appendDigest puts a hashed value together in *scratch.
func appendDigest(scratch *[]byte, prefix, digest []byte) []byte {
	*scratch = hex.AppendEncode(append((*scratch)[:0], prefix...), digest)
	return *scratch
}
