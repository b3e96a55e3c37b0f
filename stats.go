package chaperone

import (
	"sync/atomic"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Stats is a snapshot of the counters since the guard was made. Counters are
// read one after the other, not at one instant.
type Stats struct {
	Requests  uint64 `json:"requests"`  // exchanges begun
	Monitored uint64 `json:"monitored"` // registered but passed

	BlockedAddr    uint64 `json:"blocked_addr"`    // by an address entry
	BlockedSession uint64 `json:"blocked_session"` // by a session entry
	BlockedAttack  uint64 `json:"blocked_attack"`  // for an attack in the input
	BlockedControl uint64 `json:"blocked_control"` // by a control
	BlockedFailure uint64 `json:"blocked_failure"` // because the fail mode is closed
	Withheld       uint64 `json:"withheld"`        // answers replaced after the handler ran

	Recorded    uint64 `json:"recorded"`     // records accepted by the queue
	Stored      uint64 `json:"stored"`       // records the store took
	Dropped     uint64 `json:"dropped"`      // records refused by a full or closed queue
	Lost        uint64 `json:"lost"`         // records given up after the store failed
	QueueDepth  int    `json:"queue_depth"`  // records waiting now
	PartsPruned uint64 `json:"parts_pruned"` // session parts deleted for their age

	EventsSent    uint64 `json:"events_sent"`    // events handed to sinks
	EventsDropped uint64 `json:"events_dropped"` // events a slow sink missed

	Panics      uint64 `json:"panics"`       // panics of ours, caught
	OverBudget  uint64 `json:"over_budget"`  // inspections cut off
	StoreErrors uint64 `json:"store_errors"` // failed calls of a store
	Errors      uint64 `json:"errors"`       // everything OnError was or could have been told

	// Live is the table of live sessions, Lists the book of entries.
	Live  session.LiveStats `json:"live"`
	Lists lists.Stats       `json:"lists"`
	// HTTP is what the middleware counted.
	HTTP middleware.Stats `json:"http"`
}

// counters are the live form of Stats.
type counters struct {
	requests, monitored, recorded, stored, dropped, lost atomic.Uint64
	partsPruned, eventsSent, eventsDropped               atomic.Uint64
	panics, overBudget, storeErrors, errors, withheld    atomic.Uint64
	byReason                                             [traffic.Failure + 1]atomic.Uint64
}

func (c *counters) blocked(r traffic.Reason) {
	if int(r) < len(c.byReason) {
		c.byReason[r].Add(1)
	}
}

// Stats returns the counters. It is cheap enough to be read every second.
func (g *Guard) Stats() Stats {
	c := &g.count
	by := func(r traffic.Reason) uint64 { return c.byReason[r].Load() }
	s := Stats{
		Requests: c.requests.Load(), Monitored: c.monitored.Load(),
		BlockedAddr: by(traffic.AddrDenied), BlockedSession: by(traffic.SessionDenied),
		BlockedAttack:  by(traffic.AttackFound) + by(traffic.VirtualPatch) + by(traffic.GraylistedFound),
		BlockedControl: by(traffic.ControlCrossed), BlockedFailure: by(traffic.Failure), Withheld: c.withheld.Load(),
		Recorded: c.recorded.Load(), Stored: c.stored.Load(), Dropped: c.dropped.Load(), Lost: c.lost.Load(),
		QueueDepth: g.queue.depth(), PartsPruned: c.partsPruned.Load(),
		EventsSent: c.eventsSent.Load(), EventsDropped: c.eventsDropped.Load(),
		Panics: c.panics.Load(), OverBudget: c.overBudget.Load(), StoreErrors: c.storeErrors.Load(), Errors: c.errors.Load(),
		Live: g.live.Stats(), Lists: g.book.Stats(),
	}
	if g.http != nil {
		s.HTTP = g.http.Stats()
	}
	return s
}
