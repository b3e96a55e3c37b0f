package traffic

import "time"

// Exchange is one request and its response on their way through the rooms.
//
// It is borrowed: whoever makes it (the middleware, a log reader, a test)
// owns it and reuses it with [Exchange.Reset] once End has returned. No room
// may keep it, nor anything reached through it, except strings.
type Exchange struct {
	// Time is when the request arrived. It is the only clock the rooms know.
	Time time.Time
	// Duration is how long the answer took; known when End runs.
	Duration time.Duration
	// ID names the request. Set by the maker; unique per request.
	ID RequestID
	// App is the application the request belongs to. [DefaultApp] when no
	// rule said otherwise.
	App App

	Client   Client
	Request  Request
	Response Response

	// Session is who this is: the provisional session after Begin, the final
	// one after End.
	Session Identity
	// Params are the context parameters found, in the order of the
	// configuration; filled by End.
	Params []Param
	// Hits are the attacks found in the input.
	Hits []Hit
	// Tags and Login are what the application said, filled by End. Tags is
	// owned: it was made for this exchange.
	Tags  []string
	Login Login
	// Verdict is what shall happen to the request. Begin sets it; End may
	// turn a pass into a block while nothing was sent yet, see
	// [Verdict.Withheld].
	Verdict Verdict
	// Marks tell what was unusual: a truncated body, a panic, a client gone.
	Marks Mark

	// Handle is what the application sees and says of this request; nil when
	// the maker offers none (a log has no application).
	Handle *Handle

	// Inspection belongs to whoever implements Begin and End: its own pooled
	// state between the two calls. Others leave it alone.
	Inspection any
}

// Client is the far end of the request, as the maker of the exchange found
// it.
type Client struct {
	// Addr is the client's address by the chosen rule: unmapped, without
	// zone. The zero Addr means it could not be told.
	Addr Addr `json:"addr,omitzero"`
	// UserAgent is the User-Agent header, "" when absent.
	UserAgent string `json:"user_agent,omitempty"`
	// JA3 and JA4 are TLS fingerprints, "" when unknown.
	JA3 string `json:"ja3,omitempty"`
	JA4 string `json:"ja4,omitempty"`
}

// Request is the way in.
type Request struct {
	Method string
	Scheme string // "http" or "https"
	Proto  string // "1.0", "1.1", "2.0", "3.0"
	Host   string // without default port, as sent otherwise
	// Target is the request target as sent: path and query, never decoded.
	Target string
	Header Header
	// Body gives the first bytes of the body on demand; nil when there is
	// none.
	Body Body
	// Length is the number of body bytes: as declared before End (-1 when
	// unknown), as read by the handler in End.
	Length int64
	// Route is the pattern of the router, such as "GET /orders/{id}"; "" when
	// unknown. May be set any time before End.
	Route string
}

// Response is the way out. All fields but Want are set by the maker before
// End.
type Response struct {
	Status int
	// Length is the number of body bytes sent.
	Length int64
	Header Header
	// Body is the captured start of the body; empty when nobody wanted it or
	// its type did not fit.
	Body []byte
	// Whole is true when Body is all of the body.
	Whole bool
	// Held is true when nothing was sent yet: End may still turn the verdict
	// into a block, and the maker answers with that instead.
	Held bool
	// Want is set by Begin: what of the response the rooms will look at.
	Want Want
}

// Want tells the maker of an exchange which part of the response to keep.
// The zero Want keeps nothing.
type Want struct {
	// Limit is how many body bytes to copy; 0 copies none.
	Limit int
	// Kinds are the body types worth copying; others are let through uncopied.
	Kinds Kinds
	// Hold asks to keep a response of at most Limit bytes back until End, so
	// that it can still be withheld. A flush or a larger body sends it.
	Hold bool
}

// Body is a request body that can be looked at before the handler reads it.
type Body interface {
	// ReadAhead returns up to limit bytes from the start of the body, and
	// whether that is all of it. The bytes are borrowed until the exchange
	// ends. A second call with the same or a smaller limit returns the same
	// bytes. A read error is returned with the bytes read before it; the
	// handler will meet the same error at the same place.
	ReadAhead(limit int) (b []byte, whole bool, err error)
}

// Bytes is a [Body] that is already there, for logs and tests.
type Bytes []byte

// ReadAhead implements [Body]. A negative limit is 0.
func (b Bytes) ReadAhead(limit int) ([]byte, bool, error) {
	n := min(max(limit, 0), len(b))
	return b[:n:n], n == len(b), nil
}

// Reset makes x ready for the next request. The memory of Params and Hits is
// kept for it, up to 256 of each; what stood there is not, for it came from
// another client.
func (x *Exchange) Reset() {
	*x = Exchange{Params: wiped(x.Params), Hits: wiped(x.Hits)}
}

// maxKept bounds the places an exchange keeps for the next request: one
// request full of hits must not make every pooled exchange a large one.
const maxKept = 256

// wiped returns s emptied, with nothing left behind its length either; nil
// when it grew too large to be kept.
func wiped[T any](s []T) []T {
	if cap(s) > maxKept {
		return nil
	}
	s = s[:cap(s)]
	clear(s)
	return s[:0]
}
