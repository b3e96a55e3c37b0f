// Command chaperone works on recorded traffic: it replays access logs through
// the engine, and explains how one request is grouped into its session.
//
//	chaperone replay access.log.gz
//	chaperone explain request.http
//
// Run chaperone help for more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
)

const usage = `chaperone groups recorded HTTP traffic into API sessions.

  chaperone replay [flags] LOG...   run access logs through the engine and report
                                    sessions, clients, keys and what the policy
                                    and the lists would have blocked
  chaperone explain [flags] [FILE]  show how one request is grouped: each key that
                                    was tried, what happened, and why
  chaperone version                 print the version
  chaperone help [COMMAND]          print this, or the help of a command

Exit status: 0 fine, 1 something failed or the numbers do not add up, 2 wrong usage.
`

// Exit statuses.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c := console{in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isTerminal(os.Stderr)}
	code := c.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// console is the outside of the program, so that tests can be it.
type console struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // err is a screen somebody watches
}

// command runs with its own arguments.
type command func(c *console, ctx context.Context, args []string) error

var commands = map[string]command{
	"replay":  (*console).replay,
	"explain": (*console).explain,
	"version": (*console).version,
}

// errUsage is for problems that were already told, with the usage.
var errUsage = errors.New("wrong usage")

// errNumbers is for a report whose numbers do not add up, which says so.
var errNumbers = errors.New("the numbers do not add up")

// run runs a command and returns the exit status.
func (c *console) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(c.err, usage)
		return exitUsage
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		if len(args) == 0 {
			fmt.Fprint(c.out, usage)
			return exitFine
		}
		name, args = args[0], []string{"-help"}
	}
	cmd, ok := commands[name]
	if !ok {
		fmt.Fprintf(c.err, "chaperone: there is no command %q\n\n%s", name, usage)
		return exitUsage
	}
	return c.finish(name, cmd(c, ctx, args))
}

// finish tells the error of a command and returns the exit status.
func (c *console) finish(name string, err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitFine
	case errors.Is(err, errUsage):
		return exitUsage
	}
	fmt.Fprintf(c.err, "chaperone %s: %v\n", name, err)
	return exitFailed
}

// newFlags returns an empty flag set that prints nothing by itself.
func newFlags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse parses the flags, which may also stand behind arguments, and returns
// the arguments. It prints the help when asked, and what is wrong.
func (c *console) parse(f *flag.FlagSet, help string, args []string) ([]string, error) {
	var rest, verbatim []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, verbatim = args[:i], args[i+1:]
	}
	for len(args) > 0 {
		err := f.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			c.printHelp(f, help)
			return nil, err
		}
		if err != nil {
			fmt.Fprintf(c.err, "chaperone %s: %v\n", f.Name(), err)
			return nil, c.wrongUsage(f.Name())
		}
		args = f.Args()
		for len(args) > 0 && (args[0] == "-" || !strings.HasPrefix(args[0], "-")) {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	return append(rest, verbatim...), nil
}

// wrongUsage points to the help.
func (c *console) wrongUsage(name string) error {
	fmt.Fprintf(c.err, "Run chaperone help %s to see how it is used.\n", name)
	return errUsage
}

func (c *console) printHelp(f *flag.FlagSet, help string) {
	fmt.Fprint(c.out, help, "\nFlags:\n")
	f.SetOutput(c.out)
	f.PrintDefaults()
}

// version prints the version of the module the program was built from.
func (c *console) version(context.Context, []string) error {
	version := "(development)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	_, err := fmt.Fprintln(c.out, "chaperone", version)
	return err
}
