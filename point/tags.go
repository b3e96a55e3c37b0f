package point

import "strconv"

// Tags returns the tag form, such as "[post, json_doc, hash, 'token']"; ""
// for the zero Path.
func (p Path) Tags() string {
	if p.IsZero() {
		return ""
	}
	b := []byte{'['}
	for i, st := range p.steps {
		if st.Kind.isNorm() {
			continue
		}
		if i > 0 {
			b = append(b, ", "...)
		}
		b = p.appendTag(b, i, st)
	}
	return string(append(b, ']'))
}

// appendTag appends step i and what it implies; a norm is part of the tag
// before it.
func (p Path) appendTag(b []byte, i int, st Step) []byte {
	side := NoSide
	if i == 0 {
		side = p.side
		if st.Kind == Cookie {
			b = append(b, tagWord(Header, side)...)
			b = appendQuoted(append(b, ", "...), upper(cookieField(side)), '\'')
			b = append(b, ", "...)
		}
	}
	written := tagWord(st.Kind, side)
	switch {
	case p.open(i):
		return append(b, withNorm(tagForm, written, p.steps[i+1].Kind)...)
	case st.Kind == JWTPrefix, st.Kind == JWTHeader, st.Kind == JWTPayload:
		b = appendQuoted(b, written, '\'')
	default:
		b = append(b, written...)
	}
	return p.appendImplied(appendTagArg(b, st), i)
}

// appendTagArg appends the name or index of a step.
func appendTagArg(b []byte, st Step) []byte {
	switch {
	case st.Kind == Header:
		b = appendQuoted(append(b, ", "...), upper(st.Name), '\'')
	case st.Kind.HasName():
		b = appendQuoted(append(b, ", "...), st.Name, '\'')
	case st.Kind.HasIndex():
		b = strconv.AppendInt(append(b, ", "...), int64(st.Index), 10)
	}
	return b
}

// appendImplied appends the decoders that session form implies after a part
// of a JWT. What follows them is then read as it is meant.
func (p Path) appendImplied(b []byte, i int) []byte {
	if k := p.steps[i].Kind; k != JWTHeader && k != JWTPayload {
		return b
	}
	b = append(append(b, ", "...), tagWord(Base64, NoSide)...)
	if i+1 < len(p.steps) {
		switch p.steps[i+1].Kind {
		case Property, Item, JSON:
			b = append(append(b, ", "...), tagWord(JSON, NoSide)...)
		}
	}
	return b
}
