package main

import (
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// setup is what both commands need to make a guard and to read logs.
type setup struct {
	policy, secret string // files
	zone           string
	cookie         string
	formatName     string
	entries        listFlags
}

func (s *setup) flags(f *flag.FlagSet) {
	f.StringVar(&s.policy, "policy", "", "`FILE` with the policy in JSON: mode, parameters, keys, masks (default: monitoring, built-in keys)")
	f.StringVar(&s.secret, "secret", "", "`FILE` with the secrets for session ids and hashes, one ID:HEX a line, current one first; use the service's own to get its session ids (default: a random one for this run)")
	f.StringVar(&s.zone, "zone", "UTC", "time `ZONE` in which a day begins, such as Europe/Berlin")
	f.StringVar(&s.cookie, "session-cookie", "PHPSESSID", "`NAME` of the cookie that a session id becomes which the log has as such (JSON member sess)")
	f.StringVar(&s.formatName, "format", "auto", "`FORMAT` of the logs: "+strings.Join(accesslog.FormatNames(), ", ")+", or the name of a server such as nginx, apache, caddy, traefik")
	for _, l := range []lists.List{lists.Deny, lists.Allow, lists.Gray} {
		f.Func(l.String(), "`OBJECT` for the "+l.String()+" list: an address, a network or a session id; may be repeated", s.entries.add(l))
	}
	f.Func("lists", "`FILE` with list entries, one a line: deny|allow|gray OBJECT [reason]", s.entries.file)
}

// options returns how logs are read.
func (s *setup) options(examples int) (o accesslog.Options, err error) {
	if examples <= 0 {
		examples = -1
	}
	o = accesslog.Options{SessionCookie: s.cookie, Examples: examples}
	o.Format, err = accesslog.ParseFormat(s.formatName)
	return o, err
}

// config makes the configuration of the guard.
func (s *setup) config() (cfg chaperone.Config, err error) {
	cfg.Replay = true
	cfg.KeepDays = -1 // a report tells of the whole log
	if cfg.Sessions.Zone, err = time.LoadLocation(s.zone); err != nil {
		return cfg, fmt.Errorf("zone %q: no such time zone", s.zone)
	}
	if s.secret != "" {
		if cfg.Sessions.Secrets, err = readSecrets(s.secret); err != nil {
			return cfg, err
		}
	}
	if s.policy != "" {
		cfg.Policy, err = readPolicy(s.policy)
	}
	return cfg, err
}

func readPolicy(name string) (chaperone.Policy, error) {
	f, err := os.Open(name)
	if err != nil {
		return chaperone.Policy{}, fmt.Errorf("read policy: %w", err)
	}
	defer f.Close()
	p, err := chaperone.ReadPolicy(f)
	if err != nil {
		return p, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// readSecrets reads lines of ID:HEX. What is wrong is told without the text of
// the line: it is a secret.
func readSecrets(name string) ([]session.Secret, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	var list []session.Secret
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		id, digits, ok := strings.Cut(line, ":")
		key, err := hex.DecodeString(strings.TrimSpace(digits))
		if !ok || err != nil {
			return nil, fmt.Errorf("read secrets: %s line %d: want ID:HEX", name, i+1)
		}
		list = append(list, session.Secret{ID: strings.TrimSpace(id), Key: key})
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("read secrets: %s: no secret in it", name)
	}
	return list, nil
}

// listFlags collects list entries from the command line.
type listFlags []lists.Entry

func (l *listFlags) add(list lists.List) func(string) error {
	return func(text string) error { return l.entry(list, text, "given on the command line") }
}

func (l *listFlags) entry(list lists.List, object, reason string) error {
	o, err := lists.ParseObject(object)
	if err != nil {
		return err
	}
	*l = append(*l, lists.Entry{List: list, Object: o, Reason: reason, By: traffic.Author{Kind: traffic.Manual, Name: "chaperone replay"}})
	return nil
}

// file reads lines of LIST OBJECT [reason].
func (l *listFlags) file(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var errs []error
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := l.line(line); err != nil {
			errs = append(errs, fmt.Errorf("%s line %d: %w", name, i+1, err))
		}
	}
	return errors.Join(errs...)
}

func (l *listFlags) line(line string) error {
	words := strings.Fields(line)
	var list lists.List
	switch words[0] {
	case "deny":
		list = lists.Deny
	case "allow":
		list = lists.Allow
	case "gray":
		list = lists.Gray
	default:
		return fmt.Errorf("%q: want deny, allow or gray, then an address, a network or a session id", words[0])
	}
	if len(words) < 2 {
		return fmt.Errorf("%s what? An address, a network or a session id", words[0])
	}
	return l.entry(list, words[1], strings.Join(words[2:], " "))
}

// beforeLogs is a time before that of any log.
var beforeLogs = time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)

// put lists the entries as if they had always been there.
func (l listFlags) put(ctx context.Context, book *lists.Book) error {
	for _, e := range l {
		if _, err := book.Add(ctx, beforeLogs, e); err != nil {
			return err
		}
	}
	return nil
}
