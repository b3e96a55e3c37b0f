package session

import (
	"errors"
	"fmt"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// Compile checks c as a whole, reserves the places it reads in set and returns
// the resolver for the plan compiled from it. The error tells everything that
// is wrong, each problem named by its field; set is untouched then. c is not
// kept, but its functions are.
func Compile(c Config, set *point.Set) (*Resolver, error) {
	c = c.withDefaults()
	params, errParams := checkParameters(c.Parameters)
	masks, errMasks := compileMasks(c.Masks)
	if err := errors.Join(c.checkPlain(), errParams, errMasks); err != nil {
		return nil, err
	}
	b := builder{set: set, masks: masks, r: &Resolver{}}
	if err := b.hashes(&c); err != nil {
		return nil, err
	}
	if err := b.own(params); err != nil {
		return nil, err
	}
	if !c.NoBuiltin {
		if err := b.builtin(c.BuiltinBody || b.body); err != nil {
			return nil, err
		}
	}
	b.lists()
	return b.r, nil
}

// parameter is a Parameter with its path.
type parameter struct {
	Parameter
	path point.Path
}

// checkParameters parses and checks the parameters, gives each a name and
// leaves out the hidden ones that ask for what another parameter reads.
func checkParameters(list []Parameter) ([]parameter, error) {
	var params []parameter
	var errs []error
	names, visible := map[string]int{}, map[string]int{}
	for i, p := range list {
		field := fmt.Sprintf("Parameters[%d]", i)
		path, err := p.check()
		if err != nil {
			errs = append(errs, prefix(field, err))
			continue
		}
		if p.Name == "" {
			p.Name = defaultName(path)
		}
		params = append(params, parameter{p, path})
		if p.Hidden {
			continue
		}
		if j, dup := names[p.Name]; dup {
			errs = append(errs, fmt.Errorf("%s.Name: %q is already Parameters[%d]", field, p.Name, j))
		}
		if j, dup := visible[path.String()]; dup {
			errs = append(errs, fmt.Errorf("%s.Path: the same place as Parameters[%d]", field, j))
		}
		names[p.Name], visible[path.String()] = i, i
	}
	return mergeHidden(params, visible), errors.Join(errs...)
}

// mergeHidden leaves out hidden parameters whose place a visible one reads,
// and makes one of those that ask for the same place: hashed if one wants it.
func mergeHidden(params []parameter, visible map[string]int) []parameter {
	var kept []parameter
	first := map[string]int{} // places in kept of the hidden ones
	for _, p := range params {
		place := p.path.String()
		if p.Hidden {
			if _, shown := visible[place]; shown {
				continue
			}
			if at, dup := first[place]; dup {
				kept[at].Secret = kept[at].Secret || p.Secret
				continue
			}
			first[place] = len(kept)
		}
		kept = append(kept, p)
	}
	return kept
}

// builder makes a Resolver.
type builder struct {
	r     *Resolver
	set   *point.Set
	masks []mask
	body  bool // an own parameter reads the request's body
}

// hashes makes the keyed hashes ready.
func (b *builder) hashes(c *Config) (err error) {
	for _, s := range c.Secrets {
		hash, err := newHashKey(s.Key)
		if err != nil {
			return err
		}
		b.r.secrets = append(b.r.secrets, secret{s.ID, hash})
	}
	last := c.Secrets[len(c.Secrets)-1]
	b.r.base, b.r.single = last.ID, len(c.Secrets) == 1
	if b.r.groups, err = newGroupKeys(last.Key); err != nil {
		return err
	}
	return b.r.fallback.compile(c, b.r.groups)
}

// own adds the own parameters and keys.
func (b *builder) own(params []parameter) error {
	for i := range params {
		p := &params[i]
		if !p.Hidden {
			b.r.listed = append(b.r.listed, p.Parameter)
		}
		at := -1
		cover, masked := covering(b.masks, p.path)
		if !masked {
			at = b.param(p)
		}
		if !p.Key {
			continue
		}
		k := key{
			source: traffic.OwnKey, index: len(b.r.order), name: p.Name, path: p.path,
			namespace: p.Namespace, response: p.path.Side() == point.Response, mask: cover,
			normalize: p.Normalize, verify: p.Verify, param: at,
		}
		if err := b.key(k, ownGroup); err != nil {
			return err
		}
	}
	return nil
}

// param adds a context parameter and returns its place.
func (b *builder) param(p *parameter) int {
	response := p.path.Side() == point.Response
	at := len(b.r.params)
	b.r.params = append(b.r.params, param{
		name: p.Name, slot: b.set.Reserve(p.path), typ: p.Type, response: response,
		hashed: p.Hashed(), hidden: p.Hidden, normalize: p.Normalize,
	})
	if p.Type != Plain && !response {
		b.r.types = append(b.r.types, at)
	}
	b.body = b.body || !response && p.path.Steps()[0].Kind == point.Body
	return at
}

// builtin adds the built-in identifiers.
func (b *builder) builtin(body bool) error {
	index := 0
	for i := range builtinNames {
		n := &builtinNames[i]
		for _, path := range n.places() {
			k := key{
				source: traffic.BuiltinKey, index: index, name: n.name, path: path,
				namespace: n.groupName(), rules: n.rules(), param: -1,
			}
			index++
			if path.Steps()[0].Kind == point.Body && !body {
				continue
			}
			k.mask, _ = covering(b.masks, path)
			if err := b.key(k, builtinGroup); err != nil {
				return err
			}
		}
	}
	return nil
}

// key completes a key and adds it to the order.
func (b *builder) key(k key, kind groupKind) (err error) {
	if k.hash, err = b.r.groups.key(kind, k.namespace); err != nil {
		return err
	}
	k.health = new(keyHealth)
	if k.mask.IsZero() {
		k.slot = b.set.Reserve(k.path)
		k.token = k.slot
		if token, ok := tokenPath(k.path); ok && k.verify != nil {
			k.token = b.set.Reserve(token)
		}
	}
	b.r.order = append(b.r.order, k)
	return nil
}

// tokenPath returns the place of the token that path reads a claim of.
func tokenPath(path point.Path) (point.Path, bool) {
	steps := path.Steps()
	for i := len(steps) - 1; i > 0; i-- {
		if steps[i].Kind == point.JWT {
			p, err := point.PathFrom(path.Side(), steps[:i]...)
			return p, err == nil
		}
	}
	return point.Path{}, false
}

// lists makes the lists that the two phases walk. The order is complete now,
// so pointers into it stay good.
func (b *builder) lists() {
	r := b.r
	for i := range r.order {
		k := &r.order[i]
		switch {
		case !k.mask.IsZero():
		case k.response:
			r.replies = append(r.replies, reply{slot: k.slot, key: k, winner: true})
		default:
			r.asks = append(r.asks, ask{k.slot, k})
			b.issuer(k)
		}
	}
}

// issuer adds the place where a response sets the cookie that k reads.
func (b *builder) issuer(k *key) {
	steps := k.path.Steps()
	if steps[0].Kind != point.Cookie {
		return
	}
	path, err := point.PathFrom(point.Response, steps...)
	if err != nil {
		return
	}
	if _, masked := covering(b.masks, path); masked {
		return
	}
	b.r.cookies = append(b.r.cookies, reply{slot: b.set.Reserve(path), key: k})
}
