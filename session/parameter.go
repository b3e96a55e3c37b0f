package session

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chaperone-go/chaperone/point"
)

// Parameter is a value to look at in each exchange: remembered with the
// request, and, with Key, used to group requests into sessions.
type Parameter struct {
	// Name is what people call it. Default: the last name in Path, or Path
	// itself when it has none. At most 128 bytes, unique among the visible
	// parameters.
	Name string `json:"name,omitempty"`
	// Path is where the value stands, in either notation of [point.ParsePath]:
	// "RESPONSE → BODY → JSON → PROPERTY → token".
	Path string `json:"path"`
	// Type says whether the value names the session's user or role. The first
	// parameter of a type that has a value wins; what the application states
	// itself wins over all of them.
	Type ParamType `json:"type,omitempty"`
	// Key groups sessions by this value. Keys are tried in the order of
	// [Config.Parameters]; keys of the response stand in the same order.
	// Clearing it keeps the parameter as context.
	Key bool `json:"key,omitempty"`
	// Namespace keeps keys apart: equal values meet in one session only when
	// their namespaces are equal too. Give one to every key whose values are
	// short, such as numbers: user 1 and cart 1 are not the same. Default: the
	// namespace of all keys without one. At most 64 bytes.
	Namespace string `json:"namespace,omitempty"`
	// Secret stores, logs and exports only a keyed hash of the value, by which
	// presence and equality can be seen. It applies to the user and role taken
	// from the parameter as well. The value of a key is a credential as a
	// rule, so keys are hashed also without Secret, unless Clear is set.
	// Clearing Key takes that back: set Secret on a credential that shall stay
	// hashed when it is only context.
	Secret bool `json:"secret,omitempty"`
	// Clear stores the value of a key as it is. Not together with Secret.
	Clear bool `json:"clear,omitempty"`
	// Hidden marks a parameter that a part of Chaperone reserved for itself. It
	// is remembered like the others, but is not listed, does not count towards
	// [Config.MaxParameters] and cannot be a key. One that asks for the same
	// place as an earlier parameter is merged with it.
	Hidden bool `json:"hidden,omitempty"`

	// Verify says whether the application vouches for the value: the session
	// is then verified rather than claimed. When Path goes through a JWT,
	// Verify is given the whole token, without prefix, so that it can check
	// the signature. It is called at most once for a request, on its
	// goroutine, and only when this key identified the session by a value of
	// the request. It must be safe for concurrent use. Default: nobody
	// vouches. Only for keys.
	Verify func(value string) bool `json:"-"`
	// Normalize changes a value before it is compared, hashed and stored, for
	// instance to lower case; see also [BareToken]. What it makes empty does
	// not work as a key. It must be safe for concurrent use and depend on
	// nothing but its argument. Default: values are taken as they are.
	Normalize func(value string) string `json:"-"`
}

// Hashed reports whether only a keyed hash of the value is stored.
func (p *Parameter) Hashed() bool { return p.Secret || (p.Key && !p.Clear) }

// ParamType says what a parameter tells about the session.
type ParamType uint8

// The types of parameters.
const (
	Plain ParamType = iota // context only
	User                   // names the user
	Role                   // names the user's role
)

// String returns "plain", "user" or "role".
func (t ParamType) String() string {
	switch t {
	case Plain:
		return "plain"
	case User:
		return "user"
	case Role:
		return "role"
	}
	return fmt.Sprintf("invalid(%d)", uint8(t))
}

// MarshalText implements [encoding.TextMarshaler].
func (t ParamType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. Empty text is Plain.
func (t *ParamType) UnmarshalText(b []byte) error {
	switch string(b) {
	case "", "plain":
		*t = Plain
	case "user":
		*t = User
	case "role":
		*t = Role
	default:
		return fmt.Errorf("parameter type %q: want plain, user or role", clip(string(b), 80))
	}
	return nil
}

const (
	maxNameBytes      = 128
	maxNamespaceBytes = 64
)

// check returns everything that is wrong with p itself, and its path.
func (p *Parameter) check() (point.Path, error) {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	path, err := point.ParsePath(p.Path)
	if err != nil {
		bad("Path: %w", err)
	} else if p.Key {
		if err := path.Keyable(); err != nil {
			bad("Path: no grouping key: %w", err)
		}
	}
	checkText(bad, "Name", p.Name, maxNameBytes)
	checkText(bad, "Namespace", p.Namespace, maxNamespaceBytes)
	if p.Type > Role {
		bad("Type: %v", p.Type)
	}
	if p.Secret && p.Clear {
		bad("Clear: contradicts Secret")
	}
	if p.Hidden && p.Key {
		bad("Key: a hidden parameter cannot group sessions")
	}
	if !p.Key && p.Namespace != "" {
		bad("Namespace: only a key has one")
	}
	if !p.Key && p.Verify != nil {
		bad("Verify: only a key can be verified")
	}
	if p.Verify != nil && err == nil && path.Side() == point.Response {
		bad("Verify: what we answer needs no vouching")
	}
	return path, errors.Join(errs...)
}

func checkText(bad func(string, ...any), field, s string, most int) {
	switch {
	case len(s) > most:
		bad("%s: %d bytes, at most %d are allowed", field, len(s), most)
	case !utf8.ValidString(s):
		bad("%s: %q is not UTF-8", field, s)
	case strings.ContainsFunc(s, unicode.IsControl):
		bad("%s: %q has control characters", field, s)
	}
}

// defaultName returns the name of a parameter that was given none.
func defaultName(path point.Path) string {
	steps := path.Steps()
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Name != "" {
			return clipText(steps[i].Name, maxNameBytes)
		}
	}
	return clipText(path.String(), maxNameBytes)
}
