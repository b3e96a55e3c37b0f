package middleware

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
)

// JA3 returns the JA3 fingerprint of the hello: the MD5 of [ClientHello.JA3Raw]
// as 32 hexadecimal digits. MD5 is what JA3 is made of; nothing rests on its
// strength.
func (h ClientHello) JA3() string {
	sum := md5.Sum([]byte(h.JA3Raw()))
	return hex.EncodeToString(sum[:])
}

// JA3Raw returns the text that JA3 hashes: version, ciphers, extensions,
// curves and point formats as decimal numbers, without GREASE values.
func (h ClientHello) JA3Raw() string {
	b := make([]byte, 0, 512)
	b = strconv.AppendUint(b, uint64(h.Version), 10)
	for _, list := range [][]uint16{h.Ciphers, h.Extensions, h.Curves} {
		b = append(b, ',')
		b = appendNumbers(b, list)
	}
	b = append(b, ',')
	for i, p := range h.Points {
		if i > 0 {
			b = append(b, '-')
		}
		b = strconv.AppendUint(b, uint64(p), 10)
	}
	return string(b)
}

func appendNumbers(b []byte, list []uint16) []byte {
	first := true
	for _, v := range list {
		if isGREASE(v) {
			continue
		}
		if !first {
			b = append(b, '-')
		}
		first = false
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return b
}

// isGREASE reports whether v is one of the sixteen values 0x0a0a, 0x1a1a, …
// that clients throw in at random so that servers learn to ignore them.
func isGREASE(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }
