package chaperone

import (
	"time"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// Detector looks for attacks in the input. It is shown every value and every
// name of a request, decoded, with the place it was found in, and leaves what
// it finds in x.Hits. It runs on the request path: it must not block, must
// not keep x or v, and is called for many requests at once.
type Detector interface {
	Detect(x *traffic.Exchange, v point.Value)
}

// DetectorFunc is a function as a [Detector].
type DetectorFunc func(x *traffic.Exchange, v point.Value)

// Detect implements [Detector].
func (f DetectorFunc) Detect(x *traffic.Exchange, v point.Value) { f(x, v) }

// maxHits bounds the hits of one request; detectors see no more values then.
const maxHits = 64

// budgetEvery is how many values pass between two looks at the clock.
const budgetEvery = 32

// inspection shows the values of one scan to all detectors, within the
// budget.
type inspection struct {
	guard *Guard
	x     *traffic.Exchange
	start time.Time
	seen  int
	over  bool
}

// Visit implements [point.Visitor].
func (in *inspection) Visit(v point.Value) {
	if in.over || len(in.x.Hits) >= maxHits {
		return
	}
	if in.seen++; in.seen%budgetEvery == 0 && in.late() {
		in.over = true
		return
	}
	for _, d := range in.guard.cfg.Detectors {
		d.Detect(in.x, v)
	}
}

// late reports whether the budget is spent. It measures how long our own work
// takes, not when the request happened, and so asks the clock of the process.
func (in *inspection) late() bool {
	b := in.guard.cfg.Budget
	return b > 0 && time.Since(in.start) > b
}
