package point_test

import (
	"testing"

	"github.com/chaperone-go/chaperone/point"
)

// FuzzParsePath checks that no text breaks the parser, and that what it
// accepts survives printing in both notations.
func FuzzParsePath(f *testing.F) {
	for _, n := range notations {
		f.Add(n.session)
		f.Add(n.tags)
	}
	for _, s := range []string{
		"", "[", "REQUEST", "REQUEST →", "[post,]", `REQUEST → QUERY → "\x`, "[[[", "[query,'q'],[hash,'x']",
		"request>body json>property>x", "[header,'COOKIE'],[cookie,'b']", "REQUEST → BODY → XML → XML_PI → GZIP",
		"REQUEST → QUERY → t → JWT → jwt_payload → BASE64 → BASE64 → JSON", "REQUEST → BODY → GRPC",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := point.ParsePath(s)
		if err != nil {
			if !p.IsZero() {
				t.Fatal("an error with a path")
			}
			return
		}
		checkPath(t, p)
	})
}
