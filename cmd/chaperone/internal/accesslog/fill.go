package accesslog

import (
	"github.com/chaperone-go/chaperone/traffic"
)

// Request resets x and fills it with the request of e: all that is known when
// Begin runs. The application is [traffic.DefaultApp]. What x holds is
// borrowed from e, except strings.
func (e *Entry) Request(x *traffic.Exchange) {
	x.Reset()
	x.Time = e.Time
	x.ID = e.ID()
	x.App = traffic.DefaultApp
	x.Client = traffic.Client{Addr: e.Client, UserAgent: e.UserAgent(), JA3: e.JA3, JA4: e.JA4}
	e.askedMap, e.askedVals = fillHeader(e.askedMap, e.askedVals, e.Asked)
	r := &x.Request
	r.Method, r.Target, r.Proto, r.Scheme, r.Host = e.Method, e.Target, e.Proto, e.Scheme, e.Host
	r.Header = e.askedMap
	r.Length = e.BytesIn
	if len(e.RequestBody) > 0 {
		r.Body = traffic.Bytes(e.RequestBody)
		r.Length = int64(len(e.RequestBody))
	}
}

// Response fills x with the answer: all that is known when End runs. Of the
// body it gives what Begin asked for in x.Response.Want. An answer that a
// server would have held back until End counts as held.
func (e *Entry) Response(x *traffic.Exchange) {
	x.Duration = e.Duration
	e.answeredMap, e.answeredVals = fillHeader(e.answeredMap, e.answeredVals, e.Answered)
	r := &x.Response
	r.Status, r.Length, r.Header = e.Status, e.BytesOut, e.answeredMap
	r.Body, r.Whole = nil, false
	r.Held = r.Want.Hold && e.BytesOut <= int64(r.Want.Limit)
	kind := traffic.KindOf(r.Header.Get("Content-Type"))
	if r.Want.Limit <= 0 || r.Want.Kinds&kind == 0 {
		return
	}
	r.Body = e.ResponseBody[:min(len(e.ResponseBody), r.Want.Limit)]
	// A log without bodies must not look like an answer that was empty.
	r.Whole = len(r.Body) == len(e.ResponseBody) && (len(r.Body) > 0 || e.BytesOut == 0)
}

// fillHeader makes the map of fields, in the memory of the last one.
func fillHeader(m traffic.Header, vals []string, fields []Field) (traffic.Header, []string) {
	if m == nil {
		m = make(traffic.Header, len(fields))
	}
	clear(m)
	clear(vals)
	if cap(vals) < len(fields) {
		vals = make([]string, 0, len(fields)+4)
	}
	vals = vals[:0]
	for _, f := range fields {
		if old, ok := m[f.Name]; ok {
			m[f.Name] = append(old, f.Value)
			continue
		}
		n := len(vals)
		vals = append(vals, f.Value)
		m[f.Name] = vals[n : n+1 : n+1] // a repeat must not grow into the next field
	}
	return m, vals
}
