package traffic

// Identity is the answer to "which session is this, and how sure are we".
type Identity struct {
	// ID is the session: provisional after Begin, final after End.
	ID SessionID `json:"id"`
	// Provisional is the session known before the handler ran, when it
	// differs from ID; zero otherwise.
	Provisional SessionID `json:"provisional,omitzero"`
	// Key tells what identified the session.
	Key Key `json:"key"`
	// Strength says how hard the identity is to change at will.
	Strength Strength `json:"strength"`
	// Standing says where the value that identified the session comes from.
	Standing Standing `json:"standing"`
	// User and Role are who the session says, or the application says, it is.
	User string `json:"user,omitempty"`
	Role string `json:"role,omitempty"`
}

// Key is the parameter that identified a session.
type Key struct {
	// Source is the family the key belongs to.
	Source KeySource `json:"source"`
	// Index is its place in that family's order, from 0.
	Index int `json:"index"`
	// Name is the parameter's name, such as "token" or "PHPSESSID".
	Name string `json:"name,omitempty"`
	// Value is the key's value: a hash "keyid:hex" when Hashed, clear
	// otherwise. Built-in keys are always hashed. "" for the address
	// fallbacks.
	Value  string `json:"value,omitempty"`
	Hashed bool   `json:"hashed,omitempty"`
}

// KeySource is a family of grouping keys, in the order they are tried.
type KeySource uint8

// The families of grouping keys.
const (
	NoKey            KeySource = iota // nothing identified the request
	OwnKey                            // a grouping key of the configuration
	BuiltinKey                        // the published built-in set
	AddrUserAgentKey                  // address with user agent
	AddrKey                           // address alone
)

// Strength says how hard an identity is to shed.
type Strength uint8

// The strengths, weakest first.
const (
	StrengthNone   Strength = iota
	StrengthWeak            // address with user agent, address
	StrengthMedium          // address with a TLS fingerprint
	StrengthStrong          // an own key, a cookie, a token
)

// Standing says how far the value that identified a session can be trusted.
// What a client merely claims must not give it a fresh budget.
type Standing uint8

// The standings, least trusted first.
const (
	Observed Standing = iota // an address or fingerprint: seen, not said
	Claimed                  // the client said so; we have never seen it issued
	Issued                   // the value was seen in one of our responses
	Verified                 // a function of the application vouched for it
)

// Param is one context parameter of a request.
type Param struct {
	Name string `json:"name"`
	// Value is the first value found: clear, or "keyid:hex" when Hashed.
	Value  string `json:"value"`
	Found  Found  `json:"found"`
	Hashed bool   `json:"hashed,omitempty"`
	// Key is true when this parameter identified the session.
	Key bool `json:"key,omitempty"`
	// Hidden parameters were reserved by a room, not by the configuration.
	Hidden bool `json:"hidden,omitempty"`
}

// Found says what looking for a value came to.
type Found uint8

// What looking for a value can come to.
const (
	Absent      Found = iota
	Present           // a value, possibly empty
	Undecodable       // something was there that its parser could not read
	TooLarge          // a limit was met before the value was complete
)
