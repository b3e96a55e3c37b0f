package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

func TestApps(t *testing.T) {
	rules := []middleware.AppRule{
		{Host: "shop.example.com", App: 1},
		{Host: "shop.example.com", Path: "/admin", App: 2},
		{Host: "shop.example.com", Path: "/admin/reports/", App: 3},
		{Host: "*.example.com", App: 4},
		{Host: "*.eu.example.com", App: 5},
		{Host: "*.example.org", Path: "/api", App: 6},
		{Path: "/api", App: 7},
		{Path: "/api/v2", App: 8},
		{Host: "[2001:db8::1]", App: 9},
		{Host: "Internal.", Path: "/", App: traffic.DefaultApp},
	}
	f := func(host, path string, want traffic.App) {
		t.Helper()
		got, err := middleware.FindApp(rules, host, path)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	f("shop.example.com", "/", 1)
	f("SHOP.example.COM.:8443", "/", 1)
	f("shop.example.com", "/admin", 2)
	f("shop.example.com", "/admin/", 2)
	f("shop.example.com", "/administrator", 1)
	f("shop.example.com", "/admin/reports/q1", 3)
	f("shop.example.com", "/x/../admin", 2) // no way round
	f("shop.example.com", "//admin", 2)
	f("shop.example.com", "/./admin/./reports", 3)
	f("www.example.com", "/admin", 4)
	f("a.b.example.com", "/", 4)
	f("de.eu.example.com", "/", 5)
	f("eu.example.com", "/", 4)
	f("example.com", "/", traffic.DefaultApp)
	f("example.com", "/api/v2/x", 8)
	f("www.example.org", "/api", 6)
	f("www.example.org", "/api/v2", 6) // the more specific host wins over the longer path
	f("www.example.org", "/", traffic.DefaultApp)
	f("", "/api", 7)
	f("[2001:db8::1]:80", "/", 9)
	f("[2001:DB8::1]", "/", 9)
	f("internal", "/api", traffic.DefaultApp)
	f(strings.Repeat("a.", 5000)+"example.com", "/", traffic.DefaultApp)
	f("other", "/apiary", traffic.DefaultApp)
	f("other", "", traffic.DefaultApp)
}

func TestAppRulesAreChecked(t *testing.T) {
	f := func(r middleware.AppRule, part string) {
		t.Helper()
		_, err := middleware.FindApp([]middleware.AppRule{r}, "", "/")
		require.ErrorContains(t, err, part)
	}
	f(middleware.AppRule{Host: "a", App: 0}, "Apps[0].App: 0")
	f(middleware.AppRule{Host: "a", App: -2}, "want 1 or more")
	f(middleware.AppRule{Host: "a:80", App: 1}, "no port")
	f(middleware.AppRule{Host: "a.*.b", App: 1}, "only in front")
	f(middleware.AppRule{Host: "*", App: 1}, "Host")
	f(middleware.AppRule{Host: "*.", App: 1}, "Host")
	f(middleware.AppRule{Host: "münchen.de", App: 1}, "Host")
	f(middleware.AppRule{Path: "api", App: 1}, `must start with "/"`)
	_, err := middleware.FindApp([]middleware.AppRule{{Host: "A", Path: "/x", App: 1}, {Host: "a.", Path: "/x/", App: 2}}, "", "/")
	require.ErrorContains(t, err, "Apps[1]")
	require.ErrorContains(t, err, "already those of Apps[0]")
}

// The function comes first, and may leave it to the rules.
func TestAppFunc(t *testing.T) {
	f := func(header string, want traffic.App) {
		t.Helper()
		s := newSpy()
		m := build(t, s, middleware.Config{
			Apps: []middleware.AppRule{{Host: "*.com", App: 5}},
			App: func(r *http.Request) traffic.App {
				if r.Header.Get("X-App") == "two" {
					return 2
				}
				return traffic.AllApps
			},
		})
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-App", header)
		m.Wrap(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, want, s.last().App)
	}
	f("two", 2)
	f("", 5)
}

func TestAppLookupDoesNotAllocate(t *testing.T) {
	if raceOn {
		t.Skip("allocations differ under race")
	}
	find := middleware.AppFinder(t, []middleware.AppRule{{Host: "*.example.com", Path: "/api", App: 1}, {Host: "a.b.c", App: 2}})
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if find("www.deep.example.com:8080", "/api/orders") != 1 {
			t.Error("not found")
		}
	}))
}
