package point

import (
	"bytes"
	"unicode/utf8"
)

// xmlOpening is an opening tag.
type xmlOpening struct {
	name   []byte
	attrs  []byte // its attributes as written, with the byte after them
	count  int    // of them
	single bool   // <tag/>
}

// xmlOpen reads an opening tag.
func xmlOpen(b []byte) (o xmlOpening, size int, f fault) {
	i := 1 + xmlName(b[1:])
	if i == 1 {
		return o, 0, broken
	}
	o.name = b[1:i]
	from := i
	for {
		_, n := xmlAttribute(b[i:])
		if n < 0 {
			return o, 0, ended
		}
		if n == 0 {
			break
		}
		o.count++
		i += n
	}
	i += xmlSpaces(b[i:])
	end := ">"
	if o.single = i < len(b) && b[i] == '/'; o.single {
		end = "/>"
	}
	if f = xmlExpect(b[i:], end); f != fine {
		return o, 0, f
	}
	o.attrs = b[from : i+1]
	return o, i + len(end), fine
}

// xmlExpect tells whether b starts with word, or ends before it could.
func xmlExpect(b []byte, word string) fault {
	switch n := min(len(b), len(word)); {
	case string(b[:n]) != word[:n]:
		return broken
	case n < len(word):
		return ended
	}
	return fine
}

// xmlAttr is an attribute: its name and value as written.
type xmlAttr struct {
	name, value []byte
}

// xmlAttribute reads white space and name="value", name='value', name=value
// or name, which is its own value. The size is 0 where there is none, and
// negative where b ends within one.
func xmlAttribute(b []byte) (a xmlAttr, size int) {
	start := xmlSpaces(b)
	i := start + xmlName(b[start:])
	if i == start {
		return a, 0
	}
	a.name = b[start:i]
	after := i + xmlSpaces(b[i:])
	if after < len(b) && b[after] != '=' {
		_, a.value = xmlPrefix(a.name)
		return a, i
	}
	i = min(after+1, len(b))
	i += xmlSpaces(b[i:])
	if i == len(b) {
		return a, -1
	}
	end := 0
	if quote := b[i]; quote == '"' || quote == '\'' {
		i++
		if end = bytes.IndexByte(b[i:], quote); end < 0 {
			return a, -1
		}
		a.value = b[i : i+end]
		return a, i + end + 1
	}
	for end = i; end < len(b) && xmlBareByte(b[end]); end++ {
	}
	if end == len(b) {
		return a, -1
	}
	a.value = b[i:end]
	return a, end
}

// xmlBareByte tells what an attribute value without quotes may consist of.
func xmlBareByte(c byte) bool {
	return xmlNameByte(c) && c != '.' && c < utf8.RuneSelf
}

// xmlPrefix cuts a name at its colon.
func xmlPrefix(name []byte) (prefix, local []byte) {
	i := bytes.IndexByte(name, ':')
	if i <= 0 || i == len(name)-1 {
		return nil, name
	}
	return name[:i], name[i+1:]
}
