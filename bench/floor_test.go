package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The floor must do what it says, or the comparison means nothing.
func TestFloorFindsTheToken(t *testing.T) {
	f := func(body, want string) {
		t.Helper()
		require.Equal(t, want, string(property([]byte(body), "token")))
	}
	f(`{"token":"aaa"}`, "aaa")
	f(`{"a":{"token":"no"},"b":"token","token" : "aaa"}`, "aaa")
	f(`{"a":"\"token\":\"no\"","token":"aaa"}`, "aaa")
	f(`{"a":1}`, "")
	f(string(orderBody(7)), "00000000000000000000000000000007")
	require.InDelta(t, 1024, len(orderBody(7)), 64, "about 1 KB")
}
