package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

const shop, caddy = "testdata/shop.log", "testdata/caddy.jsonl"

func TestReplayReport(t *testing.T) {
	r := run(t, "", "replay", shop, caddy)
	require.Equal(t, exitFine, r.code, "%s", r.err)
	golden(t, "replay.golden", r.out)
	require.Regexp(t, `^9 requests in \S+ \(.+/s\)\n$`, r.err)

	r = run(t, "", "replay", "-quiet", "-top", "1", "-examples", "0", "-deny", "198.51.100.7", "-gray", "192.0.2.10", shop)
	require.Equal(t, exitFine, r.code)
	golden(t, "replay-deny.golden", r.out)
	require.Empty(t, r.err)
}

// The three requests of the seed's example are one session, the fourth falls
// to the built-in set: acceptance check 1.
func TestReplayHAR(t *testing.T) {
	rep := replayed(t, "-policy", "testdata/policy.json", "testdata/login.har")
	require.Equal(t, "har", rep.Logs[0].Format)
	require.Equal(t, 4, rep.Accepted)
	require.Equal(t, 2, rep.Sessions)
	require.Equal(t, 2, rep.Parts)
	top := rep.TopSessions[0]
	require.Equal(t, 3, top.Requests)
	require.Equal(t, "ada", top.User)
	require.Equal(t, "own token", top.Key)
	require.Len(t, rep.Keys, 4, "each request by another key")

	rep = replayed(t, "testdata/login.har")
	require.Equal(t, 1, rep.Sessions, "without keys of one's own: address and user agent")
}

func TestReplayMerges(t *testing.T) {
	rep := replayed(t, shop, caddy)
	require.Equal(t, 12, rep.Lines)
	require.Equal(t, 9, rep.Accepted)
	require.Equal(t, 1, rep.Garbage)
	require.Equal(t, map[string]int{"an error log line, not an access log line": 1, "not an access log line": 1, "no request in it": 1}, rep.Reasons)
	require.Equal(t, 5, rep.Sessions)
	require.Equal(t, 6, rep.Parts, "one session spans midnight")
	require.Equal(t, 5, rep.Clients)
	require.Zero(t, rep.Late)
	require.Equal(t, "2026-08-21T23:58:00Z", rep.First.Format("2006-01-02T15:04:05Z"))
	require.Equal(t, []int{0, 0, 6, 0, 2, 1}, rep.Statuses)

	rep = replayed(t, "-zone", "Europe/Berlin", shop)
	require.Equal(t, 4, rep.Parts, "in Berlin it is one day")
	again := replayed(t, caddy, shop)
	require.Equal(t, 5, again.Sessions)
}

func TestReplayLists(t *testing.T) {
	rep := replayed(t, "-deny", "198.51.100.0/24", "-deny", "192.0.2.10", shop)
	require.Equal(t, 5, rep.Blocked)
	require.Equal(t, map[string]int{"addr_denylist": 5}, rep.ByReason)
	require.Equal(t, 2, rep.Passed)

	rep = replayed(t, "-deny", "198.51.100.0/24", "-allow", "198.51.100.7", shop)
	require.Zero(t, rep.Blocked, "allow beats deny")

	list := file(t, "lists.txt", "# ours\n\ndeny 198.51.100.7 too many pages\nallow 192.0.2.0/24\ngray 203.0.113.5\n")
	rep = replayed(t, "-lists", list, shop)
	require.Equal(t, 3, rep.Blocked)

	// A session: its id is the same again with the same secret.
	rep = replayed(t, "-secret", "testdata/secret.txt", shop)
	id := rep.TopSessions[0].ID
	rep = replayed(t, "-secret", "testdata/secret.txt", "-deny", id, shop)
	require.Equal(t, map[string]int{"session_denylist": 3}, rep.ByReason)
	rep = replayed(t, "-deny", id, shop)
	require.Zero(t, rep.Blocked, "another secret, other ids")
}

// A blocked answer is held back when only the answer tells the session.
func TestReplayWithholds(t *testing.T) {
	args := []string{"-secret", "testdata/secret.txt", "-policy", "testdata/policy.json"}
	id := replayed(t, append(args, "testdata/login.har")...).TopSessions[0].ID
	rep := replayed(t, append(args, "-deny", id, "testdata/login.har")...)
	require.Equal(t, 3, rep.Blocked, "the login, too")
}

func TestReplayModeOff(t *testing.T) {
	off := file(t, "off.json", `{"mode":"off"}`)
	rep := replayed(t, "-policy", off, "-deny", "198.51.100.7", shop)
	require.Equal(t, 7, rep.Inert)
	require.Equal(t, 7, rep.Check.Inert)
	require.Zero(t, rep.Sessions)
	require.Contains(t, run(t, "", "replay", "-policy", off, shop).out, "0 requests in parts + 7 not looked at = 7 accepted")

	lists := file(t, "lists.json", `{"mode":"off","lists_in_off":true}`)
	rep = replayed(t, "-policy", lists, "-deny", "198.51.100.7", shop)
	require.Equal(t, 4, rep.Inert)
	require.Equal(t, 3, rep.Blocked)
}

