package chaperone

import (
	"errors"
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/store/memory"
)

// Config says how a [Guard] is built. Only Client must be set; every zero
// field is the default.
type Config struct {
	// Client says how a client's address is found. There is no default,
	// because none is safe: see [middleware.Direct] and its neighbours. Not
	// needed for a replay.
	Client middleware.ClientAddr
	// HTTP is the rest of what the middleware needs to know: applications,
	// the blocked answer, TLS fingerprints.
	HTTP middleware.Config

	// Policy is the policy to begin with. Default: monitor everything.
	Policy Policy
	// Sessions holds what of the sessions is not policy: secrets, bounds, the
	// zone of days. Its Parameters and Masks must be empty, they belong to
	// the Policy.
	Sessions session.Config
	// Limits bounds what is read of a request. Defaults in [point.Limits].
	Limits point.Limits
	// Lists holds the bounds of list entries.
	Lists lists.Config

	// SessionStore keeps the records. Default: in memory, at most 256 MiB.
	SessionStore session.Store
	// ListStore keeps the log of list changes. Default: in memory.
	ListStore lists.Store
	// KeepDays is how many calendar days of session parts are kept, today
	// included. Default 7. Negative keeps what the store holds.
	KeepDays int

	// Detectors look at every value of a request and leave hits. Default
	// none.
	Detectors []Detector
	// Budget is how long the detectors may take over one request. Past it the
	// rest of the values is not shown to them, the request is marked
	// OverBudget, and the policy's fail mode decides. Default 1 second.
	// Negative is no budget.
	Budget time.Duration

	// Sinks receive decisions as events, each from a goroutine of its own.
	Sinks []export.Sink
	// AllDecisions sends an event for passed requests too. Default: only for
	// those that were blocked or registered.
	AllDecisions bool

	// QueueSize is how many settled requests may wait to be stored. When it
	// is full further records are dropped and counted; requests are never
	// delayed. Default 16384, about 9 MB when full.
	QueueSize int
	// Replay is for recorded logs: time comes from the exchanges alone, and a
	// full queue makes End wait instead of dropping the record.
	Replay bool

	// OnError is told about every trouble that is not the caller's: a panic
	// in a room, a failing store, a dropped record (at most once a second per
	// kind). It may be called from many goroutines and must not block.
	// Default: errors are only counted.
	OnError func(error)
}

const (
	defaultKeepDays  = 7
	defaultQueueSize = 16384
	defaultBudget    = time.Second // the overlimit of SEMANTICS 3.12
)

// withDefaults returns a copy of c with every unset field set.
func (c Config) withDefaults() Config {
	if c.KeepDays == 0 {
		c.KeepDays = defaultKeepDays
	}
	if c.QueueSize == 0 {
		c.QueueSize = defaultQueueSize
	}
	if c.Budget == 0 {
		c.Budget = defaultBudget
	}
	if c.SessionStore == nil {
		c.SessionStore = memory.NewSessions(memory.Options{Zone: c.Sessions.Zone})
	}
	if c.ListStore == nil {
		c.ListStore = memory.NewLists()
	}
	if c.OnError == nil {
		c.OnError = func(error) {}
	}
	if !c.Client.IsZero() {
		c.HTTP.Client = c.Client
	}
	if c.HTTP.OnError == nil {
		c.HTTP.OnError = c.OnError
	}
	return c
}

// validate returns everything that is wrong with c but for its Policy.
func (c *Config) validate() error {
	var errs []error
	if c.HTTP.Client.IsZero() && !c.Replay {
		errs = append(errs, errors.New("Client: choose how a client's address is found: middleware.Direct() without a proxy in front, otherwise one of its neighbours"))
	}
	if len(c.Sessions.Parameters) != 0 {
		errs = append(errs, errors.New("Sessions.Parameters: belongs in Policy.Parameters"))
	}
	if len(c.Sessions.Masks) != 0 {
		errs = append(errs, errors.New("Sessions.Masks: belongs in Policy.Masks"))
	}
	if c.QueueSize < 0 {
		errs = append(errs, fmt.Errorf("QueueSize: %d; at least 1", c.QueueSize))
	}
	for i, d := range c.Detectors {
		if d == nil {
			errs = append(errs, fmt.Errorf("Detectors[%d]: nil", i))
		}
	}
	for i, s := range c.Sinks {
		if s == nil {
			errs = append(errs, fmt.Errorf("Sinks[%d]: nil", i))
		}
	}
	if err := c.Limits.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("Limits: %w", err))
	}
	return errors.Join(errs...)
}
