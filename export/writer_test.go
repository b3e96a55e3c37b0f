package export_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/chaperone-go/chaperone/export"
	"github.com/stretchr/testify/require"
)

func TestRecordWriterWritesTheSame(t *testing.T) {
	var want, got bytes.Buffer
	require.NoError(t, export.WriteCSV(&want, seq(plain(), login())))
	w := export.NewCSVWriter(&got)
	require.NoError(t, w.Write(plain()))
	require.NoError(t, w.Flush())
	require.Equal(t, 2, strings.Count(got.String(), "\n"))
	require.NoError(t, w.Write(login()))
	require.NoError(t, w.Flush())
	require.Equal(t, want.String(), got.String())

	want.Reset()
	got.Reset()
	require.NoError(t, export.WriteJSONLines(&want, seq(plain(), login())))
	w = export.NewJSONLinesWriter(&got)
	require.NoError(t, w.Write(plain()))
	require.NoError(t, w.Write(login()))
	require.NoError(t, w.Flush())
	require.Equal(t, want.String(), got.String())
}

func TestRecordWriterStaysBroken(t *testing.T) {
	sick := &failing{}
	w := export.NewJSONLinesWriter(sick)
	require.NoError(t, w.Write(plain()), "gathered")
	require.ErrorIs(t, w.Flush(), errFull)
	sick.after = 1 << 20
	require.ErrorIs(t, w.Write(plain()), errFull, "a hole in the middle would go unseen")
}
