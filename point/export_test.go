package point

import (
	"strconv"
	"strings"
)

// PlainPath is AppendPath without quotes, for comparing.
func PlainPath(v Value) string {
	var b strings.Builder
	b.WriteString(v.Side().String())
	for _, c := range v.scan.trail {
		b.WriteString(" → " + c.kind.String())
		switch {
		case c.kind == Header:
			b.WriteString(" → " + strings.ToUpper(string(c.name)))
		case c.kind.HasName():
			b.WriteString(" → " + string(c.name))
		case c.kind.HasIndex():
			b.WriteString(" → " + strconv.Itoa(c.index))
		}
	}
	return b.String()
}
