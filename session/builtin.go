package session

import (
	"strings"

	"github.com/chaperone-go/chaperone/point"
)

// BuiltinIdentifier is one place where the built-in set looks for a value
// that identifies a session.
type BuiltinIdentifier struct {
	// Index is its place in the order they are tried, from 0.
	Index int `json:"index"`
	// Name is the identifier's name as it is written there.
	Name string `json:"name"`
	// Group names the identifiers that carry the same thing under several
	// names: equal values of one group meet in one session, values of
	// different groups never do.
	Group string `json:"group"`
	// Path is the place, in session form.
	Path string `json:"path"`
	// Body is true when the place is in the request's body, see
	// [Config.BuiltinBody].
	Body bool `json:"body,omitempty"`
}

// builtinName is a row of the table: a name, and where it is looked for
// besides header and cookie.
type builtinName struct {
	name  string
	group string // default: the name in lower case
	query bool   // in the query and in JSON and form bodies as well
	// plain names are looked for in the query and bodies only: their spelling
	// as header and cookie stands in another row.
	plain bool
}

// builtinNames is the set, in the order it is tried. A session cookie is
// closest to what a session is, so these come first, the more specific names
// before the general ones; then tokens, which are renewed now and then; last
// what names a program rather than somebody.
var builtinNames = []builtinName{
	{name: "PHPSESSID"},
	{name: "JSESSIONID"},
	{name: "ASP.NET_SessionId"},
	{name: "connect.sid"},
	{name: "_session_id"},
	{name: "laravel_session"},
	{name: "SESSION-ID"},
	{name: "session-token"},
	{name: "sessionid"},
	{name: "session"},
	{name: "sid"},

	{name: "Authorization", group: "token", query: true},
	{name: "access-token", group: "token"},
	{name: "access_token", group: "token", query: true},
	{name: "auth-token", group: "token"},
	{name: "X-TOKEN", group: "token"},
	{name: "jwt", group: "token"},
	{name: "KEYCLOAK_IDENTITY"},
	{name: "refresh_token", query: true},

	{name: "X-SECRET"},
	{name: "CLIENT_SECRET"},
	{name: "client_secret", query: true, plain: true},
	{name: "OCP-APIM-SUBSCRIPTION-KEY"},
	{name: "APIKEY", group: "api_key"},
	{name: "api_key", group: "api_key", query: true, plain: true},
	{name: "apiKey", group: "api_key", query: true, plain: true},
	{name: "apikey", group: "api_key", query: true, plain: true},
}

func (b *builtinName) groupName() string {
	if b.group != "" {
		return b.group
	}
	return strings.ToLower(b.name)
}

func (b *builtinName) rules() rules {
	if b.group == "token" {
		return somebody | bare
	}
	return somebody | sealed
}

// Builtin returns the built-in identifiers in the order they are tried after
// the own keys: a published list, made from the table the code uses.
//
// Each name is looked for as a cookie and as a header, some also in the query
// and in JSON and form bodies. Header names know no case, the others do. What
// is no sign of anybody does not work, and the next identifier is tried:
//
//   - an empty value, and the words null, undefined, (null), nil, none and
//     deleted, which programs write where they have no value;
//   - in the group "token", credentials of a scheme that makes new ones for
//     every request, such as Digest, OAuth or AWS4-HMAC-SHA256. Used are Basic,
//     Bearer, Token, JWT, DPoP, lsapi2, mobapp2 and a value without scheme; the
//     scheme is stripped, but for Basic, so that a token is the same one
//     wherever it stands;
//   - cookies of Laravel that are sealed anew with every answer.
//
// A cookie of one of the names that a response sets marks the session of its
// value as issued by us.
func Builtin() []BuiltinIdentifier {
	var list []BuiltinIdentifier
	for i := range builtinNames {
		b := &builtinNames[i]
		for _, path := range b.places() {
			list = append(list, BuiltinIdentifier{
				Index: len(list), Name: b.name, Group: b.groupName(),
				Path: path.String(), Body: path.Steps()[0].Kind == point.Body,
			})
		}
	}
	return list
}

// places returns where the name is looked for, in order.
func (b *builtinName) places() []point.Path {
	var steps [][]point.Step
	if !b.plain {
		steps = append(steps,
			[]point.Step{{Kind: point.Cookie, Name: b.name}},
			[]point.Step{{Kind: point.Header, Name: strings.ToUpper(b.name)}})
	}
	if b.query {
		steps = append(steps,
			[]point.Step{{Kind: point.Query, Name: b.name}},
			[]point.Step{{Kind: point.Body}, {Kind: point.JSON}, {Kind: point.Property, Name: b.name}},
			[]point.Step{{Kind: point.Body}, {Kind: point.Form, Name: b.name}})
	}
	var paths []point.Path
	for _, s := range steps {
		// Paths of this package's own making are valid; a test walks them all.
		if p, err := point.PathFrom(point.Request, s...); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}
