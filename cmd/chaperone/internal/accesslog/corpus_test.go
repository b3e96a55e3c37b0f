package accesslog_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

// Every log of the directory CHAPERONE_DATA is digested, and its numbers add
// up: lines = accepted + malformed.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("CHAPERONE_DATA")
	if dir == "" {
		return // the directory is not part of the project
	}
	var files []string
	for _, pattern := range []string{"logs/*.gz", "formats/*.log"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		files = append(files, found...)
	}
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { digest(t, file) })
	}
}

func digest(t *testing.T, file string) {
	r, err := accesslog.Open(file, accesslog.Options{})
	require.NoError(t, err)
	defer r.Close()
	var e accesslog.Entry
	n := 0
	for err = r.Next(&e); err == nil; err = r.Next(&e) {
		n++
	}
	require.Equal(t, io.EOF, err)
	s := r.Stats()
	require.Equal(t, n, s.Accepted)
	require.Equal(t, s.Lines, s.Accepted+s.Malformed)
	require.NoError(t, s.Damage)
	t.Logf("%-7s lines %6d accepted %6d malformed %3d garbage %3d blank %d", r.Format(), s.Lines, s.Accepted, s.Malformed, s.Garbage, s.Blank)
	for _, m := range s.Examples {
		t.Logf("    %s: %.100q", m.Reason, m.Text)
	}
}
