package point

import "bytes"

// gqlSize is what a text would cost the parser.
type gqlSize struct {
	depth  int // of brackets of any kind
	tokens int
}

// gqlMeasure counts what the parser would find in text, or more.
func gqlMeasure(text []byte) (size gqlSize) {
	depth := 0
	for i := 0; i < len(text); {
		size.tokens++
		switch c := text[i]; {
		case c == ' ' || c == ',' || c == '\t' || c == '\r' || c == '\n':
			size.tokens--
			i++
		case c == '{' || c == '(' || c == '[':
			depth++
			size.depth = max(size.depth, depth)
			i++
		case c == '}' || c == ')' || c == ']':
			depth = max(depth-1, 0)
			i++
		case c == '#':
			i += gqlLine(text[i:])
		case c == '"':
			i += gqlString(text[i:])
		case gqlNameByte(c):
			for i < len(text) && gqlNameByte(text[i]) {
				i++
			}
		default:
			i++ // a part of a number or of three dots: a few tokens too many
		}
	}
	return size
}

func gqlNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// gqlLine returns the length of a comment.
func gqlLine(b []byte) int {
	if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
		return i
	}
	return len(b)
}

// gqlString returns the length of a string or a block string.
func gqlString(b []byte) int {
	if bytes.HasPrefix(b, []byte(`"""`)) {
		return gqlBlock(b)
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		case '\n', '\r':
			return i // the lexer refuses it here
		}
	}
	return len(b)
}

// gqlBlock returns the length of a block string. Of more than three quotes the
// library takes the last three for its end, unlike the specification, and the
// library is what is measured for.
func gqlBlock(b []byte) int {
	for i := 3; i < len(b); {
		switch {
		case b[i] == '"':
			quotes := i
			for i < len(b) && b[i] == '"' {
				i++
			}
			if i-quotes >= 3 {
				return i
			}
		case bytes.HasPrefix(b[i:], []byte(`\"""`)):
			i += 4
		default:
			i++
		}
	}
	return len(b)
}
