package session

import (
	"crypto/sha256"
)

// Sessions are told apart by groups: equal values of one group meet in one
// session, values of different groups never do.
//
// The default group of the own keys hashes the value alone under the secret,
// so an id can be checked by hand:
//
//	printf %s "$token" | openssl dgst -sha256 -hmac "$secret"
//
// Every other group has a key of its own, derived from the secret. A prefix
// before the value would not do: a client chooses the value of a default key
// and could write the prefix of another group into it. The derivation starts
// from a hash of the secret rather than from the secret, so that no session
// id is ever the key of a group.

// groupKind is the family a group belongs to.
type groupKind string

const (
	ownGroup         groupKind = "namespace"
	builtinGroup     groupKind = "builtin"
	addrAgentGroup   groupKind = "addr_ua"
	addrGroup        groupKind = "addr"
	fingerprintGroup groupKind = "addr_fingerprint"
)

// groupKeys derives the keys of groups from a secret.
type groupKeys struct {
	secret []byte
	master hashKey
	made   map[string]*hashKey // by label
}

func newGroupKeys(secret []byte) (*groupKeys, error) {
	seed := sha256.New()
	seed.Write([]byte("chaperone session groups\x00"))
	seed.Write(secret)
	master, err := newHashKey(seed.Sum(nil))
	return &groupKeys{secret: secret, master: master, made: map[string]*hashKey{}}, err
}

// key returns the key of a group; equal groups share one. The kinds have no
// NUL in them, so the label is unambiguous.
func (g *groupKeys) key(kind groupKind, name string) (*hashKey, error) {
	label := string(kind) + "\x00" + name
	if k, ok := g.made[label]; ok {
		return k, nil
	}
	key := g.secret
	if kind != ownGroup || name != "" {
		key = newHasher().sum(&g.master, []byte(label))
	}
	k, err := newHashKey(key)
	if err != nil {
		return nil, err
	}
	g.made[label] = &k
	return &k, nil
}
