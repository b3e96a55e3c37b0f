package chaperone_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// These are the acceptance checks of SEMANTICS section 6 that concern
// sessions, lists and the middleware, end to end: a handler is wrapped,
// requests come in, and what the guard says afterwards is looked at. Each
// test cites the number of its check.

// seedKeys are the grouping keys of the seed's example, in its order.
var seedKeys = []session.Parameter{
	{Name: "token answered", Path: "RESPONSE → BODY → JSON → PROPERTY → token", Key: true},
	{Name: "token in query", Path: "REQUEST → QUERY → token", Key: true},
	{Name: "token in body", Path: "REQUEST → BODY → JSON → PROPERTY → token", Key: true},
}

// house is a guard around a handler, for tests.
type house struct {
	t       *testing.T
	guard   *chaperone.Guard
	handler http.Handler
	answer  http.HandlerFunc // what the application does; set before each request
}

func newHouse(t *testing.T, cfg chaperone.Config) *house {
	t.Helper()
	h := &house{t: t, answer: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }}
	if cfg.Client.IsZero() {
		cfg.Client = middleware.Direct()
	}
	if cfg.OnError == nil {
		cfg.OnError = func(err error) { t.Errorf("the guard reports: %v", err) }
	}
	g, err := chaperone.New(cfg)
	require.NoError(t, err)
	h.guard = g
	t.Cleanup(func() { require.NoError(t, g.Close(context.Background())) })
	h.handler = g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.answer(w, r) }))
	return h
}

// ask is one request: method and target, then any of a body and "Name: value"
// header lines.
type ask struct {
	method, target, body string
	header               []string
	from                 string // the client's address; default 192.0.2.1
	answer               string // JSON the application answers; default plain text
}

// send sends the request and returns the status the client sees.
func (h *house) send(a ask) int {
	h.t.Helper()
	return h.response(a).Code
}

func (h *house) response(a ask) *httptest.ResponseRecorder {
	h.t.Helper()
	if a.method == "" {
		a.method = http.MethodGet
	}
	if a.target == "" {
		a.target = "/"
	}
	var body io.Reader
	if a.body != "" {
		body = strings.NewReader(a.body)
	}
	r := httptest.NewRequest(a.method, a.target, body)
	r.RemoteAddr = "192.0.2.1:1234"
	if a.from != "" {
		r.RemoteAddr = a.from + ":1234"
	}
	for _, line := range a.header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	if a.answer != "" {
		h.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, a.answer)
		}
		defer func() { h.answer = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") } }()
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// records returns everything stored so far, oldest first.
func (h *house) records() []*traffic.Record {
	h.t.Helper()
	return h.query(session.Query{})
}

func (h *house) query(q session.Query) []*traffic.Record {
	h.t.Helper()
	require.NoError(h.t, h.guard.Flush(h.t.Context()))
	var all []*traffic.Record
	for r, err := range h.guard.Records(h.t.Context(), q) {
		require.NoError(h.t, err)
		all = append(all, r)
	}
	return all
}

// last sends the request and returns its record.
func (h *house) last(a ask) *traffic.Record {
	h.t.Helper()
	h.send(a)
	all := h.records()
	require.NotEmpty(h.t, all)
	return all[len(all)-1]
}

func (h *house) parts(q session.Query) []chaperone.Part {
	h.t.Helper()
	require.NoError(h.t, h.guard.Flush(h.t.Context()))
	var all []chaperone.Part
	for p, err := range h.guard.Parts(h.t.Context(), q) {
		require.NoError(h.t, err)
		all = append(all, p)
	}
	return all
}

var ada = traffic.Author{Kind: traffic.Manual, ID: "ada"}

// list adds an entry at the present moment.
func (h *house) list(e lists.Entry) lists.Entry {
	h.t.Helper()
	if e.By == (traffic.Author{}) {
		e.By = ada
	}
	got, err := h.guard.Lists().Add(h.t.Context(), time.Now(), e)
	require.NoError(h.t, err)
	return got
}

func TestAcceptance01SeedExample(t *testing.T) {
	h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Parameters: seedKeys}})
	curl := []string{"Content-Type: application/x-www-form-urlencoded", "User-Agent: curl/8"}
	r1 := h.last(ask{method: "POST", body: `{"in":"bbb"}`, header: curl, answer: `{"token":"aaa"}`})
	r2 := h.last(ask{method: "POST", body: `{"in":"ccc","token":"aaa"}`, header: curl})
	r3 := h.last(ask{target: "/?token=aaa", header: curl})
	r4 := h.last(ask{header: curl})

	require.Equal(t, r1.Session.ID, r2.Session.ID, "one value, two places, one session")
	require.Equal(t, r1.Session.ID, r3.Session.ID)
	require.NotEqual(t, r1.Session.ID, r4.Session.ID)
	for i, want := range []struct {
		r     *traffic.Record
		src   traffic.KeySource
		index int
	}{{r1, traffic.OwnKey, 0}, {r2, traffic.OwnKey, 2}, {r3, traffic.OwnKey, 1}, {r4, traffic.AddrUserAgentKey, 0}} {
		require.Equalf(t, want.src, want.r.Session.Key.Source, "request %d", i+1)
		require.Equalf(t, want.index, want.r.Session.Key.Index, "request %d", i+1)
	}
	require.Equal(t, r4.Session.ID, r1.Session.Provisional, "before the answer the login was just an address")
	require.Equal(t, traffic.Issued, r2.Session.Standing, "the token was seen in our answer")
	require.Len(t, h.parts(session.Query{}), 2)
}

