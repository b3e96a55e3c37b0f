package lists

import (
	"errors"
	"fmt"
	"time"
)

// Config holds the bounds of a [Book]. The zero Config is ready to use. The
// bounds apply to what is added from now on, never to what is in the log.
type Config struct {
	// DefaultPeriod is how long an entry lives when nobody said; exceptions
	// live forever then. Used by [Book.Until]. Default 1 hour. Negative is
	// forever.
	DefaultPeriod time.Duration
	// MinManual is the shortest period people may choose. Default 5 minutes.
	// Negative sets no minimum.
	MinManual time.Duration
	// MinAutomatic is the shortest period of automatic authors. Default 10
	// minutes. Negative sets no minimum.
	MinAutomatic time.Duration
	// MaxAutomatic is the longest period of automatic authors short of
	// forever, which they may also choose. Default 315,569,520 seconds (ten
	// years). Negative sets no maximum.
	MaxAutomatic time.Duration
	// MaxSuppress is how long automatic authors are suppressed after a person
	// took an entry off that would have lived forever. Default 24 hours.
	// Negative suppresses nothing then.
	MaxSuppress time.Duration
	// KeepHistory is how long ended entries are kept. What is in force or
	// still suppresses is kept in any case. Default 92 days. Negative keeps
	// them forever, up to MaxHistory.
	KeepHistory time.Duration
	// LargestIPv4 and LargestIPv6 are the shortest prefixes that may be
	// listed: a shorter one is more likely a slip than a wish. Default /12
	// and /32. Negative sets no bound.
	LargestIPv4, LargestIPv6 int
	// MaxEntries is how many entries may be in force; further ones are
	// refused with [ErrFull]. A tenth is kept for people: what fills the
	// lists automatically can be driven by an attacker. Default 1,000,000.
	MaxEntries int
	// MaxHistory is how many ended entries are kept; beyond, the oldest go
	// first. Default 1,000,000.
	MaxHistory int
	// MaxBatch is how many entries one AddAll or RemoveAll takes. Default
	// 1000.
	MaxBatch int
}

// longestAutomatic is the longest automatic period the reference documents.
const longestAutomatic = 315_569_520 * time.Second

func orDefault[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

// withDefaults returns c with zero fields filled in.
func (c Config) withDefaults() Config {
	orDefault(&c.DefaultPeriod, time.Hour)
	orDefault(&c.MinManual, 5*time.Minute)
	orDefault(&c.MinAutomatic, 10*time.Minute)
	orDefault(&c.MaxAutomatic, longestAutomatic)
	orDefault(&c.MaxSuppress, 24*time.Hour)
	orDefault(&c.KeepHistory, 92*24*time.Hour) // the longest three months
	orDefault(&c.LargestIPv4, 12)
	orDefault(&c.LargestIPv6, 32)
	orDefault(&c.MaxEntries, 1_000_000)
	orDefault(&c.MaxHistory, 1_000_000)
	orDefault(&c.MaxBatch, 1000)
	return c
}

// automaticLimit is how many entries automatic authors may fill the lists to.
func (c *Config) automaticLimit() int { return c.MaxEntries - c.MaxEntries/10 }

// Validate returns everything that is wrong with the configuration, each
// named by its field; nil when nothing is.
func (c Config) Validate() error {
	c = c.withDefaults()
	var errs []error
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	bad(c.LargestIPv4 > 32, "LargestIPv4: %d: want at most 32", c.LargestIPv4)
	bad(c.LargestIPv6 > 128, "LargestIPv6: %d: want at most 128", c.LargestIPv6)
	bad(c.DefaultPeriod > 0 && c.DefaultPeriod < c.MinManual,
		"DefaultPeriod: %s: is shorter than MinManual, %s", c.DefaultPeriod, c.MinManual)
	bad(c.MaxAutomatic > 0 && c.MaxAutomatic < c.MinAutomatic,
		"MaxAutomatic: %s: is shorter than MinAutomatic, %s", c.MaxAutomatic, c.MinAutomatic)
	bad(c.MaxEntries < 0, "MaxEntries: %d: want a bound", c.MaxEntries)
	bad(c.MaxHistory < 0, "MaxHistory: %d: want a bound", c.MaxHistory)
	bad(c.MaxBatch < 0, "MaxBatch: %d: want a bound", c.MaxBatch)
	return errors.Join(errs...)
}
