package middleware

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

const noJA4Hash = "000000000000"

// JA4 returns the JA4 fingerprint of a hello that came over TCP, such as
// "t13d1516h2_8daaf6152771_e5627efa2ab1".
func (h ClientHello) JA4() string {
	ciphers, extensions := h.ja4Lists()
	b := h.appendJA4Start(make([]byte, 0, 36))
	b = append(b, '_')
	b = append(b, ja4Hash(ciphers)...)
	b = append(b, '_')
	if len(h.shownExtensions()) == 0 {
		return string(append(b, noJA4Hash...))
	}
	return string(append(b, ja4Hash(extensions)...))
}

// JA4Raw returns what JA4 hashes, in the form JA4_r: the same start, then the
// sorted ciphers, the sorted extensions and the signature algorithms.
func (h ClientHello) JA4Raw() string {
	ciphers, extensions := h.ja4Lists()
	b := h.appendJA4Start(nil)
	b = append(b, '_')
	b = append(b, ciphers...)
	b = append(b, '_')
	return string(append(b, extensions...))
}

// appendJA4Start appends the readable first part: transport, version, whether
// a host is named, the numbers of ciphers and extensions, the protocol.
func (h ClientHello) appendJA4Start(b []byte) []byte {
	b = append(b, 't')
	b = append(b, h.ja4Version()...)
	if h.ServerName {
		b = append(b, 'd')
	} else {
		b = append(b, 'i')
	}
	b = appendCount(b, withoutGREASE(h.Ciphers))
	b = appendCount(b, withoutGREASE(h.Extensions))
	return append(b, h.ja4ALPN()...)
}

func appendCount(b []byte, list []uint16) []byte {
	n := min(len(list), 99)
	return append(b, byte('0'+n/10), byte('0'+n%10))
}

// ja4Version is the highest version offered.
func (h ClientHello) ja4Version() string {
	v := h.Version
	if offered := withoutGREASE(h.Versions); len(offered) > 0 {
		v = slices.Max(offered)
	}
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	case 0x0002:
		return "s2"
	}
	return "00"
}

// ja4ALPN is the first and the last character of the first protocol; of its
// hexadecimal form when either is no letter or digit.
func (h ClientHello) ja4ALPN() string {
	p := h.ALPN
	if p == "" {
		return "00"
	}
	if !isAlnum(p[0]) || !isAlnum(p[len(p)-1]) {
		p = hex.EncodeToString([]byte(p))
	}
	return string([]byte{p[0], p[len(p)-1]})
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// ja4Lists returns the texts of the second and the third part.
func (h ClientHello) ja4Lists() (ciphers, extensions []byte) {
	sorted := withoutGREASE(h.Ciphers)
	slices.Sort(sorted)
	ciphers = appendHexList(nil, sorted)
	sorted = h.shownExtensions()
	slices.Sort(sorted)
	extensions = appendHexList(nil, sorted)
	if signatures := withoutGREASE(h.Signatures); len(signatures) > 0 {
		extensions = append(extensions, '_')
		extensions = appendHexList(extensions, signatures)
	}
	return ciphers, extensions
}

// shownExtensions leaves out the two that depend on the host asked for and are
// told of in the first part.
func (h ClientHello) shownExtensions() []uint16 {
	return slices.DeleteFunc(withoutGREASE(h.Extensions), func(v uint16) bool {
		return v == extServerName || v == extALPN
	})
}

func appendHexList(b []byte, list []uint16) []byte {
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = hex.AppendEncode(b, []byte{byte(v >> 8), byte(v)})
	}
	return b
}

// ja4Hash is the first twelve digits of the SHA-256 of a list.
func ja4Hash(list []byte) string {
	if len(list) == 0 {
		return noJA4Hash
	}
	sum := sha256.Sum256(list)
	return hex.EncodeToString(sum[:6])
}

// withoutGREASE returns a copy of list without GREASE values.
func withoutGREASE(list []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(list), isGREASE)
}
