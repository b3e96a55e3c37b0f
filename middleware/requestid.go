package middleware

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"

	"github.com/chaperone-go/chaperone/traffic"
)

// newRequestID returns a random id of 128 bits. The source is the runtime's
// own ChaCha8 generator, seeded by the operating system, one per thread: no
// lock, a few nanoseconds. That is more than a name needs: ids do not collide,
// and knowing some does not help to guess others. They are not meant as
// secrets all the same: they are shown to clients.
func newRequestID() (id traffic.RequestID) {
	binary.LittleEndian.PutUint64(id[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(id[8:], rand.Uint64())
	return id
}

// requestID takes over the id a proxy gave the request, when the peer is
// trusted and it is one: 32 hexadecimal digits, or a UUID.
func (m *Middleware) requestID(r *http.Request, trusted bool) traffic.RequestID {
	if trusted {
		if lines := r.Header[m.idHeader]; len(lines) == 1 {
			if id, ok := parseRequestID(lines[0]); ok {
				return id
			}
		}
	}
	return newRequestID()
}

// parseRequestID reads 32 hexadecimal digits, or a UUID. The zero id is no id.
func parseRequestID(s string) (id traffic.RequestID, ok bool) {
	var digits [32]byte
	switch len(s) {
	case 32:
		copy(digits[:], s)
	case 36:
		if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
			return id, false
		}
		n := copy(digits[:], s[:8])
		n += copy(digits[n:], s[9:13])
		n += copy(digits[n:], s[14:18])
		n += copy(digits[n:], s[19:23])
		copy(digits[n:], s[24:])
	default:
		return id, false
	}
	if _, err := hex.Decode(id[:], digits[:]); err != nil || id.IsZero() {
		return traffic.RequestID{}, false
	}
	return id, true
}
