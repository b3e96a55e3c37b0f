package middleware

import "sync/atomic"

// Stats is a snapshot of a middleware's counters. All but InFlight only grow.
type Stats struct {
	// InFlight is the number of requests being served.
	InFlight int64 `json:"in_flight"`
	// Requests is the number of requests that came in.
	Requests uint64 `json:"requests"`
	// Blocked is the number of requests whose handler did not run.
	Blocked uint64 `json:"blocked"`
	// Held is the number of answers of which nothing was sent when End ran, so
	// that they could have been withheld.
	Held uint64 `json:"held"`
	// Withheld is the number of answers replaced after the handler ran.
	Withheld uint64 `json:"withheld"`
	// Panics is the number of panics that were ours to recover: of the
	// inspector, and of the functions in Config.
	Panics uint64 `json:"panics"`
	// HandlerPanics is the number of handlers that panicked. Those panics go
	// on, see [Middleware.Serve].
	HandlerPanics uint64 `json:"handler_panics"`
	// AddrUnknown is the number of requests whose client's address could not
	// be told by the strategy. Steady growth means that the strategy does not
	// fit the proxies in front.
	AddrUnknown uint64 `json:"addr_unknown"`
	// BodyLate is the number of bodies that did not arrive within BodyWait.
	BodyLate uint64 `json:"body_late"`
}

type counters struct {
	begun, ended                              atomic.Uint64
	_                                         [48]byte // the two above change with every request
	blocked, held, withheld, panics, handlers atomic.Uint64
	addrUnknown, bodyLate                     atomic.Uint64
}

// Stats returns the counters. They are read one by one: under load the
// numbers belong to slightly different moments.
func (m *Middleware) Stats() Stats {
	c := &m.counters
	ended := c.ended.Load() // before begun, so that it is never more
	begun := c.begun.Load()
	return Stats{
		InFlight:      int64(begun - ended),
		Requests:      begun,
		Blocked:       c.blocked.Load(),
		Held:          c.held.Load(),
		Withheld:      c.withheld.Load(),
		Panics:        c.panics.Load(),
		HandlerPanics: c.handlers.Load(),
		AddrUnknown:   c.addrUnknown.Load(),
		BodyLate:      c.bodyLate.Load(),
	}
}
