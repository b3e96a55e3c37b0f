package point

import (
	"fmt"
	"strconv"
	"strings"
)

// paramPairs returns the parameters of a query, a form or the cookies that a
// path means: the one called name, or those of the norm, with what steps say
// is inside.
func paramPairs(name string, norm Kind, steps []Step) []pair {
	switch norm {
	case All:
		return append(inParam("a", steps), inParam("b", steps)...)
	case Names:
		return []pair{{placeholder, filler}}
	}
	return inParam(name, steps)
}

// inParam returns the parameters that make the structure of steps under a
// name.
func inParam(name string, steps []Step) []pair {
	if len(steps) == 0 {
		return []pair{{name, placeholder}}
	}
	st, norm, rest := cutStep(steps)
	switch st.Kind {
	case Property:
		switch norm {
		case All:
			return append(inParam(name+"[a]", rest), inParam(name+"[b]", rest)...)
		case Names:
			return []pair{{name + "[" + placeholder + "]", filler}}
		}
		return inParam(name+"["+st.Name+"]", rest)
	case Item:
		return sampleItems(name, st.Index, norm, rest)
	case Pollution:
		return []pair{{name, nested(rest)}, {name, nested(rest)}}
	}
	return []pair{{name, nested(steps)}}
}

// sampleItems returns the items of a parameter: p[] for simple ones, p[1] where
// more is inside.
func sampleItems(name string, index int, norm Kind, steps []Step) []pair {
	inside := len(steps) > 0 && (steps[0].Kind == Property || steps[0].Kind == Item)
	switch {
	case norm == All && inside:
		return append(inParam(name+"[0]", steps), inParam(name+"[1]", steps)...)
	case norm == All:
		return append(inParam(name+"[]", steps), inParam(name+"[]", steps)...)
	case inside:
		return inParam(name+"["+strconv.Itoa(index)+"]", steps)
	}
	return append(fillers(name+"[]", index), inParam(name+"[]", steps)...)
}

// encodePairs writes parameters as a query string.
func encodePairs(pairs []pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(percentEncode(p.name) + "=" + percentEncode(p.text))
	}
	return b.String()
}

// percentEncode escapes s for a query string. Brackets and the placeholder
// stay readable.
func percentEncode(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if isLetterOrDigit(c) || strings.IndexByte("-_.~*[]", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func isLetterOrDigit(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

const boundary = "boundary"

// multipartBody returns a multipart body with the part that a path means.
func multipartBody(st Step, norm Kind, steps []Step) string {
	var b strings.Builder
	switch norm {
	case All:
		b.WriteString(samplePart("a", steps) + samplePart("b", steps))
	case Names:
		b.WriteString(onePart(placeholder, "", "", filler))
	default:
		b.WriteString(samplePart(st.Name, steps))
	}
	return b.String() + "--" + boundary + "--"
}

// samplePart returns the parts that make the structure of steps under a name.
func samplePart(name string, steps []Step) string {
	if len(steps) == 0 {
		return onePart(name, "", "", placeholder)
	}
	st, norm, rest := cutStep(steps)
	switch st.Kind {
	case File:
		return onePart(name, "file.txt", "", nested(rest))
	case FileName:
		return onePart(name, nested(rest), "", filler)
	case Header:
		var m message
		m.addHeader(st.Name, norm, rest)
		fields := ""
		for _, f := range m.fields {
			fields += f.name + ": " + f.text + "\n"
		}
		return onePart(name, "", fields, filler)
	case Item:
		if norm == All {
			return samplePart(name, rest) + samplePart(name, rest)
		}
		return strings.Repeat(onePart(name, "", "", filler), min(st.Index, maxFillers)) + samplePart(name, rest)
	case Property:
		if norm == noKind {
			return samplePart(name+"["+st.Name+"]", rest)
		}
	}
	parts := ""
	for _, p := range inParam(name, steps) {
		parts += onePart(p.name, "", "", p.text)
	}
	return parts
}

// onePart returns a part; fields are further header lines.
func onePart(name, file, fields, text string) string {
	head := "Content-Disposition: form-data; name=" + strconv.Quote(name)
	if file != "" {
		head += "; filename=" + strconv.Quote(file)
	}
	return "--" + boundary + "\n" + head + "\n" + fields + "\n" + text + "\n"
}
