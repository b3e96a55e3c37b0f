package traffic

import "time"

// Record is one settled exchange: owned, immutable, safe to keep. Secrets in
// it are already hashed. Bodies and query values are not part of it; what the
// configuration selects is in Params.
type Record struct {
	ID       RequestID     `json:"id"`
	Time     time.Time     `json:"time"`
	Duration time.Duration `json:"duration_ns"`
	App      App           `json:"app"`

	Session Identity `json:"session"`
	Client  Client   `json:"client"`

	Method string `json:"method"`
	Scheme string `json:"scheme,omitempty"`
	Proto  string `json:"proto,omitempty"`
	Host   string `json:"host,omitempty"`
	Path   string `json:"path"`
	Route  string `json:"route,omitempty"`
	Status int    `json:"status"`
	// BytesIn and BytesOut count body bytes.
	BytesIn  int64 `json:"bytes_in"`
	BytesOut int64 `json:"bytes_out"`

	Params  []Param  `json:"params,omitempty"`
	Hits    []Hit    `json:"hits,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Login   Login    `json:"login,omitempty"`
	Verdict Verdict  `json:"verdict"`
	Marks   Mark     `json:"marks,omitzero"`
}

// Login is what the application said of a login attempt.
type Login uint8

// The outcomes of a login.
const (
	NoLogin Login = iota
	LoginSucceeded
	LoginFailed
)

// Mark is a set of unusual things that happened to an exchange.
type Mark uint16

// The marks.
const (
	// BodyTruncated: the request body was longer than what was read ahead.
	BodyTruncated Mark = 1 << iota
	// BodyUndecodable: a parser met something it could not read.
	BodyUndecodable
	// LimitMet: a limit on count, depth or decoded size cut the scan short.
	LimitMet
	// ResponseTruncated: a wanted response body was longer than the capture.
	ResponseTruncated
	// Panicked: the handler panicked; the panic went on.
	Panicked
	// Hijacked: the handler took the connection over.
	Hijacked
	// ClientGone: the client went away before the answer was complete.
	ClientGone
	// SessionEnded: the application ended the session.
	SessionEnded
	// AfterEnd: the request came after the application ended its session.
	AfterEnd
	// EngineFailed: a room of ours failed; the fail mode decided.
	EngineFailed
	// OverBudget: looking at the request took longer than the budget.
	OverBudget
)

var markNames = []string{
	"body_truncated", "body_undecodable", "limit_met", "response_truncated",
	"panicked", "hijacked", "client_gone", "session_ended", "after_end",
	"engine_failed", "over_budget",
}

// Has reports whether all of q are in m.
func (m Mark) Has(q Mark) bool { return m&q == q }

// Names returns the names of the marks, in order.
func (m Mark) Names() []string {
	var names []string
	for i, n := range markNames {
		if m&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return names
}
