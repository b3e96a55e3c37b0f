//go:build race

package testkit

// Race is true when the race detector is on: allocations are not asserted.
const Race = true
