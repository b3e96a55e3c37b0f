package lists

import (
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Entry is one line of a list. Entries returned by a [Book] are owned by the
// caller.
//
// To [Book.Add] it says what to list; the fields below "set by the book" are
// ignored there, so that an old entry can be added again as it is.
type Entry struct {
	// ID names the entry in its book, from 1. Set by the book.
	ID uint64 `json:"id"`
	// List is the list it is on. Required.
	List List `json:"list"`
	// Object is what is listed. Required.
	Object Object `json:"object"`
	// Apps are the applications it applies to, at most 1000; empty, or with
	// [traffic.AllApps] among them, all.
	Apps []traffic.App `json:"apps,omitempty"`
	// Except are applications it does not apply to, at most 1000; only with
	// Apps empty.
	Except []traffic.App `json:"except,omitempty"`
	// By is who added it. Kind is required.
	By traffic.Author `json:"by"`
	// Reason is for people to read; up to 1000 bytes. Recommended.
	Reason string `json:"reason,omitempty"`
	// Expires is when it ends; zero is forever. See [Book.Until].
	Expires time.Time `json:"expires,omitzero"`
	// Cause is what led to it, when it was added automatically.
	Cause traffic.Cause `json:"cause,omitzero"`

	// Added is when it was added. Set by the book, as are all fields below.
	Added time.Time `json:"added"`
	// Extended are the later additions of the same object, oldest first: the
	// last 20 of them.
	Extended []Extension `json:"extended,omitempty"`
	// ExtendedMore is how many older ones Extended no longer shows.
	ExtendedMore int `json:"extended_more,omitempty"`
	// Removed is when it was taken off before its time; zero when it was not.
	Removed time.Time `json:"removed,omitzero"`
	// RemovedBy is who took it off, or who added the exception that did.
	RemovedBy traffic.Author `json:"removed_by,omitzero"`
	// Ending is how it was taken off; "" when it was not. An expired entry
	// says so only through [Entry.End].
	Ending Ending `json:"ending,omitempty"`
	// SuppressUntil is until when automatic authors may not add the object
	// again because a person took it off; zero when they may.
	SuppressUntil time.Time `json:"suppress_until,omitzero"`
}

// Extension is a later addition of what was already listed.
type Extension struct {
	Time   time.Time      `json:"time"`
	By     traffic.Author `json:"by"`
	Reason string         `json:"reason,omitempty"`
	// Expires is when the entry ends since then; zero is forever.
	Expires time.Time     `json:"expires,omitzero"`
	Cause   traffic.Cause `json:"cause,omitzero"`
}

// Ending is how an entry ended. It is text, so that old logs stay readable
// when endings are added.
type Ending string

// The endings.
const (
	// Removed: somebody took it off.
	Removed Ending = "removed"
	// Excepted: an exception for the object took it off.
	Excepted Ending = "excepted"
	// Expired: its time was over. Never stored, see [Entry.End].
	Expired Ending = "expired"
)

// Applies reports whether the entry is for the application.
func (e *Entry) Applies(app traffic.App) bool {
	return newScope(e.Apps, e.Except).has(app)
}

// End tells when and how the entry ended, as known at now: taken off, or
// expired. While it is in force the time is zero and the ending "".
func (e *Entry) End(now time.Time) (at time.Time, how Ending) {
	switch {
	case e.Ending != "":
		return e.Removed, e.Ending
	case !e.Expires.IsZero() && !now.Before(e.Expires):
		return e.Expires, Expired
	}
	return time.Time{}, ""
}

// InForce reports whether the entry was in force at t: added, not expired and
// not taken off.
func (e *Entry) InForce(t time.Time) bool {
	return !t.Before(e.Added) &&
		(e.Expires.IsZero() || t.Before(e.Expires)) &&
		(e.Ending == "" || t.Before(e.Removed))
}
