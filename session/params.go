package session

import (
	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// param is a compiled context parameter. Masked ones are not compiled at all.
type param struct {
	name      string
	slot      point.Slot
	typ       ParamType
	response  bool
	hashed    bool
	hidden    bool
	normalize func(string) string
}

// read returns the value, borrowed from sc and normalised.
func (p *param) read(sc *point.Scan) ([]byte, traffic.Found) {
	r := sc.Get(p.slot)
	if r.Found != traffic.Present {
		return nil, r.Found
	}
	if p.normalize != nil {
		return []byte(p.normalize(string(r.Text))), r.Found
	}
	return r.Text, r.Found
}

// value returns the text to keep of a value that was found.
func (r *Resolver) value(s *scratch, p *param, text []byte) string {
	if p.hashed {
		now := &r.secrets[0]
		return s.hashed(now.id, s.sum(&now.hash, text))
	}
	return s.arena.cut(text)
}

// statedIn returns user and role as the request states them.
func (r *Resolver) statedIn(sc *point.Scan, s *scratch) (user, role string) {
	for _, i := range r.types {
		p := &r.params[i]
		if p.typ == User && user != "" || p.typ == Role && role != "" {
			continue
		}
		text, found := p.read(sc)
		if found != traffic.Present || len(text) == 0 {
			continue
		}
		if v := r.value(s, p, text); p.typ == User {
			user = v
		} else {
			role = v
		}
	}
	return user, role
}

// remember fills x.Params with what was found, in the order of the
// configuration, and the key's value; it returns the user and role that
// parameters state.
func (r *Resolver) remember(x *traffic.Exchange, sc *point.Scan, s *scratch, won *key) (user, role string) {
	x.Params = x.Params[:0]
	for i := range r.params {
		p := &r.params[i]
		text, found := p.read(sc)
		if found == traffic.Absent {
			continue
		}
		isKey := won != nil && won.param == i
		v := ""
		switch {
		case found != traffic.Present:
		case isKey && p.hashed && r.single && won.namespace == "":
			v = s.hashed(r.base, x.Session.ID[:]) // the very same hash
		default:
			v = r.value(s, p, text)
		}
		if isKey {
			x.Session.Key.Value = v
		}
		switch {
		case found != traffic.Present || len(text) == 0:
		case p.typ == User && user == "":
			user = v
		case p.typ == Role && role == "":
			role = v
		}
		x.Params = append(x.Params, traffic.Param{Name: p.name, Value: v, Found: found, Hashed: p.hashed, Key: isKey, Hidden: p.hidden})
	}
	if x.Session.Key.Source == traffic.BuiltinKey {
		x.Session.Key.Value = s.hashed(r.base, x.Session.ID[:])
	}
	return user, role
}
