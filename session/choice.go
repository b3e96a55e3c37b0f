package session

import "fmt"

// Choice asks for a property, against it, or does not ask.
type Choice uint8

// The choices.
const (
	Either Choice = iota // does not matter
	Yes
	No
)

// ChoiceOf returns Yes for true and No for false.
func ChoiceOf(b bool) Choice {
	if b {
		return Yes
	}
	return No
}

// accepts reports whether a thing that has the property, or has it not, is
// wanted.
func (c Choice) accepts(has bool) bool { return c == Either || (c == Yes) == has }

// String returns "either", "yes" or "no".
func (c Choice) String() string {
	switch c {
	case Either:
		return "either"
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return fmt.Sprintf("invalid(%d)", uint8(c))
}

// MarshalText implements [encoding.TextMarshaler].
func (c Choice) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. Empty text is Either.
func (c *Choice) UnmarshalText(b []byte) error {
	switch string(b) {
	case "", "either":
		*c = Either
	case "yes":
		*c = Yes
	case "no":
		*c = No
	default:
		return fmt.Errorf("choice %q: want yes, no or either", clip(string(b), 80))
	}
	return nil
}