func TestReplayExports(t *testing.T) {
	dir := t.TempDir()
	csvFile, jsonFile := filepath.Join(dir, "r.csv"), filepath.Join(dir, "r.jsonl")
	rep := replayed(t, "-csv", csvFile, "-jsonl", jsonFile, "-deny", "198.51.100.7", shop, caddy)

	f, err := os.Open(csvFile)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, rep.Accepted+1)
	require.Len(t, rows[0], len(export.Columns()))

	j, err := os.Open(jsonFile)
	require.NoError(t, err)
	defer j.Close()
	var records []*traffic.Record
	blocked := 0
	for r, err := range export.ReadJSONLines(j) {
		require.NoError(t, err)
		records = append(records, r)
		if r.Verdict.Blocked() {
			blocked++
			require.NotZero(t, r.Status, "the status of the log is kept")
		}
	}
	require.Len(t, records, rep.Accepted)
	require.Equal(t, rep.Blocked, blocked)
	for i, r := range records {
		require.Equal(t, rows[i+1][1], r.ID.String(), "both tell of the same requests in the same order")
		if i > 0 {
			require.False(t, r.Time.Before(records[i-1].Time), "in the order of time")
		}
	}
	require.Equal(t, "/cart", records[2].Path, "merged into its place")
}

func TestReplayStdinAndGzip(t *testing.T) {
	text, err := os.ReadFile(shop)
	require.NoError(t, err)
	r := run(t, string(text), "replay", "-")
	require.Equal(t, exitFine, r.code)
	require.Contains(t, r.out, "7 requests in parts = 7 accepted; 7 accepted + 2 malformed = 9 lines: ok")

	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(text)
	require.NoError(t, z.Close())
	whole := file(t, "shop.log.gz", packed.String())
	require.Equal(t, 7, replayed(t, whole).Accepted)

	cut := file(t, "cut.log.gz", packed.String()[:packed.Len()-40])
	r = run(t, "", "replay", cut)
	require.Equal(t, exitFine, r.code, "what is there is replayed")
	require.Contains(t, r.out, "is damaged, reading stopped early: unexpected EOF")
	require.Contains(t, r.out, ": ok\n")
}

func TestReplayThatIsNoAccessLog(t *testing.T) {
	r := run(t, "", "replay", file(t, "x.log", "hello\nworld\n"), file(t, "empty.log", ""))
	require.Equal(t, exitFine, r.code)
	require.Contains(t, r.out, "is this an access log?")
	require.Contains(t, r.out, "0 requests in parts = 0 accepted; 0 accepted + 2 malformed = 2 lines: ok")
	require.NotContains(t, r.out, "empty.log: is this")
	r = run(t, "", "replay", "-format", "json", shop)
	require.Contains(t, r.out, "0 accepted + 9 malformed", "a format that is given is not doubted")
}

func TestReplayFailures(t *testing.T) {
	f := func(code int, want string, args ...string) {
		t.Helper()
		r := run(t, "", append([]string{"replay"}, args...)...)
		require.Equal(t, code, r.code, "%v: %s", args, r.err)
		require.Contains(t, r.err, want)
		require.Empty(t, r.out, "nothing was replayed")
	}
	f(exitUsage, "which log?")
	f(exitUsage, "-deny: object \"nonsense\": want an address, a prefix or a session id", "-deny", "nonsense", shop)
	f(exitUsage, "lists.txt line 1: \"ban\": want deny, allow or gray", "-lists", file(t, "lists.txt", "ban 192.0.2.1\ndeny\n"), shop)
	f(exitUsage, "line 2: deny what?", "-lists", file(t, "lists.txt", "ban 192.0.2.1\ndeny\n"), shop)
	f(exitUsage, "no such file", "-lists", "testdata/nosuch", shop)
	f(exitUsage, "invalid value", "-top", "many", shop)
	f(exitFailed, "the largest IPv4 block is /12", "-deny", "10.0.0.0/8", shop)
	f(exitFailed, "chaperone replay: open log: open testdata/nosuch.log: no such file or directory\n", "testdata/nosuch.log")
	f(exitFailed, "is a directory", "testdata")
	f(exitFailed, `format "iis": want one of auto, text`, "-format", "iis", shop)
	f(exitFailed, `zone "Mars": no such time zone`, "-zone", "Mars", shop)
	f(exitFailed, "read policy: open testdata/nosuch.json", "-policy", "testdata/nosuch.json", shop)
	f(exitFailed, "login.http: read policy: invalid character", "-policy", "testdata/login.http", shop)
	f(exitFailed, "Parameters[0].Path", "-policy", file(t, "p.json", `{"parameters":[{"path":"NOWHERE"},{"path":"REQUEST → ALSO NOWHERE"}]}`), shop)
	f(exitFailed, "Parameters[1].Path", "-policy", file(t, "p.json", `{"parameters":[{"path":"NOWHERE"},{"path":"REQUEST → ALSO NOWHERE"}]}`), shop)
	f(exitFailed, "no such file", "-csv", "testdata/nosuch/x.csv", shop)
	f(exitFailed, "read secrets: open", "-secret", "testdata/nosuch", shop)
	f(exitFailed, "no secret in it", "-secret", file(t, "s", "# nothing\n"), shop)
	f(exitFailed, "Secrets[0]", "-secret", file(t, "s", "a:00\n"), shop)
	const hidden = "top-secret-text"
	bad := file(t, "s", "a:"+hidden+"\n")
	f(exitFailed, "line 1: want ID:HEX", "-secret", bad, shop)
	require.NotContains(t, run(t, "", "replay", "-secret", bad, shop).err, hidden, "secrets are not printed")
}

func TestReplayInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	line := `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1` + "\n"
	r := runContext(ctx, strings.Repeat(line, 5000), "replay", "-")
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, "interrupted after 1,023 requests; the report tells of those")
	require.Contains(t, r.out, ": ok\n", "the numbers of what was done add up")
	require.Contains(t, r.out, "read ahead")
}

// sick is a log whose disk fails.
type sick struct{ text *strings.Reader }

func (s sick) Read(p []byte) (int, error) {
	n, err := s.text.Read(p)
	if err == io.EOF {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

func TestReplayReadError(t *testing.T) {
	line := `192.0.2.1 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1` + "\n"
	var out, errs bytes.Buffer
	c := console{in: sick{strings.NewReader(strings.Repeat(line, 3000))}, out: &out, err: &errs}
	require.Equal(t, exitFailed, c.run(t.Context(), []string{"replay", "-"}))
	require.Contains(t, errs.String(), "read log -: line 3001: i/o timeout")
	require.Contains(t, out.String(), ": ok\n")
}

func TestReplayFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		return // not every system has it
	}
	r := run(t, "", "replay", "-csv", "/dev/full", shop)
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.err, "export CSV after 7 records: write: ")
	require.Contains(t, r.err, "no space left on device")
}

// What does not add up is said, and is the exit status.
func TestReplayCheckFails(t *testing.T) {
	newTally := func() *tally {
		tl := newTally(nil)
		tl.stored = 3
		tl.parts[partKey{day: 1}] = &partSum{requests: 2, parts: 1}
		tl.parts[partKey{day: 2}] = &partSum{requests: 1, parts: 1}
		return tl
	}
	f := func(want bool, change func(*report, *tally)) {
		t.Helper()
		rep, tl := &report{Lines: 5, Accepted: 4, Malformed: 1, Inert: 1, Statuses: make([]int, 6)}, newTally()
		change(rep, tl)
		rep.addCheck(tl)
		require.Equal(t, want, rep.Check.OK)
		var out bytes.Buffer
		require.NoError(t, rep.print(&out))
		require.Equal(t, want, strings.HasSuffix(out.String(), ": ok\n"), "%s", out.String())
	}
	f(true, func(*report, *tally) {})
	f(false, func(_ *report, tl *tally) { tl.parts[partKey{day: 2}].requests = 0 })
	f(false, func(_ *report, tl *tally) { tl.stored = 4 })
	f(false, func(rep *report, _ *tally) { rep.Lines = 6 })
	f(false, func(rep *report, _ *tally) { rep.Inert = 0 })
	f(false, func(rep *report, _ *tally) { rep.Accepted = 5 })
	f(true, func(_ *report, tl *tally) {
		delete(tl.parts, partKey{day: 2})
		tl.rest.requests = 1 // not told apart, but not lost
	})

	require.Equal(t, exitFailed, (&console{err: io.Discard}).finish("replay", errNumbers))
}

// Every log of the directory CHAPERONE_DATA adds up.
func TestReplayCorpus(t *testing.T) {
	dir := os.Getenv("CHAPERONE_DATA")
	if dir == "" {
		return // the directory is not part of the project
	}
	logs, err := filepath.Glob(filepath.Join(dir, "logs", "*.gz"))
	require.NoError(t, err)
	formats, err := filepath.Glob(filepath.Join(dir, "formats", "*.log"))
	require.NoError(t, err)
	require.NotEmpty(t, logs)
	for _, log := range append(logs, formats...) {
		t.Run(filepath.Base(log), func(t *testing.T) {
			rep := replayed(t, log)
			t.Logf("%6d lines = %6d accepted + %3d malformed; %5d sessions, %5d parts, %5d clients", rep.Lines, rep.Accepted, rep.Malformed, rep.Sessions, rep.Parts, rep.Clients)
		})
	}
}
