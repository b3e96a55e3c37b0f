package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

func TestProgressLine(t *testing.T) {
	f := func(want string, read, size int64, n int, spent time.Duration) {
		t.Helper()
		require.Equal(t, want, progressLine(read, size, n, spent))
	}
	f("[                              ]   0 %  0 requests  0/s", 0, 1000, 0, 0)
	f("[===============               ]  50 %  1000 requests  100/s  0:10 left", 500, 1000, 1000, 10*time.Second)
	f("[==============================] 100 %  2.0 M requests  20 k/s  0:00 left", 1000, 1000, 2e6, 100*time.Second)
	f("[==============================] 100 %  1 requests  1/s  0:00 left", 2000, 1000, 1, time.Second)
	f("[===                           ]  10 %  2.0 G requests  2.0 M/s  2:30:00 left", 100, 1000, 2e9, 1000*time.Second)
	f("12.3 MB read  50 k requests  25 k/s", 12_300_000, 0, 50_000, 2*time.Second)
}

func TestNumbers(t *testing.T) {
	f := func(n int, want string) {
		t.Helper()
		require.Equal(t, want, number(n))
	}
	f(0, "0")
	f(999, "999")
	f(1000, "1,000")
	f(1234567, "1,234,567")
	f(-1000, "-1,000")
	require.Equal(t, "1 line", plural(1, "line"))
	require.Equal(t, "2,000 lines", plural(2000, "line"))
	require.Equal(t, "1.5s", length(1500*time.Millisecond))
	require.Equal(t, "2 min 3 s", length(123*time.Second))
	require.Equal(t, "1 h 1 min", length(61*time.Minute))
	require.Equal(t, "3 d 2 h", length(74*time.Hour))
}

// It draws at most ten times a second, and wipes what it drew.
func TestProgressDraws(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, err := accesslog.NewReader("a", strings.NewReader("x"), accesslog.Options{})
		require.NoError(t, err)
		var w bytes.Buffer
		p := progress{w: &w, logs: []*accesslog.Reader{log}, begin: time.Now()}
		<-time.After(time.Second) // the clock of the bubble
		for range 1000 {
			p.step(progressEvery)
		}
		require.Equal(t, 1, strings.Count(w.String(), "\r"))
		<-time.After(progressPause + 1)
		p.step(progressEvery + 1)
		p.step(progressEvery * 2)
		require.Equal(t, 2, strings.Count(w.String(), "\r"))
		p.clear()
		require.True(t, strings.HasSuffix(w.String(), " \r"))
		p.clear()
		require.Equal(t, 4, strings.Count(w.String(), "\r"))
	})
	var none progress
	none.step(progressEvery)
	none.clear()
}

// It draws only where somebody watches.
func TestProgressOnlyOnATerminal(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	require.NoError(t, err)
	defer f.Close()
	require.False(t, isTerminal(f))

	line := `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1` + "\n"
	draws := func(terminal bool, args ...string) bool {
		var out, errs bytes.Buffer
		c := console{in: strings.NewReader(strings.Repeat(line, 2000)), out: &out, err: &errs, terminal: terminal}
		require.Equal(t, exitFine, c.run(t.Context(), append([]string{"replay", "-"}, args...)))
		return strings.Contains(errs.String(), "\r")
	}
	require.True(t, draws(true))
	require.False(t, draws(true, "-quiet"))
	require.False(t, draws(false))
}
