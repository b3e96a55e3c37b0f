package lists

import (
	"slices"

	"github.com/chaperone-go/chaperone/traffic"
)

// scope is a set of applications: those in apps, or with not, all but those
// in apps. The nil scope is all of them. Scopes are immutable, apps is sorted
// and without repetition, so that equal sets are equal values.
type scope struct {
	not  bool
	apps []traffic.App
}

// newScope returns the scope of an entry's Apps and Except.
func newScope(apps, except []traffic.App) *scope {
	if len(apps) > 0 && !slices.Contains(apps, traffic.AllApps) {
		return &scope{apps: sortedApps(apps)}
	}
	if len(except) > 0 {
		return &scope{not: true, apps: sortedApps(except)}
	}
	return nil
}

func sortedApps(apps []traffic.App) []traffic.App {
	apps = slices.Clone(apps)
	slices.Sort(apps)
	return slices.Clip(slices.Compact(apps))
}

// has reports whether the application is in s.
func (s *scope) has(app traffic.App) bool {
	if s == nil {
		return true
	}
	for _, a := range s.apps {
		if a >= app {
			return a == app != s.not
		}
	}
	return s.not
}

func (s *scope) empty() bool { return s != nil && !s.not && len(s.apps) == 0 }

func (s *scope) equal(o *scope) bool {
	s, o = s.set(), o.set()
	return s.not == o.not && slices.Equal(s.apps, o.apps)
}

// set returns s, all applications written as "all but none".
func (s *scope) set() *scope {
	if s == nil {
		return &scope{not: true}
	}
	return s
}

// minus returns the applications of s that are not in o.
func (s *scope) minus(o *scope) *scope {
	s, o = s.set(), o.set()
	switch {
	case !s.not:
		return &scope{apps: keep(s.apps, func(a traffic.App) bool { return !o.has(a) })}
	case !o.not:
		return &scope{not: true, apps: sortedApps(append(slices.Clone(s.apps), o.apps...))}
	}
	// All but s without all but o: what o leaves out and s does not.
	return &scope{apps: keep(o.apps, s.has)}
}

// union returns the applications in s or in o.
func (s *scope) union(o *scope) *scope {
	s, o = s.set(), o.set()
	switch {
	case s.not:
		return &scope{not: true, apps: keep(s.apps, func(a traffic.App) bool { return !o.has(a) })}
	case o.not:
		return o.union(s)
	}
	return &scope{apps: sortedApps(append(slices.Clone(s.apps), o.apps...))}
}

// meets reports whether s and o share an application.
func (s *scope) meets(o *scope) bool { return !s.minus(o).equal(s) }

func keep(apps []traffic.App, f func(traffic.App) bool) []traffic.App {
	return slices.DeleteFunc(slices.Clone(apps), func(a traffic.App) bool { return !f(a) })
}

// lists returns s as an entry's Apps and Except, both owned by the caller.
func (s *scope) lists() (apps, except []traffic.App) {
	switch {
	case s == nil || len(s.apps) == 0:
		return nil, nil
	case s.not:
		return nil, slices.Clone(s.apps)
	}
	return slices.Clone(s.apps), nil
}
