package accesslog

import (
	"encoding/binary"
	"hash/fnv"
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Entry is one request and its answer, as a log tells of them. Its strings
// are owned and may be kept; its slices belong to the entry and are reused
// when it is filled again.
type Entry struct {
	// Source and Line say where it stood: the name of the log, and the number
	// of the line (of the entry, in a HAR), from 1.
	Source string
	Line   int

	// Time is when the request arrived, in UTC.
	Time     time.Time
	Duration time.Duration

	// Client is the address of the client; the zero Addr when the log has
	// none. ClientName is the name it was derived from, "" for an address
	// that was logged as such.
	Client     netip.Addr
	ClientName string

	Method, Target, Proto, Scheme, Host string
	// Garbage is the request line when it was no HTTP request; Method and
	// Target are "" then. "-" when the client said nothing.
	Garbage string

	Status            int
	BytesIn, BytesOut int64
	JA3, JA4          string

	// Asked and Answered are the header fields of the request and of the
	// response.
	Asked, Answered []Field
	// RequestBody and ResponseBody are the bodies, of a HAR.
	RequestBody, ResponseBody []byte

	size                    int // bytes of the log it was made from
	source                  uint64
	askedMap, answeredMap   traffic.Header
	askedVals, answeredVals []string
}

// Field is one header field; Name is canonical.
type Field struct{ Name, Value string }

// reset makes e ready for the next line and keeps its memory.
func (e *Entry) reset() {
	clear(e.Asked)
	clear(e.Answered)
	*e = Entry{
		Asked: e.Asked[:0], Answered: e.Answered[:0],
		askedMap: e.askedMap, answeredMap: e.answeredMap,
		askedVals: e.askedVals, answeredVals: e.answeredVals,
	}
}

// maxFields is how many header fields of a side are kept; more are left out.
const maxFields = 256

// ask adds a header field of the request; "" and "-" are absent, and so is
// what the server replaced before logging.
func (e *Entry) ask(name, value string) { e.Asked = addField(e.Asked, name, value) }

// answer adds a header field of the response.
func (e *Entry) answer(name, value string) { e.Answered = addField(e.Answered, name, value) }

func addField(list []Field, name, value string) []Field {
	switch value {
	case "", "-", "REDACTED", "[REDACTED]":
		return list
	}
	if name == "" || len(list) >= maxFields {
		return list
	}
	return append(list, Field{traffic.CanonicalName(name), value})
}

// cookie adds one cookie to the request's Cookie field.
func (e *Entry) cookie(name, value string) {
	if value == "" || value == "-" {
		return
	}
	pair := name + "=" + value
	for i := range e.Asked {
		if f := &e.Asked[i]; f.Name == "Cookie" {
			f.Value += "; " + pair
			return
		}
	}
	e.ask("Cookie", pair)
}

// asked returns the first value of a field of the request.
func (e *Entry) asked(name string) string {
	for i := range e.Asked {
		if e.Asked[i].Name == name {
			return e.Asked[i].Value
		}
	}
	return ""
}

// UserAgent returns the User-Agent field, "" when there was none.
func (e *Entry) UserAgent() string { return e.asked("User-Agent") }

// ID returns the request id of the entry: the hash of the source's name and
// the number of the line. It is the same each time the log is read.
func (e *Entry) ID() (id traffic.RequestID) {
	if e.source == 0 {
		e.source = hashName(e.Source)
	}
	binary.BigEndian.PutUint64(id[:8], e.source)
	binary.BigEndian.PutUint64(id[8:], uint64(e.Line))
	return id
}

func hashName(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64() | 1 // never 0, which means not yet computed
}
