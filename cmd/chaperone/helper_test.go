package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// result is what a run of the program left behind.
type result struct {
	code     int
	out, err string
}

// run runs the program as a shell would.
func run(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return runContext(t.Context(), stdin, args...)
}

func runContext(ctx context.Context, stdin string, args ...string) result {
	var out, err bytes.Buffer
	c := console{in: strings.NewReader(stdin), out: &out, err: &err}
	code := c.run(ctx, args)
	return result{code, out.String(), err.String()}
}

// replayed runs a replay that must succeed and returns its report.
func replayed(t *testing.T, args ...string) report {
	t.Helper()
	r := run(t, "", append([]string{"replay", "-json"}, args...)...)
	require.Equal(t, exitFine, r.code, "%s", r.err)
	require.Empty(t, r.err)
	var rep report
	require.NoError(t, json.Unmarshal([]byte(r.out), &rep))
	require.True(t, rep.Check.OK)
	require.Equal(t, rep.Lines, rep.Accepted+rep.Malformed)
	require.Equal(t, rep.Accepted, rep.Check.InParts+rep.Check.Inert)
	return rep
}

var hexID = regexp.MustCompile(`[0-9a-f]{16}…|[0-9a-f]{64}`)

// golden compares got with a file of testdata; ids stand for any id.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = hexID.ReplaceAllString(got, "ID")
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// file writes a file for one test and returns its name.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
