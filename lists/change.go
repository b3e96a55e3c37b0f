package lists

import (
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Change is one record of the log. It is self-contained: list and object are
// repeated in every change of an entry, so that the log alone reads as an
// audit trail.
type Change struct {
	// Seq is the change's number in the log, from 1, increasing. Numbers may
	// be missing where history was forgotten.
	Seq uint64 `json:"seq"`
	// Time is when it was made.
	Time time.Time `json:"time"`
	// Op is what was done.
	Op Op `json:"op"`
	// ID is the entry; for OpAdd it equals Seq.
	ID uint64 `json:"id"`
	// List and Object are those of the entry.
	List   List   `json:"list"`
	Object Object `json:"object"`
	// Apps and Except are the applications of a new entry, or with OpNarrow
	// those that remain.
	Apps   []traffic.App `json:"apps,omitempty"`
	Except []traffic.App `json:"except,omitempty"`
	// By is who made the change.
	By traffic.Author `json:"by"`
	// Reason and Cause come with OpAdd and OpExtend.
	Reason string        `json:"reason,omitempty"`
	Cause  traffic.Cause `json:"cause,omitzero"`
	// Expires is the expiry from now on, with OpAdd, OpExtend and OpReschedule;
	// zero is forever.
	Expires time.Time `json:"expires,omitzero"`
	// Ending comes with OpRemove and OpNarrow.
	Ending Ending `json:"ending,omitempty"`
	// SuppressUntil comes with OpRemove and OpNarrow when a person took off
	// what was automatic.
	SuppressUntil time.Time `json:"suppress_until,omitzero"`
}

// Op is what a change does. It is text, so that a log written by a later
// version is refused by name and not misread.
type Op string

// The operations.
const (
	// OpAdd makes a new entry.
	OpAdd Op = "add"
	// OpExtend records that the same was added again.
	OpExtend Op = "extend"
	// OpReschedule sets another expiry, earlier or later.
	OpReschedule Op = "reschedule"
	// OpNarrow leaves the entry in force for fewer applications.
	OpNarrow Op = "narrow"
	// OpRemove takes the entry off.
	OpRemove Op = "remove"
	// OpClear ends the suppression that taking the entry off brought.
	OpClear Op = "clear"
)
