package chaperone

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// Policy is what an operator may change while the service runs. It is one
// value: JSON in and out, checked as a whole, swapped at once. The zero
// Policy monitors everything with the built-in identifiers.
type Policy struct {
	// Mode is how far the protection may go where no application says
	// otherwise. Default monitoring.
	Mode traffic.Mode `json:"mode,omitempty"`
	// Applications names applications and gives them modes of their own; the
	// more local mode wins.
	Applications []Application `json:"applications,omitempty"`

	// Parameters are the values that group sessions and that are remembered
	// with each request; grouping keys are tried in this order. At most 20
	// visible ones, see [session.Config].
	Parameters []session.Parameter `json:"parameters,omitempty"`
	// Masks are paths whose values are never read: a parameter at or below a
	// mask is absent, and cannot work as a grouping key.
	Masks []string `json:"masks,omitempty"`

	// AnalyseDenied looks at the requests of denylisted addresses before
	// blocking them, and in monitoring only registers them. Default off:
	// denied addresses are blocked at the door in every mode but off.
	AnalyseDenied bool `json:"analyse_denied,omitempty"`
	// SessionDenyOverAllow blocks a denylisted session even from an allowed
	// address. Default off: an allow entry beats every deny entry.
	SessionDenyOverAllow bool `json:"session_deny_over_allow,omitempty"`
	// ListsInOff blocks denylisted addresses in mode off as well; sessions are
	// not looked for there. Default off: in mode off Chaperone is inert.
	ListsInOff bool `json:"lists_in_off,omitempty"`
	// FailClosed blocks a request when looking at it failed (a panic of ours,
	// a budget overrun). Default off: the request passes and the failure is
	// counted.
	FailClosed bool `json:"fail_closed,omitempty"`
}

// Application is a named partition of the traffic.
type Application struct {
	// ID is the application's number, from 1, or -1 for the default one.
	ID traffic.App `json:"id"`
	// Name is for people to read.
	Name string `json:"name,omitempty"`
	// Mode of this application. Default inherit: the policy's.
	Mode traffic.Mode `json:"mode,omitempty"`
}

// ReadPolicy reads a policy in JSON. Unknown fields and trailing text are
// refused, so that a misspelt setting is not silently the default. The policy
// is not yet checked; [New] and [Guard.SetPolicy] do that.
func ReadPolicy(r io.Reader) (Policy, error) {
	const maxPolicy = 4 << 20
	b, err := io.ReadAll(io.LimitReader(r, maxPolicy+1))
	if err != nil {
		return Policy{}, fmt.Errorf("read policy: %w", err)
	}
	if len(b) > maxPolicy {
		return Policy{}, fmt.Errorf("read policy: larger than %d bytes", maxPolicy)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var p Policy
	if err := dec.Decode(&p); err != nil {
		return Policy{}, fmt.Errorf("read policy: %w%s", err, place(b, err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Policy{}, fmt.Errorf("read policy: text after the end of the policy")
	}
	return p, nil
}

// place tells the line of a JSON error, "" when the error does not know it.
func place(b []byte, err error) string {
	var offset int64
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typ):
		offset = typ.Offset
	default:
		return ""
	}
	head := b[:min(int(offset), len(b))]
	return fmt.Sprintf(" (line %d)", 1+bytes.Count(head, []byte("\n")))
}

// validate returns everything that is wrong with the policy itself; what its
// parameters and masks say is checked where they are compiled.
func (p *Policy) validate() error {
	var errs []error
	if p.Mode > traffic.ModeBlock {
		errs = append(errs, fmt.Errorf("Policy.Mode: %v is no mode", p.Mode))
	}
	seen := map[traffic.App]int{}
	for i, a := range p.Applications {
		field := fmt.Sprintf("Policy.Applications[%d]", i)
		if a.ID < 1 && a.ID != traffic.DefaultApp {
			errs = append(errs, fmt.Errorf("%s.ID: %d; applications are numbered from 1, the default one is -1", field, a.ID))
		}
		if j, dup := seen[a.ID]; dup {
			errs = append(errs, fmt.Errorf("%s.ID: %d is already Applications[%d]", field, a.ID, j))
		}
		seen[a.ID] = i
		if a.Mode > traffic.ModeBlock {
			errs = append(errs, fmt.Errorf("%s.Mode: %v is no mode", field, a.Mode))
		}
		if len(a.Name) > 200 || strings.ContainsAny(a.Name, "\r\n") {
			errs = append(errs, fmt.Errorf("%s.Name: want one line of at most 200 bytes", field))
		}
	}
	return errors.Join(errs...)
}

// modeOf returns the mode in force for app: the most local one that is set.
func (p *Policy) modeOf(app traffic.App) traffic.Mode {
	for i := range p.Applications {
		if a := &p.Applications[i]; a.ID == app && a.Mode != traffic.ModeInherit {
			return a.Mode
		}
	}
	if p.Mode != traffic.ModeInherit {
		return p.Mode
	}
	return traffic.ModeMonitoring
}