func TestAcceptance02OwnKeysBeatBuiltin(t *testing.T) {
	h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Parameters: []session.Parameter{
		{Name: "first", Path: "REQUEST → HEADER → X-FIRST", Key: true},
		{Name: "second", Path: "REQUEST → HEADER → X-SECOND", Key: true},
	}}})
	cookie := "Cookie: PHPSESSID=abcdefghijklmnop"
	require.Equal(t, "first", h.last(ask{header: []string{"X-First: 1", "X-Second: 2", cookie}}).Session.Key.Name)
	require.Equal(t, "second", h.last(ask{header: []string{"X-Second: 2", cookie}}).Session.Key.Name)
	r := h.last(ask{header: []string{cookie}})
	require.Equal(t, traffic.BuiltinKey, r.Session.Key.Source)
	require.NotContains(t, r.Session.Key.Value, "abcdefghijklmnop", "built-in values are never kept in the clear")
}

func TestAcceptance03AddressFallback(t *testing.T) {
	h := newHouse(t, chaperone.Config{})
	noAgent := h.last(ask{})
	require.Equal(t, traffic.AddrKey, noAgent.Session.Key.Source)
	one := h.last(ask{header: []string{"User-Agent: one"}})
	two := h.last(ask{header: []string{"User-Agent: two"}})
	require.Equal(t, traffic.AddrUserAgentKey, one.Session.Key.Source)
	require.NotEqual(t, one.Session.ID, two.Session.ID)
	require.Equal(t, traffic.StrengthWeak, one.Session.Strength)
}

func TestAcceptance04ReorderingKeys(t *testing.T) {
	a := session.Parameter{Name: "a", Path: "REQUEST → QUERY → a", Key: true}
	b := session.Parameter{Name: "b", Path: "REQUEST → QUERY → b", Key: true}
	h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Parameters: []session.Parameter{a, b}}})
	require.Equal(t, "a", h.last(ask{target: "/?a=1&b=2"}).Session.Key.Name)
	require.NoError(t, h.guard.SetPolicy(chaperone.Policy{Parameters: []session.Parameter{b, a}}))
	require.Equal(t, "b", h.last(ask{target: "/?a=1&b=2"}).Session.Key.Name)
}

func TestAcceptance05TwentyParameters(t *testing.T) {
	var twenty []session.Parameter
	for i := range 20 {
		twenty = append(twenty, session.Parameter{Name: fmt.Sprint("p", i), Path: fmt.Sprint("REQUEST → QUERY → p", i)})
	}
	hidden := session.Parameter{Name: "of a control", Path: "REQUEST → QUERY → order", Hidden: true}
	h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Parameters: append(twenty, hidden)}})
	r := h.last(ask{target: "/?order=17"})
	require.Len(t, r.Params, 1)
	require.Equal(t, traffic.Param{Name: "of a control", Value: "17", Found: traffic.Present, Hidden: true}, r.Params[0])

	err := h.guard.SetPolicy(chaperone.Policy{Parameters: append(twenty, session.Parameter{Name: "p20", Path: "REQUEST → QUERY → p20"})})
	require.ErrorContains(t, err, "20")
	require.Len(t, h.guard.Policy().Parameters, 21, "a refused policy changes nothing")
}

