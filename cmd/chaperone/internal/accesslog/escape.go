package accesslog

import "strings"

// unescape undoes the escapes of Apache and nginx: \xhh, \" and \\, and those
// of C for control characters. A backslash before anything else stays. s
// itself comes back when it holds no backslash.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s // Fast path: most fields have none.
	}
	b := make([]byte, i, len(s))
	copy(b, s)
	for i < len(s) {
		c, n := s[i], 1
		if c == '\\' {
			c, n = unescapeOne(s[i:])
		}
		b = append(b, c)
		i += n
	}
	return string(b)
}

// unescapeOne reads the escape at the start of s and returns its byte and its
// length.
func unescapeOne(s string) (byte, int) {
	if len(s) < 2 {
		return '\\', 1
	}
	switch s[1] {
	case '\\', '"':
		return s[1], 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'b':
		return '\b', 2
	case 'v':
		return '\v', 2
	case 'f':
		return '\f', 2
	case 'x':
		if len(s) >= 4 {
			hi, lo := unhex(s[2]), unhex(s[3])
			if hi < 16 && lo < 16 {
				return hi<<4 | lo, 4
			}
		}
	}
	return '\\', 1
}

// unhex returns the value of a hexadecimal digit, 16 for anything else.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// quoted takes the quoted string at the start of s apart: what is inside,
// still escaped, and what follows the closing quote. A quote that is neither
// escaped nor followed by a space or the end is part of the text: some servers
// do not escape. ok is false when it never closes.
func quoted(s string) (inside, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			if i+1 == len(s) || s[i+1] == ' ' {
				return s[1:i], s[i+1:], true
			}
		}
	}
	return "", s, false
}

// quotedRequest is quoted for the request line: its closing quote is followed
// by a status. So a quote that a client sent and the server did not escape
// does not end it.
func quotedRequest(s string) (inside, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			if statusFollows(s[i+1:]) {
				return s[1:i], s[i+1:], true
			}
		}
	}
	return quoted(s)
}

// statusFollows reports whether s is a space, a status and a space or the end.
func statusFollows(s string) bool {
	if len(s) >= 4 && s[0] == ' ' && isDigit(s[1]) && isDigit(s[2]) && isDigit(s[3]) {
		return len(s) == 4 || s[4] == ' '
	}
	return len(s) >= 2 && s[:2] == " -" && (len(s) == 2 || s[2] == ' ')
}

// word takes the first word of s, behind spaces.
func word(s string) (w, rest string) {
	s = strings.TrimLeft(s, " \t")
	i := strings.IndexByte(s, ' ')
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}
