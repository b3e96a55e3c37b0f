package point_test

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
)

// The fields of a multipart body are found where the parameters of a form are
// that has the same names and values.
func TestPartsAreLikeParameters(t *testing.T) {
	names := []string{"a", "b", "a[]", "a[x]", "a[0]", "a[1]", "a[][x]", "a[x][]", "a[x][y]", "a[", "a]", "[a]", "a[x]y", ""}
	suffixes := []string{
		" NAMES", " ALL", " → a", " → b", ` → "a[]"`, ` → "a[x]"`, " → a → ITEM → 0", " → a → ITEM → 1", " → a → ITEM ALL", " → a → POLLUTION",
		" → a → PROPERTY → x", " → a → PROPERTY NAMES", " → a → PROPERTY ALL", " → a → PROPERTY → x → ITEM → 1", " → a → PROPERTY → x → POLLUTION",
		" → a → PROPERTY → x → PROPERTY → y", " → a → ITEM → 0 → PROPERTY → x", " → a → ITEM → 1 → PROPERTY → x", ` → "a["`, ` → "[a]"`, ` → ""`, " ALL → ITEM → 1",
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		var pairs []string
		var list []string
		for range 1 + r.IntN(6) {
			name, value := names[r.IntN(len(names))], itoa(r.IntN(100))
			pairs = append(pairs, url.QueryEscape(name)+"="+value)
			list = append(list, field(name, value))
		}
		wanted := []string{suffixes[r.IntN(len(suffixes))], suffixes[r.IntN(len(suffixes))], suffixes[r.IntN(len(suffixes))]}
		for _, watched := range []bool{false, true} {
			asForm := places(t, "FORM_URLENCODED", "application/x-www-form-urlencoded", strings.Join(pairs, "&"), wanted, watched)
			asParts := places(t, "MULTIPART", "multipart/form-data; boundary=XX", parts(list...), wanted, watched)
			require.Equal(t, asForm, asParts, "%q %q", pairs, wanted)
		}
	}
}

// places says what is found below a step of a body, and what is seen there.
func places(t *testing.T, step, typ, body string, suffixes []string, watched bool) (all []string) {
	t.Helper()
	var set point.Set
	var slots []point.Slot
	for _, suffix := range suffixes {
		slots = append(slots, set.Reserve(point.MustParsePath("REQUEST → BODY → "+step+suffix)))
	}
	var w watcher
	var visitor point.Visitor
	if watched {
		visitor = &w
	}
	var s point.Scan
	s.Reset(set.Compile(point.Limits{}), visitor)
	s.Request(exchangeOf(typ, body))
	for _, slot := range slots {
		all = append(all, outcome(&s, slot))
	}
	require.NoError(t, w.err)
	for _, v := range w.values {
		if !strings.HasPrefix(v.path, "REQUEST → BODY") || strings.Contains(v.path, "HEADER") {
			continue
		}
		if v.isName { // the step it is told at differs
			v.path = "name"
		}
		all = append(all, strings.Replace(v.path, step, "", 1)+"="+v.text)
	}
	return all
}
