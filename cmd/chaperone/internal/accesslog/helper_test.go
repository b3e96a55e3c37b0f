package accesslog_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

// readAll reads a log to its end.
func readAll(t testing.TB, log string, o accesslog.Options) ([]accesslog.Entry, *accesslog.Stats) {
	t.Helper()
	r, err := accesslog.NewReader("a.log", strings.NewReader(log), o)
	require.NoError(t, err)
	var list []accesslog.Entry
	for {
		var e accesslog.Entry
		if err := r.Next(&e); err != nil {
			require.Equal(t, io.EOF, err)
			break
		}
		list = append(list, e)
	}
	require.Equal(t, io.EOF, r.Next(new(accesslog.Entry)), "the end stays the end")
	s := r.Stats()
	require.Equal(t, s.Lines, s.Accepted+s.Malformed)
	require.Equal(t, len(list), s.Accepted)
	return list, s
}

// one reads a log of one good line.
func one(t testing.TB, line string, o accesslog.Options) accesslog.Entry {
	t.Helper()
	list, s := readAll(t, line, o)
	require.Zero(t, s.Malformed, "%v", s.Examples)
	require.Len(t, list, 1, "%s", line)
	return list[0]
}

// reasonOf reads a log of one malformed line.
func reasonOf(t testing.TB, line string, o accesslog.Options) accesslog.Reason {
	t.Helper()
	list, s := readAll(t, line, o)
	require.Empty(t, list, "%s", line)
	require.Equal(t, 1, s.Malformed)
	require.Len(t, s.Examples, 1)
	return s.Examples[0].Reason
}

func pack(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// field returns a header field of the request.
func field(e accesslog.Entry, name string) string {
	for _, f := range e.Asked {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}