func TestAcceptance06KeyBecomesContext(t *testing.T) {
	p := session.Parameter{Name: "token", Path: "REQUEST → QUERY → token", Key: true, Secret: true}
	h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Parameters: []session.Parameter{p}}})
	asKey := h.last(ask{target: "/?token=zz-top"})
	p.Key = false
	require.NoError(t, h.guard.SetPolicy(chaperone.Policy{Parameters: []session.Parameter{p}}))
	plain := h.last(ask{target: "/?token=zz-top"})
	other := h.last(ask{target: "/?token=bbb"})

	require.Equal(t, traffic.OwnKey, asKey.Session.Key.Source)
	require.NotEqual(t, traffic.OwnKey, plain.Session.Key.Source)
	require.Len(t, plain.Params, 1)
	require.True(t, plain.Params[0].Hashed)
	require.NotContains(t, plain.Params[0].Value, "zz-top")
	require.Equal(t, asKey.Params[0].Value, plain.Params[0].Value, "equal values, equal hashes")
	require.NotEqual(t, plain.Params[0].Value, other.Params[0].Value)
}

func TestAcceptance07MaskedKey(t *testing.T) {
	h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{
		Parameters: []session.Parameter{
			{Name: "a", Path: "REQUEST → QUERY → a", Key: true},
			{Name: "b", Path: "REQUEST → QUERY → b", Key: true},
		},
		Masks: []string{"REQUEST → QUERY → a"},
	}})
	require.Equal(t, "b", h.last(ask{target: "/?a=1&b=2"}).Session.Key.Name)
}

func TestAcceptance08UsersAndRoles(t *testing.T) {
	h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Parameters: []session.Parameter{
		{Name: "sid", Path: "REQUEST → QUERY → sid", Key: true},
		{Name: "user", Path: "REQUEST → HEADER → X-USER", Type: session.User},
		{Name: "role", Path: "REQUEST → HEADER → X-ROLE", Type: session.Role},
	}}})
	h.send(ask{target: "/?sid=1", header: []string{"X-User: ada", "X-Role: admin"}})
	h.send(ask{target: "/?sid=2", header: []string{"X-User: alan", "X-Role: clerk"}})
	h.send(ask{target: "/?sid=3"})
	require.Len(t, h.parts(session.Query{Users: []string{"ada"}}), 1)
	require.Len(t, h.parts(session.Query{Roles: []string{"clerk"}}), 1)
	require.Len(t, h.parts(session.Query{}), 3)
}

func TestAcceptance09DayParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pass(time.Until(time.Date(2000, 1, 1, 23, 59, 0, 0, time.UTC)))
		h := newHouse(t, chaperone.Config{})
		for range 8 { // 1 January 23:59 to 8 January 23:59
			h.send(ask{})
			pass(2 * time.Minute)
			h.send(ask{}) // past midnight
			pass(24*time.Hour - 2*time.Minute)
		}
		h.send(ask{})
		parts := h.parts(session.Query{})
		today := traffic.DayOf(time.Now().UTC())
		require.Len(t, parts, 7, "today and the six days before")
		require.Equal(t, today-6, parts[0].Day, "the part of day -6 is there, the one of day -7 is gone")
		for _, p := range parts {
			require.Equal(t, parts[0].Session, p.Session, "every part has the session's id")
		}
	})
}

func TestDaysOfAZone(t *testing.T) {
	zone := time.FixedZone("east", 9*3600)
	synctest.Test(t, func(t *testing.T) {
		pass(time.Until(time.Date(2000, 1, 1, 23, 59, 0, 0, zone)))
		h := newHouse(t, chaperone.Config{Sessions: session.Config{Zone: zone}})
		h.send(ask{})
		pass(2 * time.Minute)
		h.send(ask{})
		parts := h.parts(session.Query{})
		require.Len(t, parts, 2, "midnight is where the zone has it")
		require.Equal(t, "2000-01-01", parts[0].Day.String())
		require.Equal(t, "2000-01-02", parts[1].Day.String())
	})
}

func TestAcceptance10ManualSessionDeny(t *testing.T) {
	h := newHouse(t, chaperone.Config{})
	id := h.last(ask{}).Session.ID
	e := h.list(lists.Entry{List: lists.Deny, Object: lists.OfSession(id), Reason: "looks odd"})
	require.True(t, h.parts(session.Query{})[0].Denied, "blocked immediately, before any further request")
	require.Equal(t, 403, h.send(ask{}))

	now := time.Now()
	require.Equal(t, []uint64{e.ID}, ids(h.guard.Lists().Now(now)))
	_, err := h.guard.Lists().Remove(t.Context(), now, e.ID, traffic.Author{Kind: traffic.Manual, ID: "grace"})
	require.NoError(t, err)
	require.Equal(t, 200, h.send(ask{}))
	require.False(t, h.parts(session.Query{})[0].Denied)
	require.Empty(t, ids(h.guard.Lists().Now(time.Now())))
	old, ok := h.guard.Lists().Entry(e.ID)
	require.True(t, ok, "history keeps it")
	require.Equal(t, "grace", old.RemovedBy.ID)
	require.Equal(t, "ada", old.By.ID)
}

