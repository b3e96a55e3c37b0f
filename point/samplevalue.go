package point

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// nested returns the text of a value in which steps lead on, which are
// decoders or nothing.
func nested(steps []Step) string {
	text := placeholder
	if len(steps) > 0 {
		text = decoded(steps)
	}
	if len(text) > maxSample {
		return placeholder
	}
	return text
}

func decoded(steps []Step) string {
	rest := steps[1:]
	switch k := steps[0].Kind; k {
	case JSON:
		return sampleJSON(rest)
	case XML:
		return sampleXML(rest)
	case GraphQL:
		return sampleGraphQL(rest)
	case JWT:
		return sampleJWT(rest)
	default:
		return strings.ToLower(k.String()) + "(" + nested(rest) + ")"
	}
}

// sampleJSON returns a JSON document, or a value in one.
func sampleJSON(steps []Step) string {
	if len(steps) == 0 {
		return quoteJSON(placeholder)
	}
	st, norm, rest := cutStep(steps)
	switch st.Kind {
	case Property:
		switch norm {
		case All:
			inner := sampleJSON(rest)
			return `{"a": ` + inner + `, "b": ` + inner + `}`
		case Names:
			return `{` + quoteJSON(placeholder) + `: null}`
		}
		return `{` + quoteJSON(st.Name) + `: ` + sampleJSON(rest) + `}`
	case Item:
		inner := sampleJSON(rest)
		if norm == All {
			return `[` + inner + `, ` + inner + `]`
		}
		return `[` + strings.Repeat("null, ", min(st.Index, maxFillers)) + inner + `]`
	}
	return quoteJSON(nested(steps))
}

// quoteJSON returns s as a JSON string.
func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// sampleJWT returns a token.
func sampleJWT(steps []Step) string {
	if len(steps) == 0 {
		return placeholder
	}
	prefix, header, payload := "", `{"alg": "HS256"}`, `{"sub": "..."}`
	switch rest := steps[1:]; steps[0].Kind {
	case JWTPrefix:
		prefix = nested(rest) + " "
	case JWTHeader:
		header = sampleClaims(rest)
	case JWTPayload:
		payload = sampleClaims(rest)
	case All:
		prefix, header, payload = placeholder+" ", placeholder, placeholder
	}
	return prefix + "base64(" + header + ").base64(" + payload + ").signature"
}

// sampleClaims returns a part of a token.
func sampleClaims(steps []Step) string {
	if len(steps) > 0 && (steps[0].Kind == Property || steps[0].Kind == Item) {
		return sampleJSON(steps)
	}
	return nested(steps)
}

// printable returns s on one line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}
