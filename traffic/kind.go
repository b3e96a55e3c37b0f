package traffic

import "strings"

// Kinds is a set of body types.
type Kinds uint16

// The body types the rooms can read.
const (
	KindJSON Kinds = 1 << iota
	KindXML
	KindForm
	KindMultipart
	KindGraphQL
	KindText
	KindBinary

	// KindNone is a body whose Content-Type is missing.
	KindNone
	// KindAny is every type.
	KindAny Kinds = 1<<iota - 1
)

// KindOf returns the one kind a Content-Type belongs to. Parameters and case
// are ignored; suffixes as in application/problem+json count. JSON lines are
// JSON. Nothing is allocated.
func KindOf(contentType string) Kinds {
	t, _, _ := strings.Cut(contentType, ";")
	t = strings.TrimSpace(t)
	// Fast path: what nearly every body is, as it is nearly always written.
	switch t {
	case "application/json":
		return KindJSON
	case "application/x-www-form-urlencoded":
		return KindForm
	case "multipart/form-data":
		return KindMultipart
	case "text/html", "text/plain":
		return KindText
	case "application/octet-stream":
		return KindBinary
	}
	return kindOfType(t)
}

// kindOfType is the slow path of [KindOf]: any type, in any case.
func kindOfType(t string) Kinds {
	switch {
	case t == "":
		return KindNone
	case hasSuffixFold(t, "json"): // application/json, text/json, …+json, x-ndjson
		return KindJSON
	case hasSuffixFold(t, "jsonl"), hasSuffixFold(t, "jsonlines"):
		return KindJSON
	case hasSuffixFold(t, "/xml"), hasSuffixFold(t, "+xml"):
		return KindXML
	case strings.EqualFold(t, "application/x-www-form-urlencoded"):
		return KindForm
	case hasPrefixFold(t, "multipart/"):
		return KindMultipart
	case strings.EqualFold(t, "application/graphql"):
		return KindGraphQL
	case hasPrefixFold(t, "text/"):
		return KindText
	default:
		return KindBinary
	}
}

func hasPrefixFold(s, p string) bool { return len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) }

func hasSuffixFold(s, p string) bool {
	return len(s) >= len(p) && strings.EqualFold(s[len(s)-len(p):], p)
}
