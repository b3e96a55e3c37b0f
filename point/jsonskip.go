package point

// skipSpace returns the place of the first byte at or after i that is not
// white space, or the end.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// skipJSON returns the place after the value at i, which nobody wants. It
// checks the grammar as if somebody did, so that what is found does not depend
// on what is wanted. It does not recurse, so no nesting is too deep for it.
func (s *Scan) skipJSON(b []byte, i int) (next int, f fault) {
	in := nest{s: s}
	for {
		// Here a value begins.
		if i >= len(b) {
			return i, ended
		}
		whole := true
		switch b[i] {
		case '"':
			i, _, f = stringEnd(b, i+1)
		case '{':
			in.enter(1)
			if i = skipSpace(b, i+1); i >= len(b) || b[i] != '}' {
				whole = false
				i, f = keyEnd(b, i)
			}
		case '[':
			in.enter(0)
			i = skipSpace(b, i+1)
			whole = i < len(b) && b[i] == ']'
		default:
			i, f = scalarEnd(b, i)
		}
		if f != fine {
			return i, f
		}
		if !whole {
			continue
		}
		if i, f = in.next(b, i); f != fine || in.depth == 0 {
			return i, f
		}
	}
}

// nest is the containers that skipJSON is in.
type nest struct {
	s     *Scan
	depth int
	// open has a bit for each of the innermost containers, up to 64: 1 for an
	// object, 0 for an array, the innermost lowest. Those further out are in
	// Scan.brace, 64 to a word.
	open uint64
}

func (in *nest) enter(object uint64) {
	if in.depth&63 == 0 && in.depth > 0 {
		in.spill()
	}
	in.depth++
	in.open = in.open<<1 | object
}

func (in *nest) spill() {
	if in.depth == 64 {
		in.s.brace = in.s.brace[:0]
	}
	in.s.brace = append(in.s.brace, in.open)
}

func (in *nest) leave() {
	in.depth--
	in.open >>= 1
	if in.depth&63 == 0 && in.depth > 0 {
		last := len(in.s.brace) - 1
		in.open, in.s.brace = in.s.brace[last], in.s.brace[:last]
	}
}

// next goes from the end of a value to the beginning of the next one, out of
// the containers that end between. The depth is 0 when there is none.
func (in *nest) next(b []byte, i int) (int, fault) {
	for in.depth > 0 {
		if i = skipSpace(b, i); i >= len(b) {
			return i, ended
		}
		object := in.open&1 != 0
		switch c := b[i]; {
		case c == ',':
			if i = skipSpace(b, i+1); object {
				return keyEnd(b, i)
			}
			return i, fine
		case c == '}' && object, c == ']' && !object:
			in.leave()
			i++
		default:
			return i, broken
		}
	}
	return i, fine
}

// keyEnd goes from the beginning of a property's name to that of its value.
func keyEnd(b []byte, i int) (next int, f fault) {
	if i >= len(b) {
		return i, ended
	}
	if b[i] != '"' {
		return i, broken
	}
	if i, _, f = stringEnd(b, i+1); f != fine {
		return i, f
	}
	return colonEnd(b, i)
}

// colonEnd goes from the end of a property's name to the beginning of its
// value.
func colonEnd(b []byte, i int) (next int, f fault) {
	if i = skipSpace(b, i); i >= len(b) {
		return i, ended
	}
	if b[i] != ':' {
		return i, broken
	}
	return skipSpace(b, i+1), fine
}

// scalarEnd returns the place after the number or literal at i.
func scalarEnd(b []byte, i int) (next int, f fault) {
	switch c := b[i]; c {
	case 't':
		return literalEnd(b, i, "true")
	case 'f':
		return literalEnd(b, i, "false")
	case 'n':
		return literalEnd(b, i, "null")
	case '-':
		if i++; i >= len(b) {
			return i, ended
		}
	}
	return numberEnd(b, i)
}

func literalEnd(b []byte, i int, literal string) (next int, f fault) {
	for j := range len(literal) {
		if i+j >= len(b) {
			return i + j, ended
		}
		if b[i+j] != literal[j] {
			return i + j, broken
		}
	}
	return i + len(literal), fine
}

// numberEnd returns the place after the number whose first digit is at i.
func numberEnd(b []byte, i int) (next int, f fault) {
	if b[i] == '0' {
		i++
	} else if i, f = digitsEnd(b, i); f != fine {
		return i, f
	}
	if i < len(b) && b[i] == '.' {
		if i, f = digitsEnd(b, i+1); f != fine {
			return i, f
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return digitsEnd(b, i)
	}
	return i, fine
}

// digitsEnd returns the place after the digits at i, of which there must be
// one at least.
func digitsEnd(b []byte, i int) (next int, f fault) {
	from := i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	switch {
	case i > from:
		return i, fine
	case i >= len(b):
		return i, ended
	}
	return i, broken
}
