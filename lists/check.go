package lists

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Bounds on what an entry carries; see [Entry].
const (
	maxReason = 1000
	maxAuthor = 200
	maxApps   = 1000
)

// check returns e with its fields in normal form, or everything that is
// wrong with it, each problem named by its field.
func (c *Config) check(e Entry, now int64) (Entry, error) {
	var errs []error
	bad := func(field string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", field, err))
		}
	}
	if !e.List.valid() {
		bad("List", fmt.Errorf("%s: want one of %q", e.List, listNames[1:]))
	}
	o, err := e.Object.normal()
	bad("Object", err)
	if err == nil {
		bad("Object", c.checkSize(o))
	}
	bad("Apps", checkApps(e.Apps))
	bad("Except", checkApps(e.Except))
	if len(e.Apps) > 0 && len(e.Except) > 0 {
		bad("Except", errors.New("want it only with Apps empty"))
	}
	bad("By", checkAuthor(e.By))
	if len(e.Reason) > maxReason {
		bad("Reason", fmt.Errorf("%d bytes: want at most %d", len(e.Reason), maxReason))
	}
	if n := len(e.Cause.Attack); n > maxAuthor {
		bad("Cause.Attack", fmt.Errorf("%d bytes: want at most %d", n, maxAuthor))
	}
	bad("Expires", c.checkExpiry(e.Expires, standingOf(e.By.Kind), now))
	e.Object, e.Reason, e.By = o, validText(e.Reason), validAuthor(e.By)
	e.Cause.Attack = traffic.AttackType(validText(string(e.Cause.Attack)))
	return e, errors.Join(errs...)
}

// checkSize refuses blocks that are too large.
func (c *Config) checkSize(o Object) error {
	if o.Kind == Session {
		return nil
	}
	family, least := "IPv6", c.LargestIPv6
	if o.Prefix.Addr().Is4() {
		family, least = "IPv4", c.LargestIPv4
	}
	if o.Prefix.Bits() < least {
		return fmt.Errorf("prefix %s: the largest %s block is /%d", o.Prefix, family, least)
	}
	return nil
}

func checkApps(apps []traffic.App) error {
	if len(apps) > maxApps {
		return fmt.Errorf("%d applications: want at most %d", len(apps), maxApps)
	}
	for _, a := range apps {
		if a < traffic.DefaultApp {
			return fmt.Errorf("application %d: want a number from 1, or that of the default or of all", a)
		}
	}
	return nil
}

func checkAuthor(by traffic.Author) error {
	if by.Kind == "" {
		return errors.New("the kind of author is required")
	}
	if n := max(len(by.Kind), len(by.ID), len(by.Name)); n > maxAuthor {
		return fmt.Errorf("%d bytes: want at most %d in each field", n, maxAuthor)
	}
	return nil
}

// checkExpiry applies the bounds of the author's standing to the time from
// now to the expiry.
func (c *Config) checkExpiry(expires time.Time, s standing, now int64) error {
	until := expiryNanos(expires)
	if until == forever {
		return nil
	}
	if until <= now {
		return fmt.Errorf("%s is over: want a time to come", expires.UTC().Format(time.RFC3339))
	}
	least, most := c.MinManual, time.Duration(-1)
	if s != person {
		least, most = c.MinAutomatic, c.MaxAutomatic
	}
	switch period := time.Duration(until - now); {
	case period < least:
		return fmt.Errorf("%s from now: want at least %s, or forever", period, least)
	case most > 0 && period > most:
		return fmt.Errorf("%s from now: want at most %s, or forever", period, most)
	}
	return nil
}

// validText replaces what is not UTF-8: a log in JSON could not keep it.
func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func validAuthor(a traffic.Author) traffic.Author {
	a.Kind = traffic.AuthorKind(validText(string(a.Kind)))
	a.ID, a.Name = validText(a.ID), validText(a.Name)
	return a
}

// Until returns the expiry for a period that starts now, as in
// [traffic.Reaction].For: 0 is [Config].DefaultPeriod, but forever for an
// exception; negative is forever, which is the zero time.
func (b *Book) Until(now time.Time, list List, period time.Duration) time.Time {
	if period == 0 && list != Exception {
		period = b.cfg.DefaultPeriod
	}
	if period <= 0 {
		return time.Time{}
	}
	return now.Add(period)
}
