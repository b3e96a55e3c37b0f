package memory_test

import (
	"testing"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/store/memory"
	"github.com/chaperone-go/chaperone/store/storetest"
)

func TestLists(t *testing.T) {
	storetest.Lists(t, func(*testing.T) lists.Store { return memory.NewLists() })
}
