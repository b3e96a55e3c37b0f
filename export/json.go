package export

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/chaperone-go/chaperone/traffic"
)

// appendRecord writes the JSON object of r: the same members, in the same
// order, as encoding/json gives for a [traffic.Record], without its garbage.
func appendRecord(b []byte, r *traffic.Record) []byte {
	b = append(b, `{"id":"`...)
	b = appendHex(b, r.ID[:])
	b = append(b, `","time":`...)
	b = appendTime(b, r.Time)
	b = append(b, `,"duration_ns":`...)
	b = strconv.AppendInt(b, int64(r.Duration), 10)
	b = append(b, `,"app":`...)
	b = strconv.AppendInt(b, int64(r.App), 10)
	b = append(b, `,"session":`...)
	b = appendIdentity(b, &r.Session)
	b = append(b, `,"client":`...)
	b = appendClient(b, &r.Client)
	b = append(b, `,"method":`...)
	b = appendString(b, r.Method)
	b = appendMember(b, `,"scheme":`, r.Scheme)
	b = appendMember(b, `,"proto":`, r.Proto)
	b = appendMember(b, `,"host":`, r.Host)
	b = append(b, `,"path":`...)
	b = appendString(b, r.Path)
	b = appendMember(b, `,"route":`, r.Route)
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(r.Status), 10)
	b = append(b, `,"bytes_in":`...)
	b = strconv.AppendInt(b, r.BytesIn, 10)
	b = append(b, `,"bytes_out":`...)
	b = strconv.AppendInt(b, r.BytesOut, 10)
	b = appendExtras(b, r)
	b = append(b, `,"verdict":`...)
	b = appendVerdict(b, &r.Verdict)
	b = appendMarkNames(b, r.Marks)
	return append(b, '}')
}

// appendExtras writes what most records do not have.
func appendExtras(b []byte, r *traffic.Record) []byte {
	if len(r.Params) > 0 {
		b = append(b, `,"params":`...)
		for i := range r.Params {
			b = append(b, "[,"[min(i, 1)])
			b = appendParam(b, &r.Params[i])
		}
		b = append(b, ']')
	}
	b = appendHits(b, `,"hits":`, r.Hits)
	b = appendStrings(b, `,"tags":`, len(r.Tags), func(i int) string { return r.Tags[i] })
	if r.Login != traffic.NoLogin {
		b = appendMember(b, `,"login":`, r.Login.String())
	}
	return b
}

func appendIdentity(b []byte, s *traffic.Identity) []byte {
	b = append(b, `{"id":"`...)
	b = append(appendHex(b, s.ID[:]), '"')
	if !s.Provisional.IsZero() {
		b = append(b, `,"provisional":"`...)
		b = append(appendHex(b, s.Provisional[:]), '"')
	}
	b = append(b, `,"key":{"source":`...)
	b = appendString(b, s.Key.Source.String())
	b = append(b, `,"index":`...)
	b = strconv.AppendInt(b, int64(s.Key.Index), 10)
	b = appendMember(b, `,"name":`, s.Key.Name)
	b = appendMember(b, `,"value":`, s.Key.Value)
	b = appendTrue(b, `,"hashed":`, s.Key.Hashed)
	b = append(b, `},"strength":`...)
	b = appendString(b, s.Strength.String())
	b = append(b, `,"standing":`...)
	b = appendString(b, s.Standing.String())
	b = appendMember(b, `,"user":`, s.User)
	b = appendMember(b, `,"role":`, s.Role)
	return append(b, '}')
}

func appendClient(b []byte, c *traffic.Client) []byte {
	start := len(b) + 1
	if c.Addr.IsValid() {
		b = append(b, `,"addr":"`...)
		b = append(c.Addr.AppendTo(b), '"')
	}
	b = appendMember(b, `,"user_agent":`, c.UserAgent)
	b = appendMember(b, `,"ja3":`, c.JA3)
	b = appendMember(b, `,"ja4":`, c.JA4)
	if len(b) < start {
		return append(b, `{}`...)
	}
	b[start-1] = '{' // over the comma of the first member
	return append(b, '}')
}

