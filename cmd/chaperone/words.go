package main

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// keyText says what identified a session.
func keyText(k session.KeyUse) string {
	switch k.Source {
	case traffic.NoKey:
		return "none"
	case traffic.OwnKey, traffic.BuiltinKey:
		return k.Source.String() + " " + safe(k.Name)
	}
	return k.Name
}

// reasonText says a reason in words.
func reasonText(reason string) string {
	switch reason {
	case "addr_denylist":
		return "the deny list of addresses"
	case "session_denylist":
		return "the deny list of sessions"
	case "failure":
		return "trouble of Chaperone itself (the policy fails closed)"
	}
	return reason
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// number writes n with commas.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return number(n) + " " + what + "s"
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// length writes how long something took, with two units at most.
func length(d time.Duration) string {
	if d >= time.Minute {
		d = d.Round(time.Second)
	}
	day := 24 * time.Hour
	switch {
	case d >= day:
		return fmt.Sprintf("%d d %d h", d/day, d%day/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	return d.Round(time.Millisecond).String()
}

// safe makes foreign text safe for a screen.
func safe(s string) string {
	q := strconv.Quote(s)
	if q == `"`+s+`"` {
		return s
	}
	return q
}
