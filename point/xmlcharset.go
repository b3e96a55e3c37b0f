package point

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/chaperone-go/chaperone/traffic"
)

// xmlUTF8 returns the document in UTF-8, going by its byte order mark, the
// zeros of UTF-16, or its declaration. UTF-8, UTF-16, ISO-8859-1 and
// windows-1252 are read. Of the other character sets that contain ASCII, a
// document that uses nothing else is read. The rest is undecodable: read as
// something it is not, it could hide anything.
func (s *Scan) xmlUTF8(b []byte) ([]byte, traffic.Found) {
	if order, skip := utf16Order(b); order != nil {
		return s.inUTF8(b, func(dst []byte) []byte { return appendUTF16(dst, b[skip:], order) })
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	label := xmlEncoding(b)
	switch {
	case label == "", label == "utf-8", label == "utf8", label == "utf-16", isASCII(b) && hasASCII(label):
		return b, traffic.Present
	case label == "iso-8859-1", label == "latin1":
		return s.xmlBytes(b, nil)
	case label == "windows-1252", label == "cp1252":
		return s.xmlBytes(b, &windows1252)
	}
	return nil, traffic.Undecodable
}

// xmlBytes turns a document of one byte per character into UTF-8.
func (s *Scan) xmlBytes(b []byte, high *[32]rune) ([]byte, traffic.Found) {
	if isASCII(b) {
		return b, traffic.Present
	}
	return s.inUTF8(b, func(dst []byte) []byte {
		for _, c := range b {
			r := rune(c)
			if high != nil && c >= 0x80 && c < 0xa0 {
				r = high[c-0x80]
			}
			dst = utf8.AppendRune(dst, r)
		}
		return dst
	})
}

// inUTF8 appends b in UTF-8 to the arena. It becomes three times longer at
// most. That is held against the limit for decoded bytes but not taken from
// what the decoders have left, because a visitor alone may be the reason why
// the document is read, and who watches does not change what is found.
func (s *Scan) inUTF8(b []byte, convert func(dst []byte) []byte) ([]byte, traffic.Found) {
	if len(b) > s.plan.limits.DecodedBytes/3 {
		return nil, traffic.TooLarge
	}
	at := len(s.arena)
	s.arena = convert(s.arena)
	return s.made(at), traffic.Present
}

// utf16Order returns the byte order of a document in UTF-16 and the length of
// its mark; nil for a document that is not. Without a mark its first
// character, <, gives it away.
func utf16Order(b []byte) (order binary.ByteOrder, skip int) {
	if len(b) < 2 {
		return nil, 0
	}
	switch [2]byte(b) {
	case [2]byte{0xfe, 0xff}:
		return binary.BigEndian, 2
	case [2]byte{0xff, 0xfe}:
		return binary.LittleEndian, 2
	case [2]byte{0, '<'}:
		return binary.BigEndian, 0
	case [2]byte{'<', 0}:
		return binary.LittleEndian, 0
	}
	return nil, 0
}

// appendUTF16 appends b, which is UTF-16, to dst. Lone surrogates become
// U+FFFD, as does an odd byte at the end.
func appendUTF16(dst, b []byte, order binary.ByteOrder) []byte {
	for len(b) >= 2 {
		r := rune(order.Uint16(b))
		b = b[2:]
		if utf16.IsSurrogate(r) && len(b) >= 2 {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(b))); pair != utf8.RuneError {
				r, b = pair, b[2:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	if len(b) > 0 {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	return dst
}

// xmlEncoding returns the character set that the document declares, in lower
// case; "" when it declares none.
func xmlEncoding(b []byte) string {
	text, n := xmlDeclaration(b)
	if n == 0 {
		return ""
	}
	for {
		text = text[xmlSpaces(text):]
		a, n := xmlAttribute(text)
		if n <= 0 {
			return ""
		}
		if string(a.name) == "encoding" {
			return strings.ToLower(string(a.value))
		}
		text = text[n:]
	}
}

// xmlDeclaration reads the <?xml …?> at the start of a document.
func xmlDeclaration(b []byte) (text []byte, size int) {
	const start = "<?xml"
	if !bytes.HasPrefix(b, []byte(start)) || xmlSpaces(b[len(start):]) == 0 {
		return nil, 0
	}
	return xmlUntil(b, len(start), "?>")
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hasASCII reports whether ASCII bytes mean ASCII in a character set. UTF-7
// and ISO-2022 are not among them.
func hasASCII(label string) bool {
	for _, family := range []string{
		"us-ascii", "ascii", "iso-8859-", "latin", "windows-125", "cp125", "koi8-", "gb2312", "gbk", "gb18030", "big5", "euc-", "shift_jis",
	} {
		if strings.HasPrefix(label, family) {
			return true
		}
	}
	return false
}

// windows1252 is what the bytes 0x80 to 0x9f mean there.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}
