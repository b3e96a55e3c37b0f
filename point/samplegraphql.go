package point

import (
	"slices"
	"strings"
)

// graphQLBody returns a GraphQL request as it is posted: JSON with the
// document, and with the variables if steps lead to one.
func graphQLBody(steps []Step) string {
	at := slices.IndexFunc(steps, func(st Step) bool { return st.Kind == GQLVar })
	if at < 0 || at > 1 {
		return `{"query": ` + quoteJSON(sampleGraphQL(steps)) + `}`
	}
	head := "query "
	if at == 1 {
		head = operationHead(steps[0], noKind)
	}
	name, norm, _ := cutStep(steps[at:])
	document := head + "($" + sampleName(name.Name, norm) + ": Type) { field }"
	variables := append([]Step{{Kind: Property, Name: name.Name}}, steps[at+1:]...)
	return `{"query": ` + quoteJSON(document) + `, "variables": ` + sampleJSON(variables) + `}`
}

// operationHead returns how an operation starts.
func operationHead(st Step, norm Kind) string {
	return strings.TrimRight(strings.ToLower(st.Kind.String())+" "+sampleName(st.Name, norm), " ")
}

// sampleGraphQL returns a document in which steps lead on. Where the path ends
// at something that has no value, but only is there, *** stands in it.
func sampleGraphQL(steps []Step) string {
	if len(steps) == 0 {
		return placeholder
	}
	st, norm, rest := cutStep(steps)
	switch st.Kind {
	case GQLVar:
		return graphQLBody(steps) // a variable is sent beside the document
	case GQLFragment:
		return "fragment " + sampleName(st.Name, norm) + sampleType(rest, " on Type")
	}
	head := operationHead(st, norm)
	if len(rest) > 0 && rest[0].Kind == GQLVar {
		return sampleVariable(head, rest)
	}
	text := head + sampleInside(rest)
	if !strings.Contains(text, "{") {
		text += " { field }"
	}
	return text
}

// sampleVariable returns an operation with the variable that steps begin
// with, and its default.
func sampleVariable(head string, steps []Step) string {
	st, norm, rest := cutStep(steps)
	return head + "($" + sampleName(st.Name, norm) + ": Type = " + sampleArgument(rest) + ") { field }"
}

// sampleName returns a name as it stands in a document.
func sampleName(name string, norm Kind) string {
	switch norm {
	case All:
		return "any"
	case Names:
		return placeholder
	}
	return printable(name)
}

// sampleType returns what follows the start of a fragment: the type, if steps
// lead there, and what is inside.
func sampleType(steps []Step, standard string) string {
	if len(steps) > 0 && steps[0].Kind == GQLType {
		st, norm, rest := cutStep(steps)
		return " on " + sampleName(st.Name, norm) + sampleInside(rest)
	}
	return standard + sampleInside(steps)
}

// sampleInside returns what follows the name of an operation or a field:
// arguments, a directive, or the selection in braces.
func sampleInside(steps []Step) string {
	if len(steps) == 0 {
		return " { " + placeholder + " }"
	}
	st, norm, rest := cutStep(steps)
	name := sampleName(st.Name, norm)
	switch {
	case st.Kind == GQLArg:
		return sampleArguments(rest)
	case st.Kind == GQLDirective:
		return " @" + name + sampleArguments(rest)
	case st.Kind == GQLSpread && len(rest) == 0:
		return " { ..." + name + " " + placeholder + " }"
	case st.Kind == GQLSpread:
		return " { ..." + name + sampleInside(rest) + " }"
	case st.Kind == GQLInline:
		return " { ..." + sampleType(rest, "") + " }"
	case len(rest) > 0 && rest[0].Kind == GQLAlias:
		return " { " + placeholder + ": " + name + " }"
	}
	return " { " + name + sampleInside(rest) + " }"
}

// sampleArguments returns the arguments of a field or a directive.
func sampleArguments(steps []Step) string {
	if len(steps) == 0 {
		return "(" + placeholder + ")"
	}
	st, norm, rest := cutStep(steps)
	switch norm {
	case All:
		return "(a: " + sampleArgument(rest) + ", b: " + sampleArgument(rest) + ")"
	case Names:
		return "(" + placeholder + ": null)"
	}
	return "(" + printable(st.Name) + ": " + sampleArgument(rest) + ")"
}

// sampleArgument returns the value of an argument. It is written as in JSON,
// but the names of fields have no quotes.
func sampleArgument(steps []Step) string {
	if len(steps) == 0 {
		return quoteJSON(placeholder)
	}
	st, norm, rest := cutStep(steps)
	if st.Kind != Property && st.Kind != Item {
		return quoteJSON(nested(steps))
	}
	inner := sampleArgument(rest)
	switch {
	case st.Kind == Property && norm == All:
		return "{a: " + inner + ", b: " + inner + "}"
	case st.Kind == Property && norm == Names:
		return "{" + placeholder + ": null}"
	case st.Kind == Property:
		return "{" + printable(st.Name) + ": " + inner + "}"
	case norm == All:
		return "[" + inner + ", " + inner + "]"
	}
	return "[" + strings.Repeat("null, ", min(st.Index, maxFillers)) + inner + "]"
}
