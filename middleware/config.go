package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

const (
	defaultBodyLimit    = 1 << 20 // far above what parsers ask for; it only bounds a mistake
	defaultCaptureLimit = 1 << 20
	defaultIDHeader     = "X-Request-Id"
)

// Config is the configuration of a [Middleware]. Only Client must be given. A
// zero field is its default.
type Config struct {
	// Client is the rule by which the client's address is found. There is no
	// default, because none is safe: behind a proxy the connection's address is
	// the proxy's, and without one any header is the client's own invention.
	// See [ClientAddr].
	Client ClientAddr

	// Proxies are the peers whose RequestIDHeader, SchemeHeader, JA3Headers and
	// JA4Headers are believed: prefixes such as "10.0.0.0/8", addresses, or
	// "unix" for a connection over a unix socket. From any other peer these
	// headers mean nothing. Default: none.
	Proxies []string

	// Apps assign requests to applications by host and path; the most specific
	// rule wins, see [AppRule]. Default: everything belongs to
	// [traffic.DefaultApp].
	Apps []AppRule
	// App assigns requests to applications by itself: by a header, a
	// subdomain, a part of the path. When it returns [traffic.AllApps], which
	// no request can have, Apps decide. It runs for every request, at once
	// from many goroutines. Default: none.
	App func(*http.Request) traffic.App `json:"-"`

	// Answer is what a blocked client gets. Default [DefaultAnswer].
	Answer Answer `json:"-"`

	// RequestIDHeader is the header that brings the request's id from a proxy
	// (see Proxies) and carries it in the blocked answer. 32 hexadecimal digits
	// or a UUID are accepted; otherwise the id is random. Default
	// "X-Request-Id".
	RequestIDHeader string
	// SchemeHeader is the header by which a proxy that ends TLS says "http" or
	// "https", such as "X-Forwarded-Proto". Default none: the scheme is that of
	// the connection.
	SchemeHeader string
	// JA3Headers and JA4Headers bring TLS fingerprints from a proxy that ends
	// TLS; the first one with a well-formed value is used. A JA3 may be given
	// as its 32 digits or in its raw form. Default none: see
	// [FingerprintListener] for fingerprints of our own connections.
	JA3Headers, JA4Headers []string

	// BodyLimit bounds how many bytes of a request's body are read ahead and
	// kept in memory, whatever the inspector asks for. Default 1 MiB. Negative
	// reads nothing ahead.
	BodyLimit int
	// BodyWait bounds how long reading ahead waits for the client. Afterwards
	// the inspector sees what came so far and the exchange is marked
	// [traffic.OverBudget]; the handler gets the whole body all the same, as
	// fast as its client sends it.
	//
	// Reading ahead waits no longer than a handler that reads its body would,
	// and the server's ReadTimeout bounds both. A bound of our own helps
	// handlers that answer before they have read, and costs a goroutine for
	// each body. But know what it opens: a client that sends slowly on purpose
	// is then not inspected. Default 0: no bound of ours.
	BodyWait time.Duration
	// Duplex reports whether a request is a conversation, whose client waits
	// for an answer before it sends on. The body of such a request is never
	// read ahead, for that would wait for ever; it is not inspected either, so
	// go by what clients cannot choose freely, such as the path of a streaming
	// endpoint. For gRPC see [IsGRPC]. It runs only when a body is about to be
	// read ahead. Default: none but CONNECT.
	Duplex func(*http.Request) bool `json:"-"`

	// CaptureLimit bounds how many bytes of an answer are copied, whatever the
	// inspector asks for. Default 1 MiB. Negative copies nothing.
	CaptureLimit int

	// OnError is told about trouble of ours, such as a panic of the inspector
	// ([PanicError]). It runs on the request's path, at once from many
	// goroutines, and should be quick. Default: the default logger of log/slog.
	OnError func(error) `json:"-"`
}

// New returns a middleware that shows every exchange to in. It returns all
// problems of the configuration at once, each by the name of its field.
func New(in Inspector, c Config) (*Middleware, error) {
	m := &Middleware{inspector: in, onError: c.OnError, answer: c.Answer, app: c.App, duplex: c.Duplex}
	var problems []error
	if in == nil {
		problems = append(problems, errors.New("inspector: is nil"))
	}
	var err error
	if m.client, err = c.Client.compile(); err != nil {
		problems = append(problems, err)
	}
	if m.proxies, err = parsePeers("Proxies", c.Proxies); err != nil {
		problems = append(problems, err)
	}
	if m.apps, err = compileApps(c.Apps); err != nil {
		problems = append(problems, err)
	}
	problems = append(problems, m.headers(c)...)
	problems = append(problems, m.limits(c)...)
	if len(problems) > 0 {
		return nil, fmt.Errorf("middleware: %w", errors.Join(problems...))
	}
	m.defaults()
	return m, nil
}

// headers takes over the names of headers, in canonical form.
func (m *Middleware) headers(c Config) (problems []error) {
	name := func(field, text string) string {
		canonical, err := headerName(text)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", field, err))
		}
		return canonical
	}
	if c.RequestIDHeader == "" {
		c.RequestIDHeader = defaultIDHeader
	}
	m.idHeader = name("RequestIDHeader", c.RequestIDHeader)
	if c.SchemeHeader != "" {
		m.schemeHeader = name("SchemeHeader", c.SchemeHeader)
	}
	for i, h := range c.JA3Headers {
		m.ja3Headers = append(m.ja3Headers, name(fmt.Sprintf("JA3Headers[%d]", i), h))
	}
	for i, h := range c.JA4Headers {
		m.ja4Headers = append(m.ja4Headers, name(fmt.Sprintf("JA4Headers[%d]", i), h))
	}
	believing := c.SchemeHeader != "" || len(c.JA3Headers)+len(c.JA4Headers) > 0
	if believing && len(c.Proxies) == 0 {
		problems = append(problems, errors.New(
			"Proxies: empty, so SchemeHeader, JA3Headers and JA4Headers would never be believed; name the proxies or leave the headers out"))
	}
	return problems
}

// limits takes over the limits.
func (m *Middleware) limits(c Config) (problems []error) {
	limit := func(n, byDefault int) int {
		if n == 0 {
			return byDefault
		}
		return max(n, 0)
	}
	m.bodyLimit = limit(c.BodyLimit, defaultBodyLimit)
	m.captureLimit = limit(c.CaptureLimit, defaultCaptureLimit)
	if m.bodyWait = c.BodyWait; c.BodyWait < 0 {
		problems = append(problems, fmt.Errorf("BodyWait: %v is negative; 0 means no bound", c.BodyWait))
	}
	return problems
}

func (m *Middleware) defaults() {
	if m.answer == nil {
		m.answer = DefaultAnswer
	}
	m.exchanges.New = func() any { return new(traffic.Exchange) }
}

// headerName returns the canonical form of a header's name, or why it is none.
func headerName(s string) (string, error) {
	if s == "" {
		return "", errors.New("a header's name is empty")
	}
	for i := range len(s) {
		if !isToken(s[i]) {
			return "", fmt.Errorf("header %q: %q may not be part of a name", s, s[i])
		}
	}
	return http.CanonicalHeaderKey(s), nil
}

// isToken reports whether c may be part of a token (RFC 9110, section 5.6.2).
func isToken(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	switch c {
	case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~':
		return true
	}
	return false
}
