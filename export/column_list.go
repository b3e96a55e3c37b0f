package export

import (
	"encoding/hex"

	"github.com/chaperone-go/chaperone/traffic"
)

func appendHex(b, id []byte) []byte { return hex.AppendEncode(b, id) }

// appendList writes n texts separated by |. A | in a text is written \x7c.
// The cell is always quoted: the texts may hold anything.
func appendList(b []byte, n int, text func(int) string) []byte {
	if n == 0 {
		return b
	}
	b = append(b, '"')
	if formula(text(0)) {
		b = append(b, '\'')
	}
	for i := range n {
		if i > 0 {
			b = append(b, '|')
		}
		b = appendListText(b, text(i))
	}
	return append(b, '"')
}

func appendListText(b []byte, s string) []byte {
	for {
		i := 0
		for i < len(s) && s[i] != '|' {
			i++
		}
		b = appendCellText(b, s[:i])
		if i == len(s) {
			return b
		}
		b = append(b, `\x7c`...)
		s = s[i+1:]
	}
}

// appendAttacks writes each type once, in the order of the first hit.
func appendAttacks(b []byte, hits []traffic.Hit) []byte {
	var kinds [8]string // an inline start: few requests carry more types
	list := kinds[:0]
	for i := range hits {
		if k := string(hits[i].Type); !contains(list, k) {
			list = append(list, k)
		}
	}
	return appendList(b, len(list), func(i int) string { return list[i] })
}

func contains(list []string, s string) bool {
	for _, t := range list {
		if t == s {
			return true
		}
	}
	return false
}

func appendFlags(b []byte, v *traffic.Verdict) []byte {
	start := len(b)
	flag := func(on bool, name string) {
		if !on {
			return
		}
		if len(b) > start {
			b = append(b, '|')
		}
		b = append(b, name...)
	}
	flag(v.Allowed, "allowed")
	flag(v.Gray, "gray")
	flag(v.Withheld, "withheld")
	return b
}

func appendMarks(b []byte, m traffic.Mark) []byte {
	if m == 0 {
		return b // Fast path: nothing unusual.
	}
	for i, n := range m.Names() {
		if i > 0 {
			b = append(b, '|')
		}
		b = append(b, n...)
	}
	return b
}

// appendParams writes the parameters that have a value as a query string:
// spreadsheets leave it alone and every language can take it apart.
func appendParams(b []byte, params []traffic.Param) []byte {
	first := true
	for i := range params {
		p := &params[i]
		if p.Found != traffic.Present {
			continue
		}
		if !first {
			b = append(b, '&')
		} else if p.Name == "" {
			b = append(b, '\'') // the cell would start with the =
		}
		first = false
		b = appendQuery(b, p.Name)
		b = append(b, '=')
		b = appendQuery(b, p.Value)
	}
	return b
}

// appendQuery writes s URL-encoded: everything but letters, digits and
// . _ ~ : and a minus that cannot start a formula.
func appendQuery(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '.', c == '_', c == '~', c == ':', c == '-' && i > 0:
			b = append(b, c)
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

const upperHex = "0123456789ABCDEF"
