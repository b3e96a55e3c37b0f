package point

import (
	"fmt"
	"strings"
)

// PathError tells why a path is refused, and where.
type PathError struct {
	// Text is the path as it was given; "" when it was given as steps.
	Text string
	// Offset is the byte in Text at which the step that is refused begins.
	Offset int
	// Step is the number of that step. The side is step 0; words and the
	// names and indexes that go with them count as one step.
	Step int
	// Reason says what is wrong and what was expected.
	Reason string
}

// Error returns the text, the step and the reason in one line.
func (e *PathError) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("path: step %d: %s", e.Step, e.Reason)
	}
	return fmt.Sprintf("path %q: step %d, at byte %d: %s", clip(e.Text, 200), e.Step, e.Offset, e.Reason)
}

// clip shortens foreign text for a message.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// expected lists words for a message: "A", "A or B", "A, B or C".
func expected(words []string) string {
	switch n := len(words); n {
	case 0:
		return "the end of the path"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
}

// nearest returns the word that text was probably meant to be, or "".
func nearest(text string, words []string) string {
	best, least := "", 1+min(len(text), 8)/3
	for _, w := range words {
		if d := distance(strings.ToLower(text), strings.ToLower(w), least); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance returns how many letters must be changed, added or left out to
// make a of b; at least most when the lengths alone differ by that much.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
