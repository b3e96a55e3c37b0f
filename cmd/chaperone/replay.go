package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/traffic"
)

const replayHelp = `chaperone replay [flags] LOG...

Runs access logs through the engine that serves live traffic, in the logs' own
time, and reports what came of it: lines, sessions and their day parts, the keys
that identified them, the busiest clients, and what the policy's mode and the
lists would have blocked. Nothing is sent anywhere.

A LOG is plain or gzip; - is the standard input. Several logs are merged by time.
Known formats: Common and Combined Log Format and their variants, JSON lines of
Caddy, Traefik, Envoy and nginx, AWS load balancers, nginx-proxy-manager, Zoraxy,
HAR. Lines that cannot be read are counted and the first few shown; they stop
nothing. The last line of the report checks that the numbers add up.

A log has no bodies and few header fields, so that keys in them find nothing
(a HAR has both). A request whose answer was blocked keeps the status that the
log tells.

Examples:
  chaperone replay access.log access.log.1 access.log.2.gz
  chaperone replay -policy policy.json -csv requests.csv access.log
  chaperone replay -deny 203.0.113.0/24 access.log
`

// replayRun is one run of the command.
type replayRun struct {
	*console
	setup
	csv, jsonl    string
	top, examples int
	asJSON, quiet bool

	logs    []*accesslog.Reader
	files   []*os.File
	exports []*export.RecordWriter
	guard   *chaperone.Guard
	tally   *tally
	clients clients
	merge   *accesslog.Merge

	replayed int   // requests that went through the engine
	stopped  error // why it ended before the logs did
}

// replay is the command.
func (c *console) replay(ctx context.Context, args []string) error {
	r := &replayRun{console: c, clients: clients{by: map[netip.Addr]*clientSum{}, max: maxClients}}
	f := newFlags("replay")
	r.setup.flags(f)
	f.StringVar(&r.csv, "csv", "", "write all requests as CSV to `FILE`")
	f.StringVar(&r.jsonl, "jsonl", "", "write all requests as JSON lines to `FILE`")
	f.IntVar(&r.top, "top", 10, "show the `N` busiest sessions, clients and keys")
	f.IntVar(&r.examples, "examples", 5, "show the first `N` malformed lines")
	f.BoolVar(&r.asJSON, "json", false, "print the report as JSON")
	f.BoolVar(&r.quiet, "quiet", false, "draw no progress bar")
	names, err := c.parse(f, replayHelp, args)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		fmt.Fprintln(c.err, "chaperone replay: which log? Name at least one file, or - for the standard input.")
		return c.wrongUsage("replay")
	}
	defer r.close()
	if err := r.open(names); err != nil {
		return err
	}
	return r.run(ctx)
}

// open opens the logs, the exports and the guard.
func (r *replayRun) open(names []string) error {
	opts, err := r.options(r.examples)
	if err != nil {
		return err
	}
	cfg, err := r.config()
	if err != nil {
		return err
	}
	for _, name := range names {
		log, err := r.openLog(name, opts)
		if err != nil {
			return err
		}
		r.logs = append(r.logs, log)
	}
	r.merge = accesslog.NewMerge(r.logs...)
	if err := r.openExports(); err != nil {
		return err
	}
	r.tally = newTally(cfg.Sessions.Zone, r.exports...)
	cfg.SessionStore = r.tally
	if r.guard, err = chaperone.New(cfg); err != nil {
		return err
	}
	return r.entries.put(context.Background(), r.guard.Lists())
}

func (r *replayRun) openLog(name string, o accesslog.Options) (*accesslog.Reader, error) {
	if name == "-" {
		return accesslog.NewReader(name, r.in, o)
	}
	return accesslog.Open(name, o)
}

func (r *replayRun) openExports() error {
	for _, e := range []struct {
		name string
		make func(io.Writer) *export.RecordWriter
	}{{r.csv, export.NewCSVWriter}, {r.jsonl, export.NewJSONLinesWriter}} {
		if e.name == "" {
			continue
		}
		f, err := os.Create(e.name)
		if err != nil {
			return err
		}
		r.files = append(r.files, f)
		r.exports = append(r.exports, e.make(f))
	}
	return nil
}

// close closes what is still open; what matters was closed before.
func (r *replayRun) close() {
	for _, l := range r.logs {
		l.Close()
	}
	for _, f := range r.files {
		f.Close()
	}
	if r.guard != nil {
		// Not the context of the run: it may be over.
		_ = r.guard.Close(context.Background())
	}
}

// run replays, then reports.
func (r *replayRun) run(ctx context.Context) error {
	begin := time.Now()
	r.stopped = r.replayAll(ctx, begin)
	if err := r.guard.Flush(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	if err := r.finishExports(); err != nil {
		return err
	}
	rep := r.report()
	if err := r.print(rep); err != nil {
		return err
	}
	if !r.quiet && !r.asJSON {
		spent := time.Since(begin)
		fmt.Fprintf(r.err, "%s in %s (%s/s)\n", plural(r.replayed, "request"), spent.Round(time.Millisecond), short(float64(r.replayed)/max(spent.Seconds(), 1e-6)))
	}
	if r.stopped != nil {
		return r.stopped
	}
	if !rep.Check.OK {
		return errNumbers
	}
	return nil
}

// replayAll runs every entry of the logs through the engine.
func (r *replayRun) replayAll(ctx context.Context, begin time.Time) error {
	p := progress{logs: r.logs, begin: begin}
	if r.terminal && !r.quiet {
		p.w = r.err
	}
	defer p.clear()
	var x traffic.Exchange
	for n := 1; ; n++ {
		if n%progressEvery == 0 && ctx.Err() != nil {
			return fmt.Errorf("interrupted after %s; the report tells of those", plural(r.replayed, "request"))
		}
		e, err := r.merge.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r.one(ctx, e, &x)
		r.replayed = n
		p.step(n)
	}
}

// one runs one entry through the engine. The answer to a blocked request would
// have been another one: of the log's only the status is kept.
func (r *replayRun) one(ctx context.Context, e *accesslog.Entry, x *traffic.Exchange) {
	e.Request(x)
	r.guard.Begin(ctx, x)
	if x.Verdict.Blocked() {
		x.Response.Status = e.Status
	} else {
		e.Response(x)
	}
	r.guard.End(ctx, x)
	r.clients.add(e, x)
}

// finishExports writes what was gathered and closes the files.
func (r *replayRun) finishExports() error {
	var errs []error
	for i, w := range r.exports {
		errs = append(errs, w.Flush(), r.files[i].Close())
	}
	r.files = nil
	return errors.Join(errs...)
}

func (r *replayRun) print(rep *report) error {
	if r.asJSON {
		enc := json.NewEncoder(r.out)
		enc.SetIndent("", "  ")
		return enc.Encode(rep)
	}
	return rep.print(r.out)
}
