package accesslog

import "strings"

// maxDepth is how deep objects and arrays may nest.
const maxDepth = 32

// jsonKind is the kind of a scalar.
type jsonKind uint8

const (
	jsonString jsonKind = iota
	jsonNumber
	jsonWord // true, false, null
)

// jsonScan walks one JSON object and hands each scalar to emit: the names on
// the way to it joined by dots (borrowed), and the last of them; the items of
// an array have the path and the name of the array. It takes what
// encoding/json takes, and nothing else.
//
// One method reads one kind of value from s[i:] and moves i behind it; each
// returns false at the first thing that is not JSON.
type jsonScan struct {
	s     string
	i     int
	depth int
	path  []byte
	name  string
	emit  func(path []byte, name string, kind jsonKind, text string)
}

// object scans s, which must be one object and nothing else but white space.
func (j *jsonScan) object(s string) bool {
	j.s, j.i, j.depth, j.path = s, 0, 0, j.path[:0]
	j.space()
	if j.peek() != '{' || !j.value() {
		return false
	}
	j.space()
	return j.i == len(j.s)
}

func (j *jsonScan) peek() byte {
	if j.i < len(j.s) {
		return j.s[j.i]
	}
	return 0
}

func (j *jsonScan) space() {
	for j.i < len(j.s) && (j.s[j.i] == ' ' || j.s[j.i] == '\t' || j.s[j.i] == '\n' || j.s[j.i] == '\r') {
		j.i++
	}
}

func (j *jsonScan) value() bool {
	switch c := j.peek(); {
	case c == '{':
		return j.members()
	case c == '[':
		return j.items()
	case c == '"':
		text, ok := j.text()
		if ok {
			j.emit(j.path, j.name, jsonString, text)
		}
		return ok
	case c == '-' || isDigit(c):
		return j.number()
	}
	return j.literal("true") || j.literal("false") || j.literal("null")
}

func (j *jsonScan) literal(word string) bool {
	if !strings.HasPrefix(j.s[j.i:], word) {
		return false
	}
	j.i += len(word)
	j.emit(j.path, j.name, jsonWord, word)
	return true
}

func (j *jsonScan) members() bool {
	if j.depth++; j.depth > maxDepth {
		return false
	}
	j.i++ // {
	if j.space(); j.peek() == '}' {
		j.i++
		j.depth--
		return true
	}
	for {
		j.space()
		name, ok := j.text()
		if !ok {
			return false
		}
		if j.space(); j.peek() != ':' {
			return false
		}
		j.i++
		j.space()
		if !j.member(name) {
			return false
		}
		more, ok := j.next('}')
		if !ok || !more {
			j.depth--
			return ok
		}
	}
}

// member scans the value of a member, with its name on the path.
func (j *jsonScan) member(name string) bool {
	was := len(j.path)
	if was > 0 {
		j.path = append(j.path, '.')
	}
	j.path = append(j.path, name...)
	outer := j.name
	j.name = name
	ok := j.value()
	j.path, j.name = j.path[:was], outer
	return ok
}

func (j *jsonScan) items() bool {
	if j.depth++; j.depth > maxDepth {
		return false
	}
	j.i++ // [
	if j.space(); j.peek() == ']' {
		j.i++
		j.depth--
		return true
	}
	for {
		if j.space(); !j.value() {
			return false
		}
		more, ok := j.next(']')
		if !ok || !more {
			j.depth--
			return ok
		}
	}
}

// next steps over a comma, or over the closing bracket.
func (j *jsonScan) next(shut byte) (more, ok bool) {
	j.space()
	c := j.peek()
	j.i++
	return c == ',', c == ',' || c == shut
}

func (j *jsonScan) number() bool {
	from := j.i
	if j.peek() == '-' {
		j.i++
	}
	if j.peek() == '0' {
		j.i++
	} else if !j.digits() {
		return false
	}
	if j.peek() == '.' {
		if j.i++; !j.digits() {
			return false
		}
	}
	if c := j.peek(); c == 'e' || c == 'E' {
		j.i++
		if c := j.peek(); c == '+' || c == '-' {
			j.i++
		}
		if !j.digits() {
			return false
		}
	}
	j.emit(j.path, j.name, jsonNumber, j.s[from:j.i])
	return true
}

// digits steps over at least one digit.
func (j *jsonScan) digits() bool {
	from := j.i
	for isDigit(j.peek()) {
		j.i++
	}
	return j.i > from
}