func TestAcceptance11SessionDenyForOneApplication(t *testing.T) {
	h := newHouse(t, chaperone.Config{HTTP: middleware.Config{Apps: []middleware.AppRule{
		{Host: "x.example", App: 1}, {Host: "y.example", App: 2},
	}}})
	x, y := ask{target: "http://x.example/"}, ask{target: "http://y.example/"}
	h.list(lists.Entry{List: lists.Deny, Object: lists.OfSession(h.last(x).Session.ID), Apps: []traffic.App{1}})
	require.Equal(t, 403, h.send(x))
	require.Equal(t, 200, h.send(y))
}

func TestAcceptance12AutomaticSessionDeny(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, chaperone.Config{})
		id := h.last(ask{}).Session.ID
		control := traffic.Author{Kind: traffic.Control, ID: "bola-1", Name: "orders"}
		added, err := h.guard.React(t.Context(), traffic.Reaction{Action: traffic.DenySession, For: time.Hour, Session: id, By: control})
		require.NoError(t, err)
		require.Len(t, added, 1)
		require.Equal(t, 403, h.send(ask{}))
		pass(time.Hour - time.Nanosecond)
		require.Equal(t, 403, h.send(ask{}), "in force until the last instant")
		pass(time.Nanosecond)
		require.Equal(t, 200, h.send(ask{}), "and free at the first one after")
		e, ok := h.guard.Lists().Entry(added[0].ID)
		require.True(t, ok)
		require.Equal(t, control, e.By)
	})
}

func TestAcceptance13HistoryShowsWhatWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, chaperone.Config{})
		began := time.Now()
		e := h.list(lists.Entry{List: lists.Deny, Object: lists.OfAddr(traffic.NormalAddr(addr("192.0.2.9"))), Expires: began.Add(time.Hour)})
		pass(5 * time.Hour)
		now := time.Now()
		require.Empty(t, ids(h.guard.Lists().Now(now)))
		require.Equal(t, []uint64{e.ID}, ids(h.guard.Lists().Between(began, began.Add(2*time.Hour))))
		require.Equal(t, []uint64{e.ID}, ids(h.guard.Lists().At(began.Add(30*time.Minute))))
		require.Empty(t, ids(h.guard.Lists().Between(began.Add(2*time.Hour), now)))
	})
}

func TestAcceptance14FromRequestToEntryToControl(t *testing.T) {
	h := newHouse(t, chaperone.Config{})
	id := h.last(ask{}).Session.ID
	_, err := h.guard.React(t.Context(), traffic.Reaction{Action: traffic.DenySession, Session: id, By: traffic.Author{Kind: traffic.Control, ID: "bola-1", Name: "orders"}})
	require.NoError(t, err)
	r := h.last(ask{})
	require.True(t, r.Verdict.Blocked())
	require.Equal(t, traffic.SessionDenied, r.Verdict.Reason)
	e, ok := h.guard.Lists().Entry(r.Verdict.Entry)
	require.True(t, ok)
	require.Equal(t, "bola-1", e.By.ID)
}

// The other half of check 19, the link that reproduces a view, is the console's.
func TestAcceptance19CSVEqualsTheList(t *testing.T) {
	h := newHouse(t, chaperone.Config{})
	for i := range 5 {
		h.send(ask{target: fmt.Sprint("/page/", i), header: []string{"User-Agent: one"}})
		h.send(ask{target: "/other", header: []string{"User-Agent: two"}})
	}
	q := session.Query{Sessions: []traffic.SessionID{h.records()[0].Session.ID}, Path: "/page/*", Newest: true}
	var seen []string
	for _, r := range h.query(q) {
		seen = append(seen, r.ID.String())
	}
	require.Len(t, seen, 5)
	var file bytes.Buffer
	require.NoError(t, export.WriteCSV(&file, h.guard.Records(t.Context(), q)))
	rows, err := csv.NewReader(&file).ReadAll()
	require.NoError(t, err)
	at := slices.Index(rows[0], "request")
	require.GreaterOrEqual(t, at, 0, "the column of request ids, among %v", rows[0])
	var exported []string
	for _, row := range rows[1:] {
		exported = append(exported, row[at])
	}
	require.Equal(t, seen, exported)
}

