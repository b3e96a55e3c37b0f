package point

import "github.com/chaperone-go/chaperone/traffic"

// Found returns what looking for the value of slot came to, without the value:
// a fifth of the price of [Scan.Get] for whoever walks many slots of which
// few hold anything. It is Absent for a slot the plan does not have.
func (s *Scan) Found(slot Slot) traffic.Found {
	if uint(slot) >= uint(len(s.found)) {
		return traffic.Absent
	}
	return s.found[slot].state
}
