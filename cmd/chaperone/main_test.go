package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUsage(t *testing.T) {
	r := run(t, "")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "chaperone replay [flags] LOG...")
	require.Empty(t, r.out)

	for _, arg := range []string{"help", "-h", "-help", "--help"} {
		r = run(t, "", arg)
		require.Equal(t, exitFine, r.code)
		require.Equal(t, usage, r.out)
		require.Empty(t, r.err)
	}
	r = run(t, "", "rewind")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, `there is no command "rewind"`)
	require.Equal(t, exitUsage, run(t, "", "help", "rewind").code)
}

func TestHelpOfCommands(t *testing.T) {
	for name, help := range map[string]string{"replay": replayHelp, "explain": explainHelp} {
		for _, args := range [][]string{{"help", name}, {name, "-help"}, {name, "-h"}, {name, "x.log", "--help"}} {
			r := run(t, "", args...)
			require.Equal(t, exitFine, r.code, "%v", args)
			require.Contains(t, r.out, help)
			require.Contains(t, r.out, "-policy FILE")
			require.Empty(t, r.err)
		}
		r := run(t, "", name, "-nosuch")
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, "chaperone "+name+": flag provided but not defined: -nosuch\nRun chaperone help "+name)
	}
}

func TestVersion(t *testing.T) {
	r := run(t, "", "version")
	require.Equal(t, exitFine, r.code)
	require.Regexp(t, `^chaperone \S+\n$`, r.out)
}
