package lists

import (
	"fmt"
	"slices"
)

// List is one of the four lists. It is text in JSON and logs.
type List uint8

// The lists. The zero List is none of them, so that a forgotten field is an
// error and not a list.
const (
	// Allow lets a source pass without further analysis; it wins over Deny.
	Allow List = iota + 1
	// Deny blocks a source or a session.
	Deny
	// Gray blocks attacks of a source in safe blocking.
	Gray
	// Exception keeps API Abuse Prevention off a source.
	Exception
)

var listNames = []string{"none", "allow", "deny", "gray", "exception"}

// valid reports whether l is one of the four lists.
func (l List) valid() bool { return l >= Allow && l <= Exception }

// String returns the list's name in JSON and logs.
func (l List) String() string { return enumName(listNames, int(l)) }

// MarshalText implements [encoding.TextMarshaler].
func (l List) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (l *List) UnmarshalText(b []byte) error {
	i, err := enumIndex(listNames, "list", b)
	*l = List(i)
	return err
}

// Kind is what an object is. It is text in JSON and logs; further kinds will
// be added.
type Kind uint8

// The kinds of objects. The zero Kind is none of them.
const (
	// Address is a single address.
	Address Kind = iota + 1
	// Prefix is a block of addresses.
	Prefix
	// Session is a session.
	Session
)

var kindNames = []string{"none", "address", "prefix", "session"}

// String returns the kind's name in JSON and logs.
func (k Kind) String() string { return enumName(kindNames, int(k)) }

// MarshalText implements [encoding.TextMarshaler].
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (k *Kind) UnmarshalText(b []byte) error {
	i, err := enumIndex(kindNames, "kind of object", b)
	*k = Kind(i)
	return err
}

func enumName(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("invalid(%d)", i)
}

// enumIndex finds b among the names; the zero name is not accepted.
func enumIndex(names []string, what string, b []byte) (int, error) {
	if i := slices.Index(names, string(b)); i > 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%s %q: want one of %q", what, clip(string(b)), names[1:])
}

// clip shortens foreign text for an error message.
func clip(s string) string { return s[:min(len(s), 80)] }