func TestAcceptance20AllowBeatsDeny(t *testing.T) {
	h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Mode: traffic.ModeBlock}, Detectors: []chaperone.Detector{union{}}})
	from := ask{from: "1.2.3.4"}
	attack := ask{from: "1.2.3.4", target: "/?q=1%20UNION%20SELECT%20password"}
	object := lists.OfAddr(addr("1.2.3.4"))
	require.Equal(t, 200, h.send(from))
	h.list(lists.Entry{List: lists.Deny, Object: object})
	require.Equal(t, 403, h.send(from))
	allow := h.list(lists.Entry{List: lists.Allow, Object: object})
	require.Equal(t, 200, h.send(from))
	require.Equal(t, 200, h.send(attack), "allowed sources pass even with an attack")
	_, err := h.guard.Lists().Remove(t.Context(), time.Now(), allow.ID, ada)
	require.NoError(t, err)
	require.Equal(t, 403, h.send(from))
}

func TestAcceptance21GrayBlocksAttacksInSafeBlocking(t *testing.T) {
	attack := ask{target: "/?q=1%20UNION%20SELECT%20password"}
	for _, c := range []struct {
		mode       traffic.Mode
		gray, none int
	}{{traffic.ModeMonitoring, 200, 200}, {traffic.ModeSafeBlocking, 403, 200}, {traffic.ModeBlock, 403, 403}, {traffic.ModeOff, 200, 200}} {
		t.Run(c.mode.String(), func(t *testing.T) {
			h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Mode: c.mode}, Detectors: []chaperone.Detector{union{}}})
			require.Equal(t, c.none, h.send(attack))
			h.list(lists.Entry{List: lists.Gray, Object: lists.OfAddr(addr("192.0.2.1"))})
			require.Equal(t, 200, h.send(ask{}), "clean requests pass")
			require.Equal(t, c.gray, h.send(attack))
		})
	}
}

// Mode off is inert: nothing is blocked and nothing recorded, unless the
// policy wants denied addresses kept out even then.
func TestModeOff(t *testing.T) {
	for _, kept := range []bool{false, true} {
		t.Run(fmt.Sprint("ListsInOff=", kept), func(t *testing.T) {
			h := newHouse(t, chaperone.Config{Policy: chaperone.Policy{Mode: traffic.ModeOff, ListsInOff: kept}})
			h.list(lists.Entry{List: lists.Deny, Object: lists.OfAddr(addr("1.2.3.4"))})
			require.Equal(t, 200, h.send(ask{}))
			want, records := 200, 0
			if kept {
				want, records = 403, 1
			}
			require.Equal(t, want, h.send(ask{from: "1.2.3.4"}))
			require.Len(t, h.records(), records)
		})
	}
}

// The more local mode wins.
func TestModePerApplication(t *testing.T) {
	h := newHouse(t, chaperone.Config{
		HTTP:      middleware.Config{Apps: []middleware.AppRule{{Host: "x.example", App: 1}, {Host: "y.example", App: 2}}},
		Policy:    chaperone.Policy{Mode: traffic.ModeBlock, Applications: []chaperone.Application{{ID: 2, Mode: traffic.ModeMonitoring}}},
		Detectors: []chaperone.Detector{union{}},
	})
	attack := "/?q=1%20UNION%20SELECT%20password"
	require.Equal(t, 403, h.send(ask{target: "http://x.example" + attack}))
	require.Equal(t, 200, h.send(ask{target: "http://y.example" + attack}))
	require.Equal(t, traffic.Monitor, h.records()[1].Verdict.Action)
}

func TestAcceptance22EntryBounds(t *testing.T) {
	h := newHouse(t, chaperone.Config{})
	now := time.Now()
	add := func(prefix string, d time.Duration) error {
		e := lists.Entry{List: lists.Deny, Object: lists.OfPrefix(prefixOf(prefix)), By: ada}
		if d > 0 { // otherwise forever
			e.Expires = now.Add(d)
		}
		_, err := h.guard.Lists().Add(t.Context(), now, e)
		return err
	}
	require.Error(t, add("10.0.0.0/11", time.Hour))
	require.NoError(t, add("10.0.0.0/12", time.Hour))
	require.Error(t, add("2001:c00::/31", time.Hour))
	require.NoError(t, add("2001:db8::/32", time.Hour))
	require.Error(t, add("192.0.2.0/24", 4*time.Minute))
	require.NoError(t, add("192.0.2.0/24", 5*time.Minute))
	require.NoError(t, add("198.51.100.0/24", 0))
}
