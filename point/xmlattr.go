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
func xmlOpen(b []byte) (o xmlOpening, size int) {
	i := 1 + xmlName(b[1:])
	if i == 1 {
		return o, 0
	}
	o.name = b[1:i]
	from := i
	for {
		_, n := xmlAttribute(b[i:])
		if n == 0 {
			break
		}
		o.count++
		i += n
	}
	i += xmlSpaces(b[i:])
	if o.single = bytes.HasPrefix(b[i:], []byte("/>")); o.single {
		o.attrs = b[from : i+1]
		return o, i + 2
	}
	if i == len(b) || b[i] != '>' {
		return o, 0
	}
	o.attrs = b[from : i+1]
	return o, i + 1
}

// xmlAttr is an attribute: its name and value as written.
type xmlAttr struct {
	name, value []byte
}

// xmlAttribute reads white space and name="value", name='value', name=value
// or name, which is its own value.
func xmlAttribute(b []byte) (a xmlAttr, size int) {
	start := xmlSpaces(b)
	i := start + xmlName(b[start:])
	if i == start {
		return a, 0
	}
	a.name = b[start:i]
	after := i + xmlSpaces(b[i:])
	if after == len(b) {
		return a, 0
	}
	if b[after] != '=' {
		_, a.value = xmlPrefix(a.name)
		return a, i
	}
	i = after + 1
	i += xmlSpaces(b[i:])
	if i == len(b) {
		return a, 0
	}
	if quote := b[i]; quote == '"' || quote == '\'' {
		end := bytes.IndexByte(b[i+1:], quote)
		if end < 0 {
			return a, 0
		}
		a.value = b[i+1 : i+1+end]
		return a, i + end + 2
	}
	end := i
	for end < len(b) && xmlBareByte(b[end]) {
		end++
	}
	if end == len(b) {
		return a, 0
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
