package accesslog_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

// timed is a log with a line for each of the seconds.
func timed(t *testing.T, name string, seconds ...int) *accesslog.Reader {
	t.Helper()
	var b strings.Builder
	for _, s := range seconds {
		fmt.Fprintf(&b, `{"t":%d,"m":"GET","path":"/%s"}`+"\n", s, name)
	}
	r, err := accesslog.NewReader(name, strings.NewReader(b.String()), accesslog.Options{})
	require.NoError(t, err)
	return r
}

func drain(t *testing.T, m *accesslog.Merge) (list []string) {
	t.Helper()
	for {
		e, err := m.Next()
		if err == io.EOF {
			return list
		}
		require.NoError(t, err)
		list = append(list, fmt.Sprintf("%d %s:%d", e.Time.Unix(), e.Source, e.Line))
	}
}

func TestMergePutsLogsInOrder(t *testing.T) {
	m := accesslog.NewMerge(timed(t, "a", 1, 4, 3, 9), timed(t, "b", 2, 4, 5), timed(t, "c"))
	require.Equal(t, []string{"1 a:1", "2 b:1", "3 a:3", "4 a:2", "4 b:2", "5 b:3", "9 a:4"}, drain(t, m))
	require.Zero(t, m.Late())
	require.Equal(t, io.EOF, func() error { _, err := m.Next(); return err }())
	require.Empty(t, drain(t, accesslog.NewMerge()))
}

func TestMergeRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 9))
	for range 20 {
		var logs []*accesslog.Reader
		total := 0
		for i := range 1 + rnd.IntN(4) {
			n := rnd.IntN(2000)
			seconds := make([]int, n)
			for j := range seconds {
				seconds[j] = 1000 + j + rnd.IntN(200) // out of order by less than the window
			}
			total += n
			logs = append(logs, timed(t, string(rune('a'+i)), seconds...))
		}
		m := accesslog.NewMerge(logs...)
		last, n := time.Time{}, 0
		for e, err := m.Next(); err == nil; e, err = m.Next() {
			require.False(t, e.Time.Before(last))
			last = e.Time
			n++
		}
		require.Equal(t, total, n)
		require.Zero(t, m.Late())
	}
}

func TestMergeLate(t *testing.T) {
	seconds := make([]int, 2*accesslog.Window)
	for i := range seconds {
		seconds[i] = 100 + i
	}
	seconds[len(seconds)-1] = 1
	m := accesslog.NewMerge(timed(t, "a", seconds...))
	require.Len(t, drain(t, m), len(seconds), "late ones are not lost")
	require.Equal(t, 1, m.Late())
}

// Long lines make the window shorter, so that memory is bounded in bytes.
func TestMergeBytes(t *testing.T) {
	read := 0
	line := `{"m":"GET","path":"/` + strings.Repeat("x", 900<<10) + `","t":`
	var parts []io.Reader
	for i := range 40 {
		parts = append(parts, &counting{strings.NewReader(fmt.Sprintf("%s%d}\n", line, 100-i)), &read})
	}
	r, err := accesslog.NewReader("a", io.MultiReader(parts...), accesslog.Options{Format: accesslog.JSON})
	require.NoError(t, err)
	m := accesslog.NewMerge(r)
	_, err = m.Next()
	require.NoError(t, err)
	require.Less(t, read, 12<<20)
	require.Len(t, drain(t, m), 39)
}

type counting struct {
	r io.Reader
	n *int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += n
	return n, err
}

func TestMergeError(t *testing.T) {
	sick, err := accesslog.NewReader("sick", io.MultiReader(strings.NewReader(strings.Repeat(good+"\n", 2000)), iotest.ErrReader(errors.New("disk on fire"))), accesslog.Options{})
	require.NoError(t, err)
	m := accesslog.NewMerge(sick, timed(t, "b", 1))
	for err == nil {
		_, err = m.Next()
	}
	require.ErrorContains(t, err, "read log sick: line 2001: disk on fire")
}
