package point_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestFoundAgreesWithGet(t *testing.T) {
	var set point.Set
	for _, p := range []string{"REQUEST → QUERY → a", "REQUEST → QUERY → b", "REQUEST → BODY → JSON → PROPERTY → c", "RESPONSE → HEADER → X-D"} {
		set.Reserve(point.MustParsePath(p))
	}
	var scan point.Scan
	scan.Reset(set.Compile(point.Limits{}), nil)
	scan.Request(&traffic.Exchange{Request: traffic.Request{Method: "POST", Target: "/?a=1", Body: traffic.Bytes(`{"c":`)}})
	for slot := point.Slot(-1); slot < 6; slot++ {
		require.Equal(t, scan.Get(slot).Found, scan.Found(slot))
	}
	require.Equal(t, traffic.Present, scan.Found(0))
	require.Equal(t, traffic.Undecodable, scan.Found(2))
}
