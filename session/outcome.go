package session

import "fmt"

// Outcome is what looking for a key came to.
type Outcome uint8

// What looking for a key can come to. Only Found works.
const (
	NotFound    Outcome = iota
	Found               // a value that works
	Undecodable         // something was there that its parser could not read
	TooLarge            // a limit was met before the value was complete
	TooLong             // longer than a key may be, see [MaxKeyBytes]
	Empty               // the empty value does not work
	Nobody              // a word that stands for having no value
	Unsteady            // made anew for every request, so it groups nothing
	Masked              // a mask affects it
	NotYet              // stands in the response, which is not there yet
)

var outcomes = []string{
	"absent", "found", "undecodable", "too_large", "too_long", "empty",
	"nobody", "unsteady", "masked", "not_yet",
}

// String returns the outcome's name in JSON and logs.
func (o Outcome) String() string {
	if int(o) < len(outcomes) {
		return outcomes[o]
	}
	return fmt.Sprintf("invalid(%d)", uint8(o))
}

// MarshalText implements [encoding.TextMarshaler].
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (o *Outcome) UnmarshalText(b []byte) error {
	for i, name := range outcomes {
		if name == string(b) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("outcome %q: want one of %q", clip(string(b), 80), outcomes)
}
