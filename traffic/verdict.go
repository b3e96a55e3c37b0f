package traffic

import "time"

// Mode says how far the protection may go.
type Mode uint8

// The modes, mildest first.
const (
	ModeInherit      Mode = iota // ask the next wider scope
	ModeOff                      // nothing is looked at, nothing is recorded
	ModeMonitoring               // attacks are registered; deny lists block
	ModeSafeBlocking             // attacks of graylisted sources are blocked
	ModeBlock                    // attacks are blocked
)

// Verdict is what shall happen to a request, and why.
type Verdict struct {
	Action Action `json:"action"`
	Reason Reason `json:"reason,omitempty"`
	// Entry is the id of the list entry that decided; 0 when none did.
	Entry uint64 `json:"entry,omitempty"`
	// Control is the id of the control that decided; "" when none did.
	Control string `json:"control,omitempty"`
	// Allowed is true when an allow list let the request pass unexamined.
	Allowed bool `json:"allowed,omitempty"`
	// Gray is true when the source or the session is graylisted.
	Gray bool `json:"gray,omitempty"`
	// Withheld is true when the handler ran but its answer was replaced,
	// because only the answer told which session this was.
	Withheld bool `json:"withheld,omitempty"`
	// Mode is the mode in force for the request.
	Mode Mode `json:"mode"`
}

// Blocked reports whether the client gets the blocked answer.
func (v *Verdict) Blocked() bool { return v.Action == Block }

// Action is the outcome for the client.
type Action uint8

// The actions.
const (
	Pass    Action = iota
	Monitor        // an attack was registered, the request passes
	Block
)

// Reason is why a request was blocked or registered.
type Reason uint8

// The reasons.
const (
	NoReason        Reason = iota
	AddrDenied             // the address or its prefix is denylisted
	SessionDenied          // the session is denylisted
	AttackFound            // the input carries an attack
	VirtualPatch           // a virtual patch matched
	GraylistedFound        // an attack from a graylisted source, in safe blocking
	ControlCrossed         // a mitigation control
	Failure                // trouble of ours, and the fail mode is closed
)

// AttackType is the kind of an attack, such as "sqli".
type AttackType string

// VirtualPatchType is the attack type of virtual patches, which block in
// every mode but off.
const VirtualPatchType AttackType = "vpatch"

// Hit is one attack found in one place of one request.
type Hit struct {
	Type AttackType `json:"type"`
	// Point is the path of the value, in session form.
	Point string `json:"point"`
	// Payload is the text that was recognised; a record keeps its first 1024
	// bytes.
	Payload string `json:"payload"`
	// Detector names who found it.
	Detector string `json:"detector"`
}

// Reaction is what a control, a profile or a trigger wants done about a
// finding. Rooms leave it as data; the root turns it into list changes.
type Reaction struct {
	Action ReactionAction
	// For is how long; 0 is the default of the action, negative forever.
	For time.Duration
	// Apps limits it; empty means all applications.
	Apps    []App
	Session SessionID
	Addrs   []Addr
	By      Author
	Reason  string
	Cause   Cause
}

// ReactionAction is the kind of a reaction.
type ReactionAction uint8

// The reactions.
const (
	Register ReactionAction = iota // say so, do nothing
	GraylistAddr
	DenyAddr
	DenySession
	DenyBoth
)

// Author is who changed something.
type Author struct {
	Kind AuthorKind `json:"kind"`
	// ID is the id of the control, profile or trigger; for a person, the name
	// the application knows them by.
	ID string `json:"id,omitempty"`
	// Name is for people to read.
	Name string `json:"name,omitempty"`
}

// AuthorKind is the kind of an author. It is text, so that old logs stay
// readable when kinds are added.
type AuthorKind string

// The kinds of authors.
const (
	Manual  AuthorKind = "manual"
	API     AuthorKind = "api"
	Control AuthorKind = "control"
	Abuse   AuthorKind = "abuse"
	Trigger AuthorKind = "trigger"
	Code    AuthorKind = "code"
)

// Automatic reports whether the author is a part of Chaperone rather than
// somebody.
func (k AuthorKind) Automatic() bool { return k == Control || k == Abuse || k == Trigger }

// Cause is what led to a list entry.
type Cause struct {
	Attack     AttackType `json:"attack,omitempty"`
	Request    RequestID  `json:"request,omitzero"`
	Session    SessionID  `json:"session,omitzero"`
	Confidence int        `json:"confidence,omitempty"`
}
