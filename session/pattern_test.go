package session

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPattern(t *testing.T) {
	match := func(pattern, text string, want bool) {
		t.Helper()
		p := compilePattern(pattern, false)
		require.Equal(t, want, p.match(text), "%q on %q", pattern, text)
	}
	match("/orders", "/orders", true)
	match("/orders", "/orders/", false)
	match("/orders/*", "/orders/1/items", true)
	match("/orders/*", "/orders/", true)
	match("/orders/*", "/orders", false)
	match("*", "", true)
	match("*/admin", "/a/b/admin", true)
	match("*/admin", "/a/admin/b", false)
	match("/o?", "/o1", true)
	match("/o?", "/oé", true)
	match("/o?", "/o", false)
	match("a*b*c", "a-b-b-c", true)
	match("a*b*c", "acb", false)
	match(`/a\*b`, "/a*b", true)
	match(`/a\*b`, "/axb", false)
	match(`/a\`, `/a\`, true)
	match("a**", "a", true)
	match("", "", true)
	match("", "x", false)
}

func TestPatternFold(t *testing.T) {
	match := func(pattern, text string, want bool) {
		t.Helper()
		p := compilePattern(pattern, true)
		require.Equal(t, want, p.match(text), "%q on %q", pattern, text)
	}
	match("Shop.Example.com", "shop.example.COM", true)
	match("*.example.com", "API.EXAMPLE.COM", true)
	match("*.example.com", "example.com", false)
	match("shop.example.com", "shop.example.org", false)
}

// regexpOf says the same as a pattern in a language that is surely right.
func regexpOf(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(r)))
			escaped = false
		case r == '\\':
			escaped = true
		case r == '*':
			b.WriteString(".*")
		case r == '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	if escaped {
		b.WriteString(`\\`)
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

func TestPatternOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	text := func(alphabet string, n int) string {
		letters := []rune(alphabet)
		var b strings.Builder
		for range rnd.IntN(n) {
			b.WriteRune(letters[rnd.IntN(len(letters))])
		}
		return b.String()
	}
	for range 20_000 {
		pattern, s := text(`ab/*?\é`, 8), text(`ab/*é`, 10)
		p := compilePattern(pattern, false)
		require.Equal(t, regexpOf(pattern).MatchString(s), p.match(s), "%q on %q", pattern, s)
	}
}

// TestPatternPrice checks that no pattern is dear: a bad one would take
// exponential time with naive backtracking.
func TestPatternPrice(t *testing.T) {
	p := compilePattern(strings.Repeat("a*", 1000)+"b", false)
	require.False(t, p.match(strings.Repeat("a", 8000)))
}

func FuzzPattern(f *testing.F) {
	f.Add("/orders/*", "/orders/1")
	f.Add("a*b?c", "aXbYc")
	f.Add(`\**\`, `*x\`)
	f.Add("*\xff?", "a\xffb")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p := compilePattern(pattern, false)
		got := p.match(text)
		// Bytes that are no UTF-8 mean something else to regexp.
		if len(pattern) < 100 && strings.ToValidUTF8(pattern, "") == pattern && strings.ToValidUTF8(text, "") == text {
			require.Equal(t, regexpOf(pattern).MatchString(text), got)
		}
	})
}
