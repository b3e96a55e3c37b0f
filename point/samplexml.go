package point

import (
	"fmt"
	"strings"
)

// sampleXML returns a document in which steps lead on.
func sampleXML(steps []Step) string {
	if len(steps) == 0 {
		return "<root>" + placeholder + "</root>"
	}
	st, norm, rest := cutStep(steps)
	if st.Kind == XMLTag {
		return sampleTag(steps)
	}
	inner := nested(rest)
	before := min(st.Index, maxFillers)
	switch st.Kind {
	case XMLComment:
		return repeatXML("<!--%s-->", before, norm, inner) + "<root/>"
	case XMLPI:
		return repeatXML("<?%s?>", before, norm, inner) + "<root/>"
	case XMLEntity:
		return "<!DOCTYPE root [" + repeatXML(`<!ENTITY e "%s">`, before, norm, escapeXML(inner)) + "]><root/>"
	}
	return `<!DOCTYPE root SYSTEM "` + escapeXML(inner) + `"><root/>`
}

// repeatXML returns a form filled before times with the filler, then with
// inner; twice with inner for a norm.
func repeatXML(form string, before int, norm Kind, inner string) string {
	text := strings.Repeat(fmt.Sprintf(form, filler), before) + fmt.Sprintf(form, inner)
	if norm == All {
		text += fmt.Sprintf(form, inner)
	}
	return text
}

// sampleTag returns the tags that a path means; steps begin with XMLTag.
func sampleTag(steps []Step) string {
	st, norm, rest := cutStep(steps)
	switch norm {
	case All:
		return tagText("a", rest) + tagText("b", rest)
	case Names:
		return tagText(placeholder, nil)
	}
	if len(rest) > 0 && rest[0].Kind == Item {
		item, all, inside := cutStep(rest)
		if all == All {
			return strings.Repeat(tagText(st.Name, inside), 2)
		}
		return strings.Repeat(rawTag(st.Name, filler), min(item.Index, maxFillers)) + tagText(st.Name, inside)
	}
	return tagText(st.Name, rest)
}

// tagText returns a tag with what steps say is in it.
func tagText(name string, steps []Step) string {
	if name == placeholder && len(steps) == 0 {
		return rawTag(name, filler)
	}
	if len(steps) == 0 {
		return rawTag(name, placeholder)
	}
	st, norm, rest := cutStep(steps)
	switch st.Kind {
	case XMLTag:
		return rawTag(name, sampleTag(steps))
	case XMLAttr:
		attrs := ""
		for _, a := range attrPairs(st.Name, norm, nested(rest)) {
			attrs += " " + printable(a.name) + `="` + escapeXML(a.text) + `"`
		}
		return "<" + printable(name) + attrs + ">" + filler + "</" + printable(name) + ">"
	}
	return rawTag(name, escapeXML(nested(steps)))
}

func attrPairs(name string, norm Kind, inner string) []pair {
	switch norm {
	case All:
		return []pair{{"a", inner}, {"b", inner}}
	case Names:
		return []pair{{placeholder, filler}}
	}
	return []pair{{name, inner}}
}

func rawTag(name, inner string) string {
	return "<" + printable(name) + ">" + inner + "</" + printable(name) + ">"
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escapeXML(s string) string { return xmlEscapes.Replace(s) }
