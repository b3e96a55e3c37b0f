package session

import (
	"cmp"
	"slices"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// Resolver says which session a request belongs to. It is made by [Compile],
// immutable but for counters, and safe for concurrent use.
//
// A request is resolved in two phases. [Resolver.Open] runs before the handler
// and knows the request; [Resolver.Settle] runs after it and knows the response
// too. Both must be called on the same Resolver, in this order, with a scan of
// the plan its slots were reserved for.
//
// How it is built: order holds every key as Explain shows them. What the two
// phases walk are short lists made from it: asks, the keys of the request;
// replies, those of the response; and cookies, the places where a response issues
// what a request key reads.
type Resolver struct {
	listed   []Parameter // the visible ones, with their names
	order    []key
	asks     []ask
	replies  []reply
	cookies  []reply // of responses that set cookies, see repliesTo
	params   []param
	types    []int // places in params of users and roles of the request
	fallback fallback

	groups  *groupKeys // only read after Compile
	secrets []secret   // current first
	base    string     // id of the secret that session ids are made with
	single  bool       // there is one secret: ids and hashed values share it
}

// ask is a key of the request. The slot stands beside the key so that walking
// past absent keys touches nothing else.
type ask struct {
	slot point.Slot
	key  *key
}

// reply is a place in the response whose value names a session.
type reply struct {
	slot   point.Slot
	key    *key
	winner bool // it is an own key; others only issue
}

// secret is a compiled Secret.
type secret struct {
	id   string
	hash hashKey
}

// Parameters returns the visible parameters in order, each with its name. The
// slice is a copy.
func (r *Resolver) Parameters() []Parameter { return slices.Clone(r.listed) }

// Open says which session a request belongs to as far as the request tells,
// and fills x.Session: the first own key of the request that works, then the
// built-in identifiers, then the address. It marks a request that comes after
// its session was ended. The key's value is left for Settle to fill in.
//
// x.Time, x.Client and x.Request must be set and sc have scanned the request.
// live may be nil: then no session is known as issued or ended, and users and
// roles are those of the request. Nothing is allocated, unless a key has a
// Verify or Normalize function or a user or role is found.
func (r *Resolver) Open(x *traffic.Exchange, sc *point.Scan, live *Live) {
	s := scratches.Get().(*scratch)
	id := &x.Session
	*id = traffic.Identity{}
	verified := false
	if k, text := r.ask(sc); k != nil {
		id.ID = traffic.SessionID(s.sum(k.hash, text))
		id.Key = r.keyOf(k)
		id.Strength = traffic.StrengthStrong
		verified = k.verified(sc, text)
	} else {
		r.fallback.identify(&s.hasher, id, &x.Client)
	}
	g := live.glance(&id.ID)
	user, role := r.statedIn(sc, s)
	g.user, g.role = cmp.Or(clipText(user, maxWho), g.user), cmp.Or(clipText(role, maxWho), g.role)
	apply(x, g, verified)
	scratches.Put(s)
}

// ask returns the first key of the request that works, with its value.
func (r *Resolver) ask(sc *point.Scan) (*key, []byte) {
	for i := range r.asks {
		a := &r.asks[i]
		if sc.Found(a.slot) == traffic.Absent {
			continue
		}
		text, o := a.key.read(sc)
		a.key.count(text, o)
		if o == Found {
			return a.key, text
		}
	}
	return nil, nil
}

// keyOf names the key, without value.
func (r *Resolver) keyOf(k *key) traffic.Key {
	hashed := k.source == traffic.BuiltinKey || r.params[k.param].hashed
	return traffic.Key{Source: k.source, Index: k.index, Name: k.name, Hashed: hashed}
}

// apply puts what is known of the session into the exchange.
func apply(x *traffic.Exchange, g glance, verified bool) {
	id := &x.Session
	id.User, id.Role = g.user, g.role
	switch {
	case id.Key.Source != traffic.OwnKey && id.Key.Source != traffic.BuiltinKey:
		id.Standing = traffic.Observed
	case g.ended:
		id.Standing = traffic.Claimed
	case verified:
		id.Standing = traffic.Verified
	case g.issued:
		id.Standing = traffic.Issued
	default:
		id.Standing = traffic.Claimed
	}
	if g.ended {
		x.Marks |= traffic.AfterEnd
	} else {
		x.Marks &^= traffic.AfterEnd // a login took it back since Open
	}
}

// SessionID returns the id of the session that a value of the own keys of a
// namespace leads to, to find or deny the session of somebody whose token or
// number is known.
func (r *Resolver) SessionID(namespace, value string) (traffic.SessionID, bool) {
	for i := range r.order {
		k := &r.order[i]
		if k.source == traffic.OwnKey && k.namespace == namespace {
			return traffic.SessionID(newHasher().sum(k.hash, []byte(value))), true
		}
	}
	return traffic.SessionID{}, false
}

// Hashes returns what a secret value is stored as, "keyid:hex", under each of
// the secrets, the current one first: records made before the secret was
// changed hold one of the later ones.
func (r *Resolver) Hashes(value string) []string {
	h := newHasher()
	var list []string
	for i := range r.secrets {
		s := &r.secrets[i]
		list = append(list, string(appendHashed(nil, s.id, h.sum(&s.hash, []byte(value)))))
	}
	return list
}
