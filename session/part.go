package session

import (
	"cmp"
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Part is what one session did on one calendar day. It is made by a [Fold]
// and belongs to whoever got it.
//
// Whether the session is blocked is not part of it: that is read from the
// lists at the moment of asking, so it is never stale.
type Part struct {
	Session traffic.SessionID `json:"session"`
	Day     traffic.Day       `json:"day"`
	// First and Last are the times of the earliest and the latest request.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`

	Requests int `json:"requests"`
	// Blocked counts requests with the blocked answer, Malicious those with at
	// least one hit.
	Blocked   int `json:"blocked"`
	Malicious int `json:"malicious"`
	// Attacks counts hits by type; a request may have several.
	Attacks Counts[traffic.AttackType] `json:"attacks,omitzero"`

	Users  Counts[string]      `json:"users,omitzero"`
	Roles  Counts[string]      `json:"roles,omitzero"`
	Addrs  Counts[netip.Addr]  `json:"addrs,omitzero"`
	Agents Counts[string]      `json:"user_agents,omitzero"`
	Prints Counts[string]      `json:"fingerprints,omitzero"` // JA4, else JA3
	Apps   Counts[traffic.App] `json:"apps,omitzero"`
	Hosts  Counts[string]      `json:"hosts,omitzero"`
	// Methods and Statuses count requests by method and by status code.
	Methods  Counts[string] `json:"methods,omitzero"`
	Statuses Counts[int]    `json:"statuses,omitzero"`
	// Endpoints counts requests by [Endpoint].
	Endpoints Counts[string] `json:"endpoints,omitzero"`
	Tags      Counts[string] `json:"tags,omitzero"`
	// Keys tells which keys identified the session, in how many requests.
	Keys Counts[KeyUse] `json:"keys,omitzero"`
	// Related are the sessions its requests seemed to belong to before the
	// answer told: a login joins the anonymous session to the user's own.
	Related Counts[traffic.SessionID] `json:"related,omitzero"`

	LoginsSucceeded int `json:"logins_succeeded,omitempty"`
	LoginsFailed    int `json:"logins_failed,omitempty"`
	// Strength and Standing are the highest among the requests.
	Strength traffic.Strength `json:"strength"`
	Standing traffic.Standing `json:"standing"`

	BytesIn  int64   `json:"bytes_in"`
	BytesOut int64   `json:"bytes_out"`
	Latency  Latency `json:"latency"`
}

// Duration is the time from the first request to the last.
func (p *Part) Duration() time.Duration { return p.Last.Sub(p.First) }

// KeyUse names a grouping key: its family, its place there and its name.
type KeyUse struct {
	Source traffic.KeySource `json:"source"`
	Index  int               `json:"index"`
	Name   string            `json:"name,omitempty"`
}

func (a KeyUse) compare(b KeyUse) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Index, b.Index), cmp.Compare(a.Name, b.Name))
}

// Latency tells how long answers took. Min and Max are exact, Median is at
// most 3.2 % off.
type Latency struct {
	Min    time.Duration `json:"min_ns"`
	Median time.Duration `json:"median_ns"`
	Max    time.Duration `json:"max_ns"`
}

// Endpoint returns what a request counts for among the endpoints: the path
// part of its route pattern when the router told one, the path otherwise. The
// string is part of r's, not a copy.
func Endpoint(r *traffic.Record) string {
	if r.Route == "" {
		return r.Path
	}
	return routePath(r.Route)
}
