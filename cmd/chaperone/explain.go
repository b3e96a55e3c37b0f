package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/traffic"
)

const explainHelp = `chaperone explain [flags] [FILE]

Shows how one request is grouped into its session: each key that was tried, in
order, where it was looked for, what was there, and which one worked. FILE (the
standard input when left out) holds one of

  a request as HTTP text, followed by its response if there is one:

      POST /login HTTP/1.1
      Host: shop.example
      Content-Type: application/json

      {"user":"ada"}

      HTTP/1.1 200 OK
      Content-Type: application/json

      {"token":"aaa"}

  a HAR, or one entry of a HAR; -entry chooses which
  an access log; -entry chooses the line

Nothing is recorded. Session ids and hashes are those of the service only when
-secret gives its secrets.

Examples:
  chaperone explain -policy policy.json request.http
  chaperone explain -entry 17 access.log
  pbpaste | chaperone explain
`

// explainRun is one run of the command.
type explainRun struct {
	*console
	setup
	entry   int
	client  string
	all     bool
	asJSON  bool
	asking  bool // the input has no response
	request *accesslog.Entry
}

// explain is the command.
func (c *console) explain(ctx context.Context, args []string) error {
	r := &explainRun{console: c}
	f := newFlags("explain")
	r.setup.flags(f)
	f.IntVar(&r.entry, "entry", 1, "explain the `N`th entry of a HAR or line of a log")
	f.StringVar(&r.client, "client", "", "`ADDRESS` the request comes from (default: what the log says, or 127.0.0.1)")
	f.BoolVar(&r.all, "all", false, "show every built-in key that was tried, not only those that had something")
	f.BoolVar(&r.asJSON, "json", false, "print the explanation as JSON")
	names, err := c.parse(f, explainHelp, args)
	if err != nil {
		return err
	}
	if len(names) > 1 {
		fmt.Fprintln(c.err, "chaperone explain: one file at a time")
		return c.wrongUsage("explain")
	}
	if err := r.read(names); err != nil {
		return err
	}
	return r.run(ctx)
}

// maxInput is the largest HTTP text or HAR entry that is read.
const maxInput = accesslog.MaxHAREntry

// read reads the request, in whatever form it is.
func (r *explainRun) read(names []string) error {
	name, in := "-", r.in
	if len(names) == 1 && names[0] != "-" {
		f, err := os.Open(names[0])
		if err != nil {
			return err
		}
		defer f.Close()
		name, in = names[0], f
	}
	head, err := io.ReadAll(io.LimitReader(in, maxInput))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	r.request, err = r.parse(name, head, io.MultiReader(bytes.NewReader(head), in))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return r.complete()
}

// parse finds out what the input is: head is its start, all is all of it.
func (r *explainRun) parse(name string, head []byte, all io.Reader) (*accesslog.Entry, error) {
	text := strings.TrimSpace(string(head))
	if text == "" {
		return nil, errors.New("nothing in it; see chaperone help explain")
	}
	if r.formatName == "auto" {
		e := new(accesslog.Entry)
		if text[0] == '{' && accesslog.ParseHAREntry([]byte(text), e) == accesslog.Fine {
			return e, nil
		}
		if line, _, _ := strings.Cut(text, "\n"); text[0] != '{' && looksLikeHTTP(line) {
			return accesslog.ParseHTTP(string(head))
		}
	}
	return r.fromLog(name, all)
}

// looksLikeHTTP tells the first line of a request from a line of a log: the
// request line of a log is quoted.
func looksLikeHTTP(line string) bool {
	line = strings.TrimSpace(line)
	i := strings.LastIndex(line, " HTTP/")
	return i > 0 && !strings.ContainsAny(line[i+1:], " \"") || len(strings.Fields(line)) == 2
}

// fromLog returns the entry on the line that was asked for.
func (r *explainRun) fromLog(name string, all io.Reader) (*accesslog.Entry, error) {
	o, err := r.options(1)
	if err != nil {
		return nil, err
	}
	log, err := accesslog.NewReader(name, all, o)
	if err != nil {
		return nil, err
	}
	e := new(accesslog.Entry)
	for err == nil && e.Line < r.entry {
		err = log.Next(e)
	}
	switch {
	case err == nil && e.Line == r.entry:
		return e, nil
	case err != nil && err != io.EOF:
		return nil, err
	}
	s := log.Stats()
	if s.Accepted == 0 {
		why := ""
		if len(s.Examples) > 0 {
			why = ": " + s.Examples[0].Reason.String()
		}
		return nil, fmt.Errorf("neither HTTP text nor a HAR entry nor an access log%s; see chaperone help explain", why)
	}
	return nil, fmt.Errorf("there is no request on line %d; it has %s", r.entry, plural(s.Lines, "line"))
}

// complete fills in what the input did not say.
func (r *explainRun) complete() error {
	e := r.request
	if r.client != "" {
		a, err := netip.ParseAddr(r.client)
		if err != nil {
			return fmt.Errorf("client %q: not an address", r.client)
		}
		e.Client, e.ClientName = traffic.NormalAddr(a), ""
	}
	if !e.Client.IsValid() {
		e.Client = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	r.asking = e.Status == 0
	return nil
}

// run explains and prints.
func (r *explainRun) run(ctx context.Context) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	guard, err := chaperone.New(cfg)
	if err != nil {
		return err
	}
	defer guard.Close(context.WithoutCancel(ctx))
	if err := r.entries.put(ctx, guard.Lists()); err != nil {
		return err
	}
	var x traffic.Exchange
	r.request.Request(&x)
	x.Response.Want = traffic.Want{Limit: maxInput, Kinds: traffic.KindAny}
	r.request.Response(&x)
	why := guard.Explain(ctx, &x)
	if r.asJSON {
		enc := json.NewEncoder(r.out)
		enc.SetIndent("", "  ")
		return enc.Encode(why)
	}
	return r.print(&why)
}
