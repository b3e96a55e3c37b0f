package chaperone

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// plan is a compiled policy: immutable, swapped as a whole. An exchange keeps
// the plan it began with until it ends.
type plan struct {
	policy   Policy
	modes    map[traffic.App]traffic.Mode // the applications with a mode of their own
	mode     traffic.Mode                 // everybody else's
	resolver *session.Resolver
	points   *point.Plan
	want     traffic.Want // what of the response the slots ask for
}

// compile checks a policy and makes the plan for it. All problems are
// returned at once.
func (c *Config) compile(p Policy) (*plan, error) {
	p = p.clone()
	var set point.Set
	sessions := c.Sessions
	sessions.Parameters, sessions.Masks = p.Parameters, p.Masks
	resolver, errSession := session.Compile(sessions, &set)
	if err := errors.Join(p.validate(), named(errSession)); err != nil {
		return nil, err
	}
	pl := &plan{policy: p, mode: p.modeOf(traffic.AllApps), resolver: resolver, points: set.Compile(c.Limits)}
	pl.modes = map[traffic.App]traffic.Mode{}
	for _, a := range p.Applications {
		pl.modes[a.ID] = p.modeOf(a.ID)
	}
	maps.DeleteFunc(pl.modes, func(_ traffic.App, m traffic.Mode) bool { return m == pl.mode })
	pl.want = pl.points.Want()
	return pl, nil
}

func (p *plan) modeOf(app traffic.App) traffic.Mode {
	if len(p.modes) != 0 {
		if m, ok := p.modes[app]; ok {
			return m
		}
	}
	return p.mode
}

// named puts the field of [Config] before each problem that the sessions'
// configuration has: what is policy stands in the policy.
func named(err error) error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var problems []error
		for _, p := range joined.Unwrap() {
			problems = append(problems, named(p))
		}
		return errors.Join(problems...)
	}
	if text := err.Error(); strings.HasPrefix(text, "Parameters") || strings.HasPrefix(text, "Masks") {
		return fmt.Errorf("Policy.%w", err)
	}
	return fmt.Errorf("Sessions.%w", err)
}
