package middleware

import (
	"strings"
)

// maxRanges is how many media ranges of Accept are looked at. Browsers send
// fewer than ten.
const maxRanges = 32

// prefersHTML reports whether a client with these Accept headers wants a page
// rather than JSON. A program that says nothing, or takes anything, gets JSON.
func prefersHTML(accept []string) bool {
	var html, json preference
	seen := 0
	for _, line := range accept {
		for line != "" && seen < maxRanges {
			var item string
			item, line, _ = strings.Cut(line, ",")
			seen++
			kind, q, ok := mediaRange(item)
			if !ok {
				continue
			}
			switch kind {
			case "*/*":
				html.hear(0, q)
				json.hear(0, q)
			case "text/*":
				html.hear(1, q)
			case "application/*":
				json.hear(1, q)
			case "text/html", "application/xhtml+xml":
				html.hear(2, q)
			case "application/json", "application/problem+json":
				json.hear(2, q)
			}
		}
	}
	return html.q > json.q
}

// preference is the quality of a type; the most specific range that names it
// counts, and of several as specific the best.
type preference struct {
	how int // how specific
	q   int // in thousandths
}

func (p *preference) hear(how, q int) {
	if how > p.how || how == p.how && q > p.q {
		p.how, p.q = how, q
	}
}

// mediaRange reads one range such as "text/html;level=1;q=0.8". ok is false
// when its quality is malformed.
func mediaRange(s string) (kind string, q int, ok bool) {
	kind, params, _ := strings.Cut(s, ";")
	kind = strings.ToLower(trimSpace(kind))
	q = 1000
	for params != "" {
		var p string
		p, params, _ = strings.Cut(params, ";")
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(trimSpace(name), "q") {
			q, ok = quality(trimSpace(value))
			return kind, q, ok
		}
	}
	return kind, q, true
}

// quality reads a weight from 0 to 1 with up to three decimals, in thousandths.
func quality(s string) (q int, ok bool) {
	whole, decimals, _ := strings.Cut(s, ".")
	if whole != "0" && whole != "1" || len(decimals) > 3 {
		return 0, false
	}
	for i := range 3 {
		digit := byte('0')
		if i < len(decimals) {
			digit = decimals[i]
		}
		if digit < '0' || digit > '9' {
			return 0, false
		}
		q = 10*q + int(digit-'0')
	}
	if whole == "1" {
		return 1000, q == 0
	}
	return q, true
}