func appendParam(b []byte, p *traffic.Param) []byte {
	b = append(b, `{"name":`...)
	b = appendString(b, p.Name)
	b = append(b, `,"value":`...)
	b = appendString(b, p.Value)
	b = append(b, `,"found":`...)
	b = appendString(b, p.Found.String())
	b = appendTrue(b, `,"hashed":`, p.Hashed)
	b = appendTrue(b, `,"key":`, p.Key)
	b = appendTrue(b, `,"hidden":`, p.Hidden)
	return append(b, '}')
}

func appendHits(b []byte, label string, hits []traffic.Hit) []byte {
	if len(hits) == 0 {
		return b
	}
	b = append(b, label...)
	for i := range hits {
		h := &hits[i]
		b = append(b, "[,"[min(i, 1)])
		b = append(b, `{"type":`...)
		b = appendString(b, string(h.Type))
		b = append(b, `,"point":`...)
		b = appendString(b, h.Point)
		b = append(b, `,"payload":`...)
		b = appendString(b, h.Payload)
		b = append(b, `,"detector":`...)
		b = append(appendString(b, h.Detector), '}')
	}
	return append(b, ']')
}

func appendVerdict(b []byte, v *traffic.Verdict) []byte {
	b = append(b, `{"action":`...)
	b = appendString(b, v.Action.String())
	if v.Reason != traffic.NoReason {
		b = appendMember(b, `,"reason":`, v.Reason.String())
	}
	if v.Entry != 0 {
		b = append(b, `,"entry":`...)
		b = strconv.AppendUint(b, v.Entry, 10)
	}
	b = appendMember(b, `,"control":`, v.Control)
	b = appendTrue(b, `,"allowed":`, v.Allowed)
	b = appendTrue(b, `,"gray":`, v.Gray)
	b = appendTrue(b, `,"withheld":`, v.Withheld)
	b = append(b, `,"mode":`...)
	b = appendString(b, v.Mode.String())
	return append(b, '}')
}

func appendMarkNames(b []byte, m traffic.Mark) []byte {
	if m == 0 {
		return b // Fast path: nothing unusual.
	}
	names := m.Names()
	return appendStrings(b, `,"marks":`, len(names), func(i int) string { return names[i] })
}

func appendStrings(b []byte, label string, n int, text func(int) string) []byte {
	if n == 0 {
		return b
	}
	b = append(b, label...)
	for i := range n {
		b = append(b, "[,"[min(i, 1)])
		b = appendString(b, text(i))
	}
	return append(b, ']')
}

// appendMember writes label and s, or nothing when s is empty.
func appendMember(b []byte, label, s string) []byte {
	if s == "" {
		return b
	}
	return appendString(append(b, label...), s)
}

// appendTrue writes label and true, or nothing.
func appendTrue(b []byte, label string, on bool) []byte {
	if !on {
		return b
	}
	return append(append(b, label...), "true"...)
}

// appendTime writes t in UTC. A year that RFC 3339 has no room for is written
// as the nearest one it has.
func appendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		t = t.AddDate(min(max(y, 0), 9999)-y, 0, 0)
	}
	b = append(b, '"')
	b = t.AppendFormat(b, time.RFC3339Nano)
	return append(b, '"')
}

// appendString writes s as a JSON string; see the package comment for what
// becomes of hostile text.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		n := plainInJSON.prefix(s)
		b = append(b, s[:n]...)
		if s = s[n:]; s == "" {
			return append(b, '"')
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '"', r == '\\':
			b = append(b, '\\', byte(r))
		case r < utf8.RuneSelf, tricky(r):
			b = appendEscape(b, r)
		case r == utf8.RuneError && size == 1:
			b = append(b, `\ufffd`...)
		default:
			b = append(b, s[:size]...)
		}
		s = s[size:]
	}
}
