package export

import (
	"strconv"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Column describes one column of the CSV.
type Column struct {
	// Name is the text of the header line.
	Name string
	// Doc says what the cells hold.
	Doc string

	cell func(b []byte, r *traffic.Record) []byte
}

// Columns returns the columns of the CSV, in order. Names, meaning and order
// are stable; new columns are added at the end.
func Columns() []Column { return append([]Column(nil), columns...) }

// cellTime is RFC 3339 in UTC with milliseconds: it sorts as text and
// spreadsheets read it.
const cellTime = "2006-01-02T15:04:05.000Z"

var columns = []Column{
	{"time", "when the request arrived: RFC 3339, UTC, milliseconds", func(b []byte, r *traffic.Record) []byte {
		return r.Time.UTC().AppendFormat(b, cellTime)
	}},
	{"request", "id of the request, 32 hexadecimal digits", func(b []byte, r *traffic.Record) []byte {
		return appendHex(b, r.ID[:])
	}},
	{"session", "id of the session, 64 hexadecimal digits", func(b []byte, r *traffic.Record) []byte {
		return appendHex(b, r.Session.ID[:])
	}},
	{"provisional", "the session known before the answer, when it was another one", func(b []byte, r *traffic.Record) []byte {
		if r.Session.Provisional.IsZero() {
			return b
		}
		return appendHex(b, r.Session.Provisional[:])
	}},
	{"key_source", "what identified the session: own, builtin, addr_ua, addr", func(b []byte, r *traffic.Record) []byte {
		return append(b, r.Session.Key.Source.String()...)
	}},
	{"key_index", "place of the key in its family's order, from 0", func(b []byte, r *traffic.Record) []byte {
		return strconv.AppendInt(b, int64(r.Session.Key.Index), 10)
	}},
	{"key_name", "name of the key", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Session.Key.Name)
	}},
	{"key_value", "value of the key: keyid:hash when secret", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Session.Key.Value)
	}},
	{"strength", "how hard the identity is to shed: weak, medium, strong", func(b []byte, r *traffic.Record) []byte {
		return append(b, r.Session.Strength.String()...)
	}},
	{"standing", "where the identity comes from: observed, claimed, issued, verified", func(b []byte, r *traffic.Record) []byte {
		return append(b, r.Session.Standing.String()...)
	}},
	{"user", "user of the session", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Session.User)
	}},
	{"role", "role of the user", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Session.Role)
	}},
	{"app", "number of the application, or default", func(b []byte, r *traffic.Record) []byte {
		return appendApp(b, r.App)
	}},
	{"addr", "address of the client", func(b []byte, r *traffic.Record) []byte {
		if !r.Client.Addr.IsValid() {
			return b
		}
		return r.Client.Addr.AppendTo(b)
	}},
	{"user_agent", "user agent of the client", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Client.UserAgent)
	}},
	{"ja3", "TLS fingerprint JA3", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Client.JA3)
	}},
	{"ja4", "TLS fingerprint JA4", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Client.JA4)
	}},
	{"method", "method of the request", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Method)
	}},
	{"scheme", "http or https", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Scheme)
	}},
	{"host", "host the request was for", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Host)
	}},
	{"path", "path of the request, without query", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Path)
	}},
	{"route", "pattern of the route that served it", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Route)
	}},
	{"proto", "version of HTTP", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Proto)
	}},
	{"status", "status code of the answer, 0 when there was none", func(b []byte, r *traffic.Record) []byte {
		return strconv.AppendInt(b, int64(r.Status), 10)
	}},
	{"duration_ms", "how long the answer took, in milliseconds", func(b []byte, r *traffic.Record) []byte {
		return appendMillis(b, r.Duration)
	}},
	{"bytes_in", "body bytes of the request", func(b []byte, r *traffic.Record) []byte {
		return strconv.AppendInt(b, r.BytesIn, 10)
	}},
	{"bytes_out", "body bytes of the answer", func(b []byte, r *traffic.Record) []byte {
		return strconv.AppendInt(b, r.BytesOut, 10)
	}},
	{"action", "what was done: pass, monitor, block", func(b []byte, r *traffic.Record) []byte {
		return append(b, r.Verdict.Action.String()...)
	}},
	{"reason", "why it was blocked or registered", func(b []byte, r *traffic.Record) []byte {
		return append(b, r.Verdict.Reason.String()...)
	}},
	{"list_entry", "id of the list entry that decided", func(b []byte, r *traffic.Record) []byte {
		if r.Verdict.Entry == 0 {
			return b
		}
		return strconv.AppendUint(b, r.Verdict.Entry, 10)
	}},
	{"control", "id of the control that decided", func(b []byte, r *traffic.Record) []byte {
		return appendCell(b, r.Verdict.Control)
	}},
	{"mode", "mode in force", func(b []byte, r *traffic.Record) []byte {
		return append(b, r.Verdict.Mode.String()...)
	}},
	{"flags", "allowed, gray, withheld, separated by |", func(b []byte, r *traffic.Record) []byte {
		return appendFlags(b, &r.Verdict)
	}},
	{"login", "succeeded or failed, when the request was a login", func(b []byte, r *traffic.Record) []byte {
		return append(b, r.Login.String()...)
	}},
	{"params", "context parameters found, as name=value&name=value, URL-encoded", func(b []byte, r *traffic.Record) []byte {
		return appendParams(b, r.Params)
	}},
	{"attacks", "types of the attacks found, separated by |", func(b []byte, r *traffic.Record) []byte {
		return appendAttacks(b, r.Hits)
	}},
	{"tags", "tags of the application, separated by |", func(b []byte, r *traffic.Record) []byte {
		return appendList(b, len(r.Tags), func(i int) string { return r.Tags[i] })
	}},
	{"marks", "what was unusual, separated by |", func(b []byte, r *traffic.Record) []byte {
		return appendMarks(b, r.Marks)
	}},
}

// appendMillis writes d in milliseconds with three decimals. It is never
// negative: a clock that was set back gives 0.
func appendMillis(b []byte, d time.Duration) []byte {
	us := max(d, 0).Microseconds()
	b = strconv.AppendInt(b, us/1000, 10)
	return append(b, '.', byte('0'+us/100%10), byte('0'+us/10%10), byte('0'+us%10))
}

func appendApp(b []byte, a traffic.App) []byte {
	if a > 0 {
		return strconv.AppendInt(b, int64(a), 10)
	}
	return append(b, a.String()...)
}
