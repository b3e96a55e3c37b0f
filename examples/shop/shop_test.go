package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
)

func open(t *testing.T) (guard *chaperone.Guard, shop, view *httptest.Server) {
	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct(), Policy: policy})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, guard.Close(context.Background())) })
	shop, view = httptest.NewServer(guard.Wrap(newShop())), httptest.NewServer(newView(guard))
	t.Cleanup(shop.Close)
	t.Cleanup(view.Close)
	return guard, shop, view
}

// TestShoppersHaveSessions: whoever logs in has one session from the login on,
// whatever the token travels in.
func TestShoppersHaveSessions(t *testing.T) {
	guard, shop, _ := open(t)
	require.NoError(t, drive(t.Context(), shop.URL))
	require.NoError(t, guard.Flush(t.Context()))
	requests := map[string]int{}
	total, guesses := 0, 0
	for p, err := range guard.Parts(t.Context(), session.Query{}) {
		require.NoError(t, err)
		total += p.Requests
		guesses += p.LoginsFailed
		for _, u := range p.Users.List {
			require.NotContains(t, requests, u.Value, "one session for each who logged in")
			requests[u.Value] = p.Requests
		}
	}
	require.Equal(t, map[string]int{"ada": 9, "alan": 7, "grace": 11, "root": 14}, requests)
	require.Equal(t, 10, guesses)
	require.EqualValues(t, total, guard.Stats().Stored)
}

// TestOperatorsWalk is the walk that the shop prints at its start.
func TestOperatorsWalk(t *testing.T) {
	_, shop, view := open(t)
	ask := func(method, url, body string) (int, string) {
		r, err := http.NewRequest(method, url, strings.NewReader(body))
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(b)
	}
	_, answer := ask("POST", shop.URL+"/login", `{"user":"ada","password":"lovelace"}`)
	token := strings.Split(answer, `"`)[3]
	status, _ := ask("GET", shop.URL+"/orders?token="+token, "")
	require.Equal(t, 200, status)

	_, sessions := ask("GET", view.URL+"/sessions", "")
	line := lineWith(sessions, "ada")
	id := line[:64]
	require.Contains(t, line, "active")
	_, csv := ask("GET", view.URL+"/sessions/"+id+".csv", "")
	require.Equal(t, 3, strings.Count(csv, "\n"), "a head and two requests")
	require.NotContains(t, csv, token, "the token is exported as a hash only")

	status, _ = ask("POST", view.URL+"/sessions/"+id+"/deny?for=1h&reason=looks+odd", "")
	require.Equal(t, 200, status)
	status, _ = ask("GET", shop.URL+"/orders?token="+token, "")
	require.Equal(t, 403, status)
	_, sessions = ask("GET", view.URL+"/sessions", "")
	require.Contains(t, lineWith(sessions, "ada"), "Blocked")
	_, freed := ask("POST", view.URL+"/sessions/"+id+"/free", "")
	require.Equal(t, "1 entries removed\n", freed)
	status, _ = ask("GET", shop.URL+"/orders?token="+token, "")
	require.Equal(t, 200, status)

	status, _ = ask("GET", view.URL+"/sessions/nonsense.csv", "")
	require.Equal(t, 400, status)
	status, _ = ask("POST", view.URL+"/sessions/"+id+"/deny?for=4m", "")
	require.Equal(t, 400, status, "shorter than five minutes")
}

func lineWith(text, word string) string {
	for line := range bytes.Lines([]byte(text)) {
		if bytes.Contains(line, []byte(word)) {
			return string(line)
		}
	}
	return ""
}
