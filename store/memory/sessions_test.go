package memory_test

import (
	"testing"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/store/memory"
	"github.com/chaperone-go/chaperone/store/storetest"
)

func TestSessions(t *testing.T) {
	storetest.Sessions(t, func(*testing.T) session.Store { return memory.NewSessions(memory.Options{}) })
}

// With the smallest bound segments are small, so that everything goes through
// many of them.
func TestSessionsInManySegments(t *testing.T) {
	storetest.Sessions(t, func(*testing.T) session.Store {
		return memory.NewSessions(memory.Options{MaxBytes: 1})
	})
}
