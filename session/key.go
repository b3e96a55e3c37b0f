package session

import (
	"sync/atomic"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

const (
	// MaxKeyBytes is how long the value of a key may be. A longer one counts
	// as absent.
	MaxKeyBytes = 8000
	// ShortKeyBytes is the length below which the value of a key is counted as
	// short: easy to guess, and likely to meet a value that means something
	// else.
	ShortKeyBytes = 8
)

// key is a compiled grouping key, own or built in. Immutable but for its
// counters.
type key struct {
	source    traffic.KeySource
	index     int
	name      string
	path      point.Path
	namespace string // or group, of a built-in one
	slot      point.Slot
	token     point.Slot // what verify is given; slot itself when no JWT is passed
	response  bool
	mask      point.Path // the mask that affects it; zero for none
	hash      *hashKey
	rules     rules
	normalize func(string) string
	verify    func(string) bool
	param     int // place in the resolver's params; -1 for a masked and a built-in key
	health    *keyHealth
}

// rules are the extra demands on the values of built-in keys.
type rules uint8

const (
	somebody rules = 1 << iota // not a word that stands for nobody
	sealed                     // not encrypted anew with every answer
	bare                       // scheme stripped, and of a steady scheme
)

// keyHealth counts the values that tell of a badly chosen key.
type keyHealth struct {
	short, tooLong atomic.Uint64
}

// read looks for the key's value. The text is borrowed from sc; it has been
// normalised.
func (k *key) read(sc *point.Scan) ([]byte, Outcome) {
	if !k.mask.IsZero() {
		return nil, Masked
	}
	switch r := sc.Get(k.slot); r.Found {
	case traffic.Present:
		return k.judge(r.Text)
	case traffic.Undecodable:
		return nil, Undecodable
	case traffic.TooLarge:
		return nil, TooLarge
	}
	return nil, NotFound
}

// judge applies the rules to a value that was found.
func (k *key) judge(text []byte) ([]byte, Outcome) {
	if k.rules&bare != 0 {
		var steady bool
		if text, steady = bareToken(text); !steady {
			return nil, Unsteady
		}
	}
	if k.normalize != nil {
		text = []byte(k.normalize(string(text)))
	}
	switch {
	case len(text) == 0:
		return nil, Empty
	case len(text) > MaxKeyBytes:
		return nil, TooLong
	case k.rules&somebody != 0 && isNobody(text):
		return nil, Nobody
	case k.rules&sealed != 0 && isSealed(text):
		return nil, Unsteady
	}
	return text, Found
}

// count keeps the key's health.
func (k *key) count(text []byte, o Outcome) {
	switch {
	case o == Found && len(text) < ShortKeyBytes:
		k.health.short.Add(1)
	case o == TooLong, o == TooLarge:
		k.health.tooLong.Add(1)
	}
}

// verified asks the application whether it vouches for the value that
// identified the request. Verify gets a string of its own: it may keep it.
func (k *key) verified(sc *point.Scan, text []byte) bool {
	if k.verify == nil {
		return false
	}
	if k.token == k.slot {
		return k.verify(string(text))
	}
	r := sc.Get(k.token)
	if r.Found != traffic.Present {
		return false
	}
	token, _ := bareToken(r.Text)
	return k.verify(string(token))
}
