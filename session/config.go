package session

import (
	"errors"
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Config says how requests are grouped into sessions and what is remembered
// of them. The zero Config groups by the built-in identifiers, then by address
// and user agent, then by address.
type Config struct {
	// Parameters are the values to look at; those with Key are the grouping
	// keys, tried in this order and before everything built in.
	Parameters []Parameter `json:"parameters,omitempty"`
	// MaxParameters is how many visible parameters there may be. Default 20.
	// Negative is no limit.
	MaxParameters int `json:"max_parameters,omitempty"`
	// Masks are paths whose values must not be looked at. A parameter, own or
	// built in, that is affected by a mask has no value: it is absent from the
	// context, and as a key it does not work, so that the next one is tried.
	//
	// A mask affects what lies at its path and below it. It also affects a
	// parameter whose value contains the masked place: masking one claim of a
	// token leaves no way to keep the whole token, not even hashed.
	// The same place written in different ways is one place (COOKIE and the
	// COOKIE header, QUERY and URI, USER_AGENT and its header); the same bytes
	// read by different formats are not.
	Masks []string `json:"masks,omitempty"`

	// NoBuiltin leaves the built-in identifiers out; see [Builtin]. Single ones
	// are left out by masking their paths. Default: they are tried after the
	// own keys.
	NoBuiltin bool `json:"no_builtin,omitempty"`
	// BuiltinBody looks for the built-in identifiers in request bodies too.
	// Set it when bodies are read anyway. Default: only when an own parameter
	// reads the request's body.
	BuiltinBody bool `json:"builtin_body,omitempty"`
	// Fingerprint lets the TLS fingerprint take the place of the user agent in
	// the address fallback where there is one: the client cannot choose it as
	// freely. JA4 is used, or else JA3; beware that browsers which shuffle
	// their TLS extensions have a new JA3 with every connection. Default off.
	Fingerprint bool `json:"fingerprint,omitempty"`
	// IPv6Bits is how many leading bits of an IPv6 address count in the address
	// fallbacks: the rest is the client's to choose. Default 64, at most 128.
	// Negative counts all of them.
	IPv6Bits int `json:"ipv6_bits,omitempty"`

	// Secrets are the keys of the keyed hashes, the current one first. Values
	// of secret parameters are hashed with the first. Session ids are made with
	// the last, so that putting a new secret in front splits no session; drop
	// the last one to start afresh. At most 16. Default: a random one that lasts
	// as long as the process, right for stores that do too.
	Secrets []Secret `json:"-"`
	// MaxLive is how many live sessions are known at a time, see [NewLive].
	// Default [DefaultMaxLive]. It takes effect at start-up.
	MaxLive int `json:"max_live,omitempty"`
	// Zone is where a calendar day begins and ends, see [Config.DayOf]. Give
	// it to the store too. It takes effect at start-up. Default UTC.
	Zone *time.Location `json:"-"`
}

const (
	defaultMaxParameters = 20 // the seed's
	defaultIPv6Bits      = 64 // what one customer is given at least
	maxHidden            = 200
	maxMasks             = 1000
)

// withDefaults returns c with every unset field set. The slices are shared.
func (c Config) withDefaults() Config {
	if c.MaxParameters == 0 {
		c.MaxParameters = defaultMaxParameters
	}
	switch {
	case c.IPv6Bits == 0:
		c.IPv6Bits = defaultIPv6Bits
	case c.IPv6Bits < 0:
		c.IPv6Bits = 128
	}
	if len(c.Secrets) == 0 {
		c.Secrets = []Secret{processSecret()}
	}
	if c.MaxLive <= 0 {
		c.MaxLive = DefaultMaxLive
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return c
}

// DayOf returns the calendar day of t in the zone of the configuration.
func (c Config) DayOf(t time.Time) traffic.Day {
	if c.Zone == nil {
		return traffic.DayOf(t.UTC())
	}
	return traffic.DayOf(t.In(c.Zone))
}

// checkPlain returns what is wrong with the fields that need no path.
func (c *Config) checkPlain() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	visible, hidden := 0, 0
	for i := range c.Parameters {
		if c.Parameters[i].Hidden {
			hidden++
		} else {
			visible++
		}
	}
	if c.MaxParameters > 0 && visible > c.MaxParameters {
		bad("Parameters: %d parameters, at most %d are allowed; hidden ones do not count (see MaxParameters)", visible, c.MaxParameters)
	}
	if hidden > maxHidden {
		bad("Parameters: %d hidden parameters, at most %d are allowed", hidden, maxHidden)
	}
	if len(c.Masks) > maxMasks {
		bad("Masks: %d masks, at most %d are allowed", len(c.Masks), maxMasks)
	}
	if c.IPv6Bits > 128 {
		bad("IPv6Bits: %d; an address has 128", c.IPv6Bits)
	}
	if err := checkSecrets(c.Secrets); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func checkSecrets(secrets []Secret) error {
	var errs []error
	if len(secrets) > maxSecrets {
		errs = append(errs, fmt.Errorf("Secrets: %d secrets, at most %d are allowed", len(secrets), maxSecrets))
	}
	seen := map[string]int{}
	for i, s := range secrets {
		field := fmt.Sprintf("Secrets[%d]", i)
		if err := s.check(); err != nil {
			errs = append(errs, prefix(field, err))
		}
		if j, dup := seen[s.ID]; dup {
			errs = append(errs, fmt.Errorf("%s.ID: %q is already Secrets[%d]", field, s.ID, j))
		}
		seen[s.ID] = i
	}
	return errors.Join(errs...)
}

// prefix puts the name of a field before each of the problems joined in err.
func prefix(field string, err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var errs []error
		for _, e := range joined.Unwrap() {
			errs = append(errs, fmt.Errorf("%s.%w", field, e))
		}
		return errors.Join(errs...)
	}
	return fmt.Errorf("%s.%w", field, err)
}
