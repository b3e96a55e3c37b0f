package export

import (
	"strconv"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// EventVersion is the version of the [Event] written today. It grows when a
// member changes its meaning, not when one is added.
const EventVersion = 1

// Event is one decision: what was done about one request, and why. It is
// plain data without secrets: no query, no body, no cookie; of the input it
// holds nothing but the clipped payloads of attacks.
type Event struct {
	// Version is [EventVersion].
	Version int `json:"v"`
	// Time is when the request arrived.
	Time time.Time `json:"time"`
	// Request and Session name the request and its final session.
	Request traffic.RequestID `json:"request"`
	Session traffic.SessionID `json:"session"`
	// Client is the client's address; the zero Addr when unknown.
	Client traffic.Addr `json:"client,omitzero"`
	// App is the application: a number, or -1 for the default one.
	App traffic.App `json:"app"`
	// User is the session's user, "" when unknown.
	User string `json:"user,omitempty"`

	// Method, Host and Path say what was asked for, Status what was answered.
	Method string `json:"method"`
	Host   string `json:"host,omitempty"`
	Path   string `json:"path"`
	Status int    `json:"status"`

	// Action and Reason are the decision.
	Action traffic.Action `json:"action"`
	Reason traffic.Reason `json:"reason,omitempty"`
	// Entry is the list entry that decided, 0 for none.
	Entry uint64 `json:"entry,omitempty"`
	// Control is the control that decided, "" for none.
	Control string `json:"control,omitempty"`
	// Mode is the mode that was in force.
	Mode traffic.Mode `json:"mode"`
	// Allowed, Gray and Withheld are as in [traffic.Verdict].
	Allowed  bool `json:"allowed,omitempty"`
	Gray     bool `json:"gray,omitempty"`
	Withheld bool `json:"withheld,omitempty"`
	// Attacks are the attacks found. They are shared with the record: not to
	// be changed.
	Attacks []traffic.Hit `json:"attacks,omitempty"`
	// Marks are what was unusual.
	Marks traffic.Mark `json:"marks,omitzero"`
}

// EventOf returns the decision that r tells of.
func EventOf(r *traffic.Record) Event {
	return Event{
		Version:  EventVersion,
		Time:     r.Time,
		Request:  r.ID,
		Session:  r.Session.ID,
		Client:   r.Client.Addr,
		App:      r.App,
		User:     r.Session.User,
		Method:   r.Method,
		Host:     r.Host,
		Path:     r.Path,
		Status:   r.Status,
		Action:   r.Verdict.Action,
		Reason:   r.Verdict.Reason,
		Entry:    r.Verdict.Entry,
		Control:  r.Verdict.Control,
		Mode:     r.Verdict.Mode,
		Allowed:  r.Verdict.Allowed,
		Gray:     r.Verdict.Gray,
		Withheld: r.Verdict.Withheld,
		Attacks:  r.Hits,
		Marks:    r.Marks,
	}
}

// AppendJSON appends the event as a JSON object to b, the members as
// encoding/json writes them, hostile text as the package comment says.
func (e *Event) AppendJSON(b []byte) []byte {
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, int64(e.Version), 10)
	b = append(b, `,"time":`...)
	b = appendTime(b, e.Time)
	b = append(b, `,"request":"`...)
	b = appendHex(b, e.Request[:])
	b = append(b, `","session":"`...)
	b = append(appendHex(b, e.Session[:]), '"')
	if e.Client.IsValid() {
		b = append(b, `,"client":"`...)
		b = append(e.Client.AppendTo(b), '"')
	}
	b = append(b, `,"app":`...)
	b = strconv.AppendInt(b, int64(e.App), 10)
	b = appendMember(b, `,"user":`, e.User)
	b = append(b, `,"method":`...)
	b = appendString(b, e.Method)
	b = appendMember(b, `,"host":`, e.Host)
	b = append(b, `,"path":`...)
	b = appendString(b, e.Path)
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(e.Status), 10)
	b = e.appendDecision(b)
	return append(b, '}')
}

func (e *Event) appendDecision(b []byte) []byte {
	b = append(b, `,"action":`...)
	b = appendString(b, e.Action.String())
	if e.Reason != traffic.NoReason {
		b = appendMember(b, `,"reason":`, e.Reason.String())
	}
	if e.Entry != 0 {
		b = append(b, `,"entry":`...)
		b = strconv.AppendUint(b, e.Entry, 10)
	}
	b = appendMember(b, `,"control":`, e.Control)
	b = append(b, `,"mode":`...)
	b = appendString(b, e.Mode.String())
	b = appendTrue(b, `,"allowed":`, e.Allowed)
	b = appendTrue(b, `,"gray":`, e.Gray)
	b = appendTrue(b, `,"withheld":`, e.Withheld)
	b = appendHits(b, `,"attacks":`, e.Attacks)
	return appendMarkNames(b, e.Marks)
}
