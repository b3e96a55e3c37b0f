package session

import (
	"bytes"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// Settle says which session an exchange belongs to now that the response is
// known, and takes note of it.
//
// Keys of the response are tried in the configured order together with those
// of the request. When that leads to another session than Open found, that
// one is kept in x.Session.Provisional. x.Params is filled with the context
// parameters that were found, in the order of the configuration, and secret
// values among them are hashed; absent ones are left out. User and role are,
// in this order: what the application said, what a parameter of that type
// holds, what the session was known by. After a failed login parameters do not
// change them: the name was only tried.
//
// In live, the session gets its request counted, and its user and role. The
// values of response keys, and of cookies that a response sets and a request
// key or the built-in set reads, mark their sessions as issued, unless the
// request itself brought the value: what is merely echoed was not issued. If
// the application ended the session, it ends the one the request came with.
//
// x.Response must be set and sc have scanned it. said is what
// [traffic.Handle.Close] returned. The strings in x.Session and x.Params are
// owned; they are cut from shared blocks of 4 KiB, so clone the few that shall
// live much longer than the others. Apart from one block for about fifty
// hashed values nothing is allocated, unless a value is longer than 512 bytes
// or a key has a Verify or Normalize function.
func (r *Resolver) Settle(x *traffic.Exchange, sc *point.Scan, live *Live, said traffic.Said) {
	if x.Session.ID.IsZero() {
		r.Open(x, sc, live)
	}
	s := scratches.Get().(*scratch)
	verified := x.Session.Standing == traffic.Verified
	came := x.Session.ID
	won, fresh := r.settleID(x, sc, live, s)
	user, role := r.remember(x, sc, s, won)
	g := live.settled(x, signOf(x, said, user, role, fresh))
	apply(x, g, verified && x.Session.ID == came)
	if said.Ended {
		if came.IsZero() {
			came = x.Session.ID
		}
		if !came.IsZero() {
			live.end(came)
		}
		x.Marks |= traffic.SessionEnded
	}
	scratches.Put(s)
}

// settleID makes x.Session final. It returns the own key that won, nil when
// none did, and whether its value is one that the response issued.
func (r *Resolver) settleID(x *traffic.Exchange, sc *point.Scan, live *Live, s *scratch) (won *key, fresh bool) {
	id := &x.Session
	if id.Key.Source == traffic.OwnKey {
		won = r.ownKey(id.Key.Index)
	}
	settled := false
	for i := range r.replies {
		p := &r.replies[i]
		text, its, ok := p.names(sc, s)
		if !ok {
			continue
		}
		issued := !r.brought(sc, text)
		switch {
		case p.winner && !settled && (won == nil || p.key.index < won.index):
			won, fresh, settled = p.key, issued, true
			if its != id.ID {
				id.Provisional = id.ID
			}
			id.ID, id.Key, id.Strength = its, r.keyOf(p.key), traffic.StrengthStrong
		case issued && its != id.ID:
			live.issue(its)
		}
	}
	if len(x.Response.Header["Set-Cookie"]) > 0 {
		r.issueCookies(id.ID, sc, live, s)
	}
	return won, fresh
}

// issueCookies marks the sessions that cookies of the response name as issued.
func (r *Resolver) issueCookies(id traffic.SessionID, sc *point.Scan, live *Live, s *scratch) {
	for i := range r.cookies {
		text, its, ok := r.cookies[i].names(sc, s)
		if ok && its != id && !r.brought(sc, text) {
			live.issue(its)
		}
	}
}

// names returns the value of a reply and the session it names; false when
// there is none.
func (p *reply) names(sc *point.Scan, s *scratch) (text []byte, id traffic.SessionID, ok bool) {
	if sc.Found(p.slot) == traffic.Absent {
		return nil, id, false
	}
	text, o := p.read(sc)
	if p.winner {
		p.key.count(text, o)
	}
	if o != Found {
		return nil, id, false
	}
	return text, traffic.SessionID(s.sum(p.key.hash, text)), true
}

// read looks for the value of a reply.
func (p *reply) read(sc *point.Scan) ([]byte, Outcome) {
	if p.winner {
		return p.key.read(sc)
	}
	res := sc.Get(p.slot)
	if res.Found != traffic.Present {
		return nil, NotFound
	}
	return p.key.judge(res.Text)
}

// brought reports whether a key of the request has the same value.
func (r *Resolver) brought(sc *point.Scan, text []byte) bool {
	for i := range r.asks {
		a := &r.asks[i]
		if sc.Found(a.slot) != traffic.Present {
			continue
		}
		if v, o := a.key.read(sc); o == Found && bytes.Equal(v, text) {
			return true
		}
	}
	return false
}

// ownKey returns the own key with an index.
func (r *Resolver) ownKey(index int) *key {
	if index < len(r.order) && r.order[index].source == traffic.OwnKey {
		return &r.order[index]
	}
	return nil
}

// signOf returns the sign of life that an exchange is for its session.
func signOf(x *traffic.Exchange, said traffic.Said, user, role string, fresh bool) sign {
	if said.Login == traffic.LoginFailed {
		user, role = "", ""
	}
	if said.User != "" {
		user = said.User
	}
	if said.Role != "" {
		role = said.Role
	}
	return sign{
		at: x.Time, user: user, role: role,
		brought: !fresh, issued: fresh,
		revived: said.Login == traffic.LoginSucceeded,
	}
}

// settled is touch, for exchanges that may belong to no session.
func (l *Live) settled(x *traffic.Exchange, g sign) glance {
	if x.Session.ID.IsZero() {
		return glance{who: who{clipText(g.user, maxWho), clipText(g.role, maxWho)}}
	}
	return l.touch(&x.Session.ID, &g)
}
