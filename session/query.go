package session

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Query selects records. The zero Query selects all of them.
//
// Each filled field must accept a record. A field with several entries
// accepts a record that fits one of them. Text is compared as it is, but for
// hosts, where case does not matter.
type Query struct {
	// Sessions are the sessions a record may belong to. All parts of one
	// session are found by its id.
	Sessions []traffic.SessionID `json:"sessions,omitempty"`
	// Request selects one request.
	Request traffic.RequestID `json:"request,omitzero"`
	// From and To bound the time of a record: From <= time < To. Zero is open.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`

	Apps  []traffic.App `json:"apps,omitempty"`
	Users []string      `json:"users,omitempty"`
	Roles []string      `json:"roles,omitempty"`
	// Hosts may use * and ? as Path does: "*.example.com".
	Hosts   []string `json:"hosts,omitempty"`
	Methods []string `json:"methods,omitempty"`
	// Addrs are blocks of client addresses; a single address is a /32 or /128.
	Addrs  []netip.Prefix `json:"addrs,omitempty"`
	Status []StatusRange  `json:"status,omitempty"`
	// Attacks selects requests with a hit of one of the types.
	Attacks []traffic.AttackType `json:"attacks,omitempty"`
	// Tags selects requests the application gave one of the tags.
	Tags []string `json:"tags,omitempty"`
	// Path is a pattern for the path, or the path itself: * stands for any
	// text, also with slashes and also empty, ? for one character, \ takes the
	// meaning from the next character.
	Path string `json:"path,omitempty"`

	// Malicious asks for requests with any hit.
	Malicious Choice `json:"malicious,omitzero"`
	// Blocked asks for requests that got the blocked answer.
	Blocked Choice `json:"blocked,omitzero"`

	// Limit is how many records (or parts) to yield at most; 0 is no limit.
	Limit int `json:"limit,omitempty"`
	// Newest yields the newest first.
	Newest bool `json:"newest,omitempty"`
}

// Bounds of a query. A query comes from a page or an API: it must not be able
// to buy much memory.
const (
	maxQueryEntries = 1000 // in each list of a query
	maxPatternBytes = 4096 // of a path or host pattern
)

// Match reports whether q selects r. It compiles q each time and so is for
// single records; use [Query.Compile] for many. A query that does not compile
// matches nothing.
func (q Query) Match(r *traffic.Record) bool {
	m, err := q.Compile()
	return err == nil && m.Match(r)
}

// Validate returns everything that is wrong with q, each problem named by its
// field.
func (q *Query) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, l := range q.lengths() {
		if l.n > maxQueryEntries {
			bad("%s: %d entries, at most %d are allowed", l.field, l.n, maxQueryEntries)
		}
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		bad("To: %s is not after From, %s", q.To.Format(time.RFC3339), q.From.Format(time.RFC3339))
	}
	for i, p := range q.Addrs {
		if !p.IsValid() {
			bad("Addrs[%d]: not a valid prefix", i)
		}
	}
	for i, r := range q.Status {
		if err := r.check(); err != nil {
			bad("Status[%d]: %w", i, err)
		}
	}
	for i, h := range q.Hosts {
		if len(h) > maxPatternBytes {
			bad("Hosts[%d]: %d bytes, at most %d are allowed", i, len(h), maxPatternBytes)
		}
	}
	if len(q.Path) > maxPatternBytes {
		bad("Path: %d bytes, at most %d are allowed", len(q.Path), maxPatternBytes)
	}
	if q.Malicious > No {
		bad("Malicious: %v", q.Malicious)
	}
	if q.Blocked > No {
		bad("Blocked: %v", q.Blocked)
	}
	if q.Limit < 0 {
		bad("Limit: %d is negative; 0 is no limit", q.Limit)
	}
	return errors.Join(errs...)
}

type fieldLength struct {
	field string
	n     int
}

func (q *Query) lengths() []fieldLength {
	return []fieldLength{
		{"Sessions", len(q.Sessions)}, {"Apps", len(q.Apps)}, {"Users", len(q.Users)},
		{"Roles", len(q.Roles)}, {"Hosts", len(q.Hosts)}, {"Methods", len(q.Methods)},
		{"Addrs", len(q.Addrs)}, {"Status", len(q.Status)}, {"Attacks", len(q.Attacks)},
		{"Tags", len(q.Tags)},
	}
}
