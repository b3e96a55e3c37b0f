package middleware

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// AppRule assigns requests to an application. The rule with the most specific
// host wins, and among those with the same host the one with the longest path;
// when no path of the most specific host fits, the next wider host is tried.
type AppRule struct {
	// Host is a name such as "shop.example.com", or a wildcard such as
	// "*.example.com" for every name below example.com at any depth, but not
	// for example.com itself. Case, port and a trailing dot do not matter; an
	// international name is given in its ASCII form ("xn--…"). Default "": any
	// host.
	Host string
	// Path is the start of the path, by whole segments: "/api" holds for
	// "/api" and "/api/orders", not for "/apiary". Empty segments and dot
	// segments are resolved in the request's path before it is compared, so
	// that "/shop/../admin" is "/admin". Default "": any path.
	Path string
	// App is the application: 1 or more, or [traffic.DefaultApp].
	App traffic.App
}

// maxHost is longer than any name in the DNS.
const maxHost = 255

// appTable holds the rules by host. It is immutable.
type appTable struct {
	exact map[string][]AppRule // by name
	below map[string][]AppRule // by the name behind "*."
	any   []AppRule
}

// compileApps checks the rules and sorts them, longest path first.
func compileApps(rules []AppRule) (*appTable, error) {
	t := &appTable{exact: map[string][]AppRule{}, below: map[string][]AppRule{}}
	var problems []error
	seen := map[[2]string]int{}
	for i, r := range rules {
		clean, err := r.clean()
		if err != nil {
			problems = append(problems, fmt.Errorf("Apps[%d].%w", i, err))
			continue
		}
		key := [2]string{clean.Host, clean.Path}
		if first, twice := seen[key]; twice {
			problems = append(problems, fmt.Errorf("Apps[%d]: host %q and path %q are already those of Apps[%d]", i, r.Host, r.Path, first))
			continue
		}
		seen[key] = i
		t.add(clean)
	}
	for _, m := range []map[string][]AppRule{t.exact, t.below, {"": t.any}} {
		for _, rules := range m {
			slices.SortStableFunc(rules, func(a, b AppRule) int { return cmp.Compare(len(b.Path), len(a.Path)) })
		}
	}
	return t, errors.Join(problems...)
}

func (t *appTable) add(r AppRule) {
	if name, wild := strings.CutPrefix(r.Host, "*."); wild {
		t.below[name] = append(t.below[name], r)
	} else if r.Host != "" {
		t.exact[r.Host] = append(t.exact[r.Host], r)
	} else {
		t.any = append(t.any, r)
	}
}

// clean returns the rule in the form it is compared in.
func (r AppRule) clean() (AppRule, error) {
	var problems []error
	r.Host = strings.ToLower(strings.TrimSuffix(r.Host, "."))
	if err := checkHost(r.Host); err != nil {
		problems = append(problems, err)
	}
	if r.Path != "" && r.Path[0] != '/' {
		problems = append(problems, fmt.Errorf(`Path: %q: must start with "/"`, r.Path))
	} else if r.Path != "" {
		r.Path = strings.TrimSuffix(path.Clean(r.Path), "/")
	}
	if r.App < 1 && r.App != traffic.DefaultApp {
		problems = append(problems, fmt.Errorf("App: %d: want 1 or more, or DefaultApp (%d)", r.App, traffic.DefaultApp))
	}
	return r, errors.Join(problems...)
}

func checkHost(host string) error {
	name, _ := strings.CutPrefix(host, "*.")
	switch {
	case host == "":
		return nil
	case name == "" || len(name) > maxHost:
		return fmt.Errorf("Host: %q: no name", host)
	case strings.HasPrefix(name, "["):
		return nil // an IPv6 address
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" {
			return fmt.Errorf("Host: %q: an empty label", host)
		}
		for i := range len(label) {
			if c := label[i]; !isToken(c) || c == '*' {
				return fmt.Errorf(`Host: %q: %q may not be part of a name (no port; "*." only in front)`, host, c)
			}
		}
	}
	return nil
}

// find returns the application of a request by host and decoded path.
func (t *appTable) find(host, urlPath string) traffic.App {
	if len(t.exact)+len(t.below) > 0 {
		host = hostName(host)
		if app, ok := byPath(t.exact[host], urlPath); ok {
			return app
		}
		for name := host; len(t.below) > 0; {
			i := strings.IndexByte(name, '.')
			if i < 0 {
				break
			}
			name = name[i+1:]
			if app, ok := byPath(t.below[name], urlPath); ok {
				return app
			}
		}
	}
	if app, ok := byPath(t.any, urlPath); ok {
		return app
	}
	return traffic.DefaultApp
}

func byPath(rules []AppRule, p string) (traffic.App, bool) {
	if len(rules) == 0 {
		return 0, false
	}
	p = cleanPath(p)
	for _, r := range rules {
		rest, ok := strings.CutPrefix(p, r.Path)
		if ok && (rest == "" || rest[0] == '/' || r.Path == "") {
			return r.App, true
		}
	}
	return 0, false
}

// cleanPath resolves dot segments and empty segments.
func cleanPath(p string) string {
	// Fast path: nothing to resolve.
	if !strings.Contains(p, "//") && !strings.Contains(p, "/.") {
		return p
	}
	// Slow path: somebody writes paths in an odd way.
	return path.Clean(p)
}

// hostName reduces the Host header to the name: no port, no trailing dot,
// lower case. What is too long for a name has no rule.
func hostName(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		host = host[:i]
	}
	host = strings.TrimSuffix(host, ".")
	if len(host) > maxHost {
		return ""
	}
	return strings.ToLower(host) // allocates only when there is upper case
}

// appOf returns the application of a request: what Config.App says, else what
// the rules say. When the function panics the rules are not asked, for its
// silence is no answer.
func (m *Middleware) appOf(r *http.Request) (app traffic.App) {
	if m.app != nil {
		if app = m.askApp(r); app != traffic.AllApps {
			return app
		}
	}
	return m.apps.find(r.Host, r.URL.Path)
}

func (m *Middleware) askApp(r *http.Request) (app traffic.App) {
	app = traffic.DefaultApp
	ok := true
	defer m.caught("Config.App", &ok)
	return m.app(r)
}
