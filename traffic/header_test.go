package traffic_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

func TestHeader(t *testing.T) {
	h := traffic.Header(http.Header{"User-Agent": {"one", "two"}, "Empty": {}})
	require.Equal(t, "one", h.Get("User-Agent"))
	require.Empty(t, h.Get("user-agent"), "the name must be canonical")
	require.Empty(t, h.Get("Empty"))
	require.Empty(t, h.Get("Absent"))
	require.Empty(t, traffic.Header(nil).Get("Any"))
}

func TestCanonicalName(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		require.Equal(t, want, traffic.CanonicalName(in))
		require.Equal(t, http.CanonicalHeaderKey(in), traffic.CanonicalName(in))
	}
	f("user-agent", "User-Agent")
	f("X-REQUEST-ID", "X-Request-Id")
	f("bad name", "bad name")
	f("", "")
}
