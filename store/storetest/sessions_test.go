package storetest

import (
	"testing"

	"github.com/chaperone-go/chaperone/session"
)

// The contract as code keeps the contract as a suite.
func TestSessionsOnPlainList(t *testing.T) {
	Sessions(t, func(*testing.T) session.Store { return new(list) })
}
