package point

import "bytes"

// percent decodes the percent escapes of text. An escape that is not one is
// kept as it stands, so that every text has a result: "100%" stays "100%",
// "%u0041" stays "%u0041". A plus sign stays a plus sign; it means a space
// in queries and forms only, and those have undone it already.
func (s *Scan) percent(n *node, text []byte) {
	if bytes.IndexByte(text, '%') < 0 {
		s.unchanged(n, text)
		return
	}
	if !s.afford(n, len(text)) {
		return
	}
	at := len(s.arena)
	s.arena = appendPercent(s.arena, text)
	s.output(n, at)
}

// appendPercent appends src to dst with its percent escapes undone. Bad
// escapes are kept.
func appendPercent(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, '%')
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		if c, ok := hexPair(src[1:]); ok {
			dst, src = append(dst, c), src[3:]
		} else {
			dst, src = append(dst, '%'), src[1:]
		}
	}
}

// hexPair returns the byte written as the two hex digits b starts with.
func hexPair(b []byte) (c byte, ok bool) {
	if len(b) < 2 {
		return 0, false
	}
	hi, ok1 := hexDigit(b[0])
	lo, ok2 := hexDigit(b[1])
	return hi<<4 | lo, ok1 && ok2
}

func hexDigit(c byte) (v byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
