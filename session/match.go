package session

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Matcher is a compiled [Query]. It is immutable and safe for concurrent use.
// The zero Matcher matches everything.
type Matcher struct {
	q        Query
	sessions members[traffic.SessionID]
	apps     members[traffic.App]
	users    members[string]
	roles    members[string]
	methods  members[string]
	tags     members[string]
	attacks  members[traffic.AttackType]
	hosts    []pattern
	addrs    []netip.Prefix
	path     pattern
}

// Compile checks q and makes it ready for many records. The error tells all
// problems at once, see [Query.Validate]. The slices of q are copied.
func (q Query) Compile() (Matcher, error) {
	if err := q.Validate(); err != nil {
		return Matcher{}, fmt.Errorf("session query: %w", err)
	}
	m := Matcher{
		q:        q,
		sessions: membersOf(q.Sessions),
		apps:     membersOf(q.Apps),
		users:    membersOf(q.Users),
		roles:    membersOf(q.Roles),
		methods:  membersOf(q.Methods),
		tags:     membersOf(q.Tags),
		attacks:  membersOf(q.Attacks),
		path:     compilePattern(q.Path, false),
	}
	m.q.Status = slices.Clone(q.Status)
	for _, h := range q.Hosts {
		m.hosts = append(m.hosts, compilePattern(h, true))
	}
	for _, p := range q.Addrs {
		m.addrs = append(m.addrs, normalPrefix(p))
	}
	return m, nil
}

// normalPrefix brings a block of IPv4-mapped addresses into the form client
// addresses have.
func normalPrefix(p netip.Prefix) netip.Prefix {
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(a.Unmap(), p.Bits()-96).Masked()
	}
	return p.Masked()
}

// Within reports whether a record of time t lies in the interval of the query.
func (m *Matcher) Within(t time.Time) bool {
	return (m.q.From.IsZero() || !t.Before(m.q.From)) && (m.q.To.IsZero() || t.Before(m.q.To))
}

// Wants reports whether records of session id may match, so that a store can
// leave out the others.
func (m *Matcher) Wants(id traffic.SessionID) bool { return m.sessions.accept(id) }

// Sessions returns the sessions asked for, each once and in no order of
// importance; nil means all. The slice belongs to the matcher: do not change
// it.
func (m *Matcher) Sessions() []traffic.SessionID { return m.sessions.list }

// OnlyTime reports whether nothing but sessions, time, limit and order is
// asked for, so that [Matcher.Match] on a wanted session is [Matcher.Within].
func (m *Matcher) OnlyTime() bool {
	q := &m.q
	return q.Request.IsZero() && len(q.Apps)+len(q.Users)+len(q.Roles)+len(q.Hosts)+
		len(q.Methods)+len(q.Addrs)+len(q.Status)+len(q.Attacks)+len(q.Tags) == 0 &&
		q.Path == "" && q.Malicious == Either && q.Blocked == Either
}

// Limit returns how many results to yield at most; 0 is no limit.
func (m *Matcher) Limit() int { return m.q.Limit }

// Newest reports whether the newest come first.
func (m *Matcher) Newest() bool { return m.q.Newest }

// Interval returns the half-open interval asked for; a zero time is open.
func (m *Matcher) Interval() (from, to time.Time) { return m.q.From, m.q.To }

// Match reports whether the query selects r. Nothing is allocated.
func (m *Matcher) Match(r *traffic.Record) bool {
	return m.Within(r.Time) &&
		m.sessions.accept(r.Session.ID) &&
		(m.q.Request.IsZero() || m.q.Request == r.ID) &&
		m.apps.accept(r.App) &&
		m.matchWho(r) && m.matchWhat(r) && m.matchHits(r)
}

func (m *Matcher) matchWho(r *traffic.Record) bool {
	return m.users.accept(r.Session.User) &&
		m.roles.accept(r.Session.Role) &&
		(len(m.addrs) == 0 || slices.ContainsFunc(m.addrs, func(p netip.Prefix) bool { return p.Contains(r.Client.Addr) }))
}

func (m *Matcher) matchWhat(r *traffic.Record) bool {
	return m.methods.accept(r.Method) &&
		(len(m.hosts) == 0 || slices.ContainsFunc(m.hosts, func(p pattern) bool { return p.match(r.Host) })) &&
		(m.q.Path == "" || m.path.match(r.Path)) &&
		(len(m.q.Status) == 0 || slices.ContainsFunc(m.q.Status, func(s StatusRange) bool { return s.Contains(r.Status) }))
}

func (m *Matcher) matchHits(r *traffic.Record) bool {
	return m.q.Malicious.accepts(len(r.Hits) > 0) &&
		m.q.Blocked.accepts(r.Verdict.Blocked()) &&
		(m.tags.empty() || slices.ContainsFunc(r.Tags, m.tags.accept)) &&
		(m.attacks.empty() || slices.ContainsFunc(r.Hits, func(h traffic.Hit) bool { return m.attacks.accept(h.Type) }))
}
