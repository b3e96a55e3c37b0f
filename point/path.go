package point

// Side is the half of an exchange a path starts in.
type Side uint8

// The sides.
const (
	NoSide Side = iota
	Request
	Response
)

// Step is one step of a [Path]: what is entered, and by which name or index.
// Name is set only for kinds with a name, Index only for kinds with an index.
type Step struct {
	Kind  Kind
	Name  string
	Index int
}

// Path is the address of a value in a request or a response. Paths are
// immutable and comparable by [Path.Equal]; the zero Path is invalid and
// prints as "".
type Path struct {
	side  Side
	steps []Step
}

// Side returns the half of the exchange the path starts in; NoSide for the
// zero Path.
func (p Path) Side() Side { return p.side }

// IsZero reports whether p is the zero Path.
func (p Path) IsZero() bool { return p.side == NoSide }

// String returns "REQUEST", "RESPONSE", or "" for NoSide.
func (s Side) String() string {
	switch s {
	case Request:
		return "REQUEST"
	case Response:
		return "RESPONSE"
	}
	return ""
}
