package middleware

import (
	"errors"
	"fmt"
)

// ClientHello holds those parameters of a TLS ClientHello that fingerprints
// are made of, in the order they were sent, GREASE values (RFC 8701) included.
type ClientHello struct {
	// Version is the legacy version of the hello itself; 0x0303 in all hellos
	// of TLS 1.2 and later.
	Version uint16
	Ciphers []uint16
	// Extensions are the types of the extensions.
	Extensions []uint16
	// Curves, Points, Signatures and Versions are the contents of the
	// extensions supported_groups, ec_point_formats, signature_algorithms and
	// supported_versions.
	Curves     []uint16
	Points     []uint8
	Signatures []uint16
	Versions   []uint16
	// ALPN is the first protocol offered, "" when none is.
	ALPN string
	// ServerName is true when the hello says which host it wants.
	ServerName bool
}

var errHello = errors.New("malformed ClientHello")

// The extensions that are looked into.
const (
	extServerName = 0
	extCurves     = 10
	extPoints     = 11
	extSignatures = 13
	extALPN       = 16
	extVersions   = 43
)

// ParseClientHello reads a ClientHello: the handshake message with its header
// of four bytes, without the headers of the records it came in. The result
// shares no memory with msg. Any input is fine; what is no well-formed hello
// is an error.
func ParseClientHello(msg []byte) (h ClientHello, err error) {
	if len(msg) < helloHeader || msg[0] != helloType {
		return h, fmt.Errorf("%w: no handshake message of its type", errHello)
	}
	size := int(msg[1])<<16 | int(msg[2])<<8 | int(msg[3])
	b := wire(msg[helloHeader:])
	if len(b) != size {
		return h, fmt.Errorf("%w: %d bytes of %d", errHello, len(b), size)
	}
	var random, session, ciphers, compression, exts wire
	ok := b.u16(&h.Version) && b.take(32, &random) && b.vec8(&session) &&
		b.vec16(&ciphers) && ciphers.u16s(&h.Ciphers) && b.vec8(&compression)
	if ok && len(b) > 0 { // extensions may be left out altogether
		ok = b.vec16(&exts) && len(b) == 0
	}
	for ok && len(exts) > 0 {
		ok = h.extension(&exts)
	}
	if !ok {
		return ClientHello{}, errHello
	}
	return h, nil
}

// extension reads one extension off exts.
func (h *ClientHello) extension(exts *wire) bool {
	var kind uint16
	var b, list, name wire
	if !exts.u16(&kind) || !exts.vec16(&b) {
		return false
	}
	h.Extensions = append(h.Extensions, kind)
	switch kind {
	case extServerName:
		h.ServerName = true
	case extCurves:
		return b.vec16(&list) && list.u16s(&h.Curves)
	case extPoints:
		ok := b.vec8(&list)
		h.Points = append(h.Points[:0], list...)
		return ok
	case extSignatures:
		return b.vec16(&list) && list.u16s(&h.Signatures)
	case extVersions:
		return b.vec8(&list) && list.u16s(&h.Versions)
	case extALPN:
		if !b.vec16(&list) || len(list) > 0 && !list.vec8(&name) {
			return false
		}
		h.ALPN = string(name)
	}
	return true
}

// wire is a cursor over bytes in the encoding of TLS. Its methods read one
// item and move on; they return false when there is less than they need.
type wire []byte

func (b *wire) take(n int, out *wire) bool {
	if len(*b) < n {
		return false
	}
	*out, *b = (*b)[:n], (*b)[n:]
	return true
}

func (b *wire) u16(out *uint16) bool {
	var v wire
	if !b.take(2, &v) {
		return false
	}
	*out = uint16(v[0])<<8 | uint16(v[1])
	return true
}

func (b *wire) vec8(out *wire) bool {
	var n wire
	return b.take(1, &n) && b.take(int(n[0]), out)
}

func (b *wire) vec16(out *wire) bool {
	var n uint16
	return b.u16(&n) && b.take(int(n), out)
}

// u16s reads all of b as numbers of two bytes.
func (b *wire) u16s(out *[]uint16) bool {
	if len(*b)%2 != 0 {
		return false
	}
	list := make([]uint16, 0, len(*b)/2)
	for len(*b) > 0 {
		var v uint16
		b.u16(&v)
		list = append(list, v)
	}
	*out = list
	return true
}
