package session

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Fold makes a [Part] out of the records of one session and day. Every store
// uses it, so that all stores tell the same.
//
// Its memory is bounded: at most [MaxDistinct] values of each kind. The zero
// Fold is ready; reuse it with Reset. Not safe for concurrent use.
type Fold struct {
	id          traffic.SessionID
	first, last time.Time
	sums        sums

	attacks   tally[traffic.AttackType]
	users     tally[string]
	roles     tally[string]
	addrs     tally[netip.Addr]
	agents    tally[string]
	prints    tally[string]
	apps      tally[traffic.App]
	hosts     tally[string]
	methods   tally[string]
	statuses  tally[int]
	endpoints tally[string]
	tags      tally[string]
	keys      tally[KeyUse]
	related   tally[traffic.SessionID]
	latency   histogram
}

// sums are the plain numbers of a fold.
type sums struct {
	requests, blocked, malicious int
	succeeded, failed            int
	strength                     traffic.Strength
	standing                     traffic.Standing
	in, out                      int64
}

// Reset empties f for the next part, keeping memory for short lists.
func (f *Fold) Reset() {
	f.id, f.first, f.last, f.sums = traffic.SessionID{}, time.Time{}, time.Time{}, sums{}
	f.attacks.reset()
	f.users.reset()
	f.roles.reset()
	f.addrs.reset()
	f.agents.reset()
	f.prints.reset()
	f.apps.reset()
	f.hosts.reset()
	f.methods.reset()
	f.statuses.reset()
	f.endpoints.reset()
	f.tags.reset()
	f.keys.reset()
	f.related.reset()
	f.latency = histogram{}
}

// Len returns how many records were added.
func (f *Fold) Len() int { return f.sums.requests }

// Add counts one record. r is borrowed, its strings are kept. The order of
// records does not matter.
func (f *Fold) Add(r *traffic.Record) {
	f.addTime(r)
	f.addWho(r)
	f.addWhat(r)
	f.addHits(r)
}

func (f *Fold) addTime(r *traffic.Record) {
	f.id = r.Session.ID
	f.sums.requests++
	if f.sums.requests == 1 || r.Time.Before(f.first) {
		f.first = r.Time
	}
	if f.sums.requests == 1 || r.Time.After(f.last) {
		f.last = r.Time
	}
	f.latency.add(r.Duration)
}

func (f *Fold) addWho(r *traffic.Record) {
	s := &r.Session
	addNonZero(&f.users, s.User)
	addNonZero(&f.roles, s.Role)
	addNonZero(&f.addrs, r.Client.Addr)
	addNonZero(&f.agents, r.Client.UserAgent)
	addNonZero(&f.prints, cmp.Or(r.Client.JA4, r.Client.JA3))
	addNonZero(&f.related, s.Provisional)
	f.keys.add(KeyUse{s.Key.Source, s.Key.Index, s.Key.Name})
	f.sums.strength = max(f.sums.strength, s.Strength)
	f.sums.standing = max(f.sums.standing, s.Standing)
	switch r.Login {
	case traffic.LoginSucceeded:
		f.sums.succeeded++
	case traffic.LoginFailed:
		f.sums.failed++
	}
}

func (f *Fold) addWhat(r *traffic.Record) {
	f.apps.add(r.App)
	addNonZero(&f.hosts, r.Host)
	addNonZero(&f.methods, r.Method)
	f.statuses.add(r.Status)
	addNonZero(&f.endpoints, Endpoint(r))
	for _, t := range r.Tags {
		f.tags.add(t)
	}
	f.sums.in += r.BytesIn
	f.sums.out += r.BytesOut
}

func (f *Fold) addHits(r *traffic.Record) {
	for i := range r.Hits {
		f.attacks.add(r.Hits[i].Type)
	}
	if len(r.Hits) > 0 {
		f.sums.malicious++
	}
	if r.Verdict.Blocked() {
		f.sums.blocked++
	}
}

func addNonZero[T comparable](t *tally[T], v T) {
	var zero T
	if v != zero {
		t.add(v)
	}
}

// Part returns the part so far; day is the calendar day it is for, which the
// store knows. The part shares nothing with f but strings.
func (f *Fold) Part(day traffic.Day) *Part {
	return &Part{
		Session: f.id, Day: day, First: f.first, Last: f.last,
		Requests: f.sums.requests, Blocked: f.sums.blocked, Malicious: f.sums.malicious,
		Attacks:         f.attacks.counts(cmp.Compare[traffic.AttackType]),
		Users:           f.users.counts(strings.Compare),
		Roles:           f.roles.counts(strings.Compare),
		Addrs:           f.addrs.counts(netip.Addr.Compare),
		Agents:          f.agents.counts(strings.Compare),
		Prints:          f.prints.counts(strings.Compare),
		Apps:            f.apps.counts(cmp.Compare[traffic.App]),
		Hosts:           f.hosts.counts(strings.Compare),
		Methods:         f.methods.counts(strings.Compare),
		Statuses:        f.statuses.counts(cmp.Compare[int]),
		Endpoints:       f.endpoints.counts(strings.Compare),
		Tags:            f.tags.counts(strings.Compare),
		Keys:            f.keys.counts(KeyUse.compare),
		Related:         f.related.counts(compareIDs),
		LoginsSucceeded: f.sums.succeeded, LoginsFailed: f.sums.failed,
		Strength: f.sums.strength, Standing: f.sums.standing,
		BytesIn: f.sums.in, BytesOut: f.sums.out,
		Latency: f.latency.latency(),
	}
}
