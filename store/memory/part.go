package memory

import (
	"reflect"

	"github.com/chaperone-go/chaperone/traffic"
)

// part is the entry of one session and day in the part table. It has no
// pointers, so that a million of them cost the garbage collector nothing.
//
// Its sums are exact for the whole day, also when the oldest of its records
// had to go; kept says how many are still there.
type part struct {
	who
	// head is the record appended last.
	head   ref
	day    traffic.Day
	kept   uint32
	life   uint32 // tells the parts apart that had this slot, one after the other
	used   bool
	hashed bool // who.digest is set

	first, last int64 // nanoseconds, see nanos
	sums
}

// sums are the numbers of a part that stay exact.
type sums struct {
	in, out            int64
	requests           uint32
	blocked, malicious uint32
	attacks            uint32
	succeeded, failed  uint32
	strength           traffic.Strength
	standing           traffic.Standing
}

var partBytes = int64(reflect.TypeFor[part]().Size())

// cut reports whether some of the part's records are gone.
func (p *part) cut() bool { return p.kept < p.requests }

// count adds a record to the sums.
func (p *part) count(r *traffic.Record, ns int64) {
	if p.requests == 0 || ns < p.first {
		p.first = ns
	}
	if p.requests == 0 || ns > p.last {
		p.last = ns
	}
	p.requests++
	p.kept++
	p.in += r.BytesIn
	p.out += r.BytesOut
	p.attacks += uint32(len(r.Hits))
	p.malicious += bit[uint32](len(r.Hits) > 0, 1)
	p.blocked += bit[uint32](r.Verdict.Blocked(), 1)
	p.succeeded += bit[uint32](r.Login == traffic.LoginSucceeded, 1)
	p.failed += bit[uint32](r.Login == traffic.LoginFailed, 1)
	p.strength = max(p.strength, r.Session.Strength)
	p.standing = max(p.standing, r.Session.Standing)
}
