package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// view is the operator's side: sessions, lists and counters. It has no login
// and so belongs on an address that only operators reach.
type view struct{ guard *chaperone.Guard }

// operator is who this example writes into the history of the lists.
var operator = traffic.Author{Kind: traffic.Manual, ID: "operator", Name: "the operator of the example"}

func newView(g *chaperone.Guard) http.Handler {
	v := &view{g}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sessions", v.sessions)
	mux.HandleFunc("GET /sessions/{file}", v.records)
	mux.HandleFunc("POST /sessions/{id}/deny", v.deny)
	mux.HandleFunc("POST /sessions/{id}/free", v.free)
	mux.HandleFunc("GET /stats", v.stats)
	return http.NewCrossOriginProtection().Handler(mux)
}

func (v *view) sessions(w http.ResponseWriter, r *http.Request) {
	if err := errors.Join(v.guard.Flush(r.Context()), printSessions(r.Context(), w, v.guard)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// records answers ID.csv and ID.jsonl.
func (v *view) records(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	if len(file) < 64 {
		http.Error(w, "want a session id of 64 digits, then .csv or .jsonl", http.StatusBadRequest)
		return
	}
	id, err := traffic.ParseSessionID(file[:64])
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	records := v.guard.Records(r.Context(), session.Query{Sessions: []traffic.SessionID{id}})
	switch file[64:] {
	case "", ".csv":
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		err = export.WriteCSV(w, records)
	case ".jsonl":
		w.Header().Set("Content-Type", "application/jsonl")
		err = export.WriteJSONLines(w, records)
	default:
		http.Error(w, "want .csv or .jsonl", http.StatusNotFound)
		return
	}
	if err != nil {
		panic(http.ErrAbortHandler) // the download is cut off, and must not look complete
	}
}

func (v *view) deny(w http.ResponseWriter, r *http.Request) {
	id, err := traffic.ParseSessionID(r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	now := time.Now()
	e := lists.Entry{List: lists.Deny, Object: lists.OfSession(id), By: operator, Reason: r.FormValue("reason")}
	if period := r.FormValue("for"); period != "" {
		d, err := time.ParseDuration(period)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		e.Expires = now.Add(d)
	}
	if e, err = v.guard.Lists().Add(r.Context(), now, e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "entry %d: denied until %s\n", e.ID, until(e))
}

func until(e lists.Entry) string {
	if e.Expires.IsZero() {
		return "someone frees it"
	}
	return e.Expires.Format(time.RFC3339)
}

func (v *view) free(w http.ResponseWriter, r *http.Request) {
	id, err := traffic.ParseSessionID(r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	now, freed := time.Now(), 0
	for e := range v.guard.Lists().On(now, lists.OfSession(id)) {
		if e.List != lists.Deny {
			continue
		}
		if _, err := v.guard.Lists().Remove(r.Context(), now, e.ID, operator); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		freed++
	}
	fmt.Fprintf(w, "%d entries removed\n", freed)
}

func (v *view) stats(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v.guard.Stats())
}

// printSessions prints one line a session part, newest first.
func printSessions(ctx context.Context, w io.Writer, g *chaperone.Guard) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "SESSION\tSINCE\tREQUESTS\tBLOCKED\tSTATUS\tKEY\tUSERS\tENDPOINTS")
	for p, err := range g.Parts(ctx, session.Query{Newest: true, Limit: 100}) {
		if err != nil {
			return err
		}
		status := "active"
		if p.Denied {
			status = "Blocked"
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\n", p.Session, p.First.Format(time.TimeOnly),
			p.Requests, p.Blocked, status, keys(p), counted(p.Users), counted(p.Endpoints))
	}
	return tw.Flush()
}

// keys names what identified the session.
func keys(p chaperone.Part) string {
	if len(p.Keys.List) == 0 {
		return "-"
	}
	names := make([]string, len(p.Keys.List))
	for i, k := range p.Keys.List {
		names[i] = cmp.Or(k.Value.Name, k.Value.Source.String())
	}
	return strings.Join(names, ", ")
}

// counted shows the first values of a part with their numbers.
func counted(c session.Counts[string]) string {
	const shown = 4
	var texts []string
	for _, e := range c.List[:min(shown, len(c.List))] {
		texts = append(texts, fmt.Sprintf("%s×%d", e.Value, e.Count))
	}
	if more := len(c.List) - shown; more > 0 {
		texts = append(texts, fmt.Sprintf("+%d more", more))
	}
	return cmp.Or(strings.Join(texts, " "), "-")
}
