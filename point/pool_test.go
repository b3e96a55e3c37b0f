package point

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What goes back to the pool has nothing of the last document, and no large
// memory.
func TestXMLPoolIsClean(t *testing.T) {
	var s Scan
	s.Reset(nil, new(blind))
	s.begin(Request)
	x := new(xmlScan)
	x.begin(&s, &node{})
	x.finish(x.document([]byte("<a xmlns:p='u'><p:b>" + strings.Repeat("x&amp;", 60_000) + "<c>secret")))
	x.clean()
	require.Nil(t, x.s)
	require.Nil(t, x.doc)
	require.Zero(t, x.open)
	require.Nil(t, x.text)
	for _, tag := range x.tags[:cap(x.tags)] {
		require.Zero(t, tag)
	}
	for _, n := range x.nodes[:cap(x.nodes)] {
		require.Nil(t, n)
	}
	for _, space := range x.spaces[:cap(x.spaces)] {
		require.Zero(t, space)
	}
	x.text = append(x.text, "secret"...)
	x.clean()
	require.Equal(t, make([]byte, 6), x.text[:6])
	require.Zero(t, s.depth)
	require.Empty(t, s.trail)
}
