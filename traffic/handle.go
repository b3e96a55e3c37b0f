package traffic

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Handle is the application's side of a request: which session it belongs to,
// and what the application states about it. Handlers reach it through their
// context. Its methods are safe for concurrent use and may be called after
// the request is over, when they change nothing and return false.
//
// What is said may come from the client: users, roles, tags and routes longer
// than 256 bytes are cut off there, between two characters.
//
// The zero Handle is ready, and the methods of a nil one change nothing. A
// Handle is never reused for another request.
type Handle struct {
	mu     sync.Mutex
	said   Said
	id     SessionID
	req    RequestID
	closed bool
}

// Said is what the application stated during a request. Empty fields were
// not stated.
type Said struct {
	User, Role string
	Route      string
	Tags       []string
	Login      Login
	Ended      bool
}

// What one request may say; with them a record stays small whatever a handler
// hands on from its client.
const (
	maxTags = 16  // further ones are refused
	maxSaid = 256 // bytes of a text; the rest is cut off
)

// Open gives the handle its request and provisional session. Called by Begin.
func (h *Handle) Open(req RequestID, id SessionID) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.req, h.id = req, id
	}
}

// Close ends the handle's time and returns what was said. Called by End.
// Closing twice returns the same.
func (h *Handle) Close() Said {
	if h == nil {
		return Said{}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	return h.said
}

// SessionID returns the session known when the request began. A grouping key
// in the response may still put the request into another one.
func (h *Handle) SessionID() SessionID {
	if h == nil {
		return SessionID{}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.id
}

// RequestID returns the id of the request.
func (h *Handle) RequestID() RequestID {
	if h == nil {
		return RequestID{}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.req
}

// SetUser states who the session's user is, from this request on. It wins
// over a parameter of type User.
func (h *Handle) SetUser(user string) bool {
	return h.say(func(s *Said) { s.User = owned(user) })
}

// SetRole states the user's role, from this request on.
func (h *Handle) SetRole(role string) bool {
	return h.say(func(s *Said) { s.Role = owned(role) })
}

// LoginSucceeded states that this request logged user in; it implies SetUser.
// Of several statements about a login the last one counts.
func (h *Handle) LoginSucceeded(user string) bool {
	return h.say(func(s *Said) { s.Login, s.User = LoginSucceeded, owned(user) })
}

// LoginFailed states that this request failed to log user in. The session's
// user is not changed: the name was only tried.
func (h *Handle) LoginFailed() bool {
	return h.say(func(s *Said) { s.Login = LoginFailed })
}

// EndSession states that the session is over (a logout). Later requests with
// its key stay in the session and are marked [AfterEnd]; they are no longer
// trusted as issued.
func (h *Handle) EndSession() bool {
	return h.say(func(s *Said) { s.Ended = true })
}

// SetRoute states the pattern of the route that serves the request, such as
// "/orders/{id}". Adapters call it for every request: the text is kept, not
// copied.
func (h *Handle) SetRoute(pattern string) bool {
	return h.say(func(s *Said) { s.Route = clipSaid(pattern) })
}

// Tag attaches a word to the request. At most 16 a request; more are refused.
// The same word again changes nothing, an empty one is refused.
func (h *Handle) Tag(tag string) bool {
	if tag == "" {
		return false
	}
	full := false
	ok := h.say(func(s *Said) {
		tag := clipSaid(tag)
		if slices.Contains(s.Tags, tag) {
			return
		}
		if full = len(s.Tags) >= maxTags; !full {
			s.Tags = append(s.Tags, strings.Clone(tag))
		}
	})
	return ok && !full
}

// say applies f while the request is alive. A nil handle and a closed one
// change nothing.
func (h *Handle) say(f func(*Said)) bool {
	if h == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	f(&h.said)
	return true
}

// owned returns at most maxSaid bytes of s as a copy: s may be cut from a
// request line or a form of a megabyte, which the record would keep alive.
func owned(s string) string { return strings.Clone(clipSaid(s)) }

// clipSaid returns at most maxSaid bytes of s without cutting a character.
func clipSaid(s string) string {
	if len(s) <= maxSaid {
		return s
	}
	cut := maxSaid
	for cut > maxSaid-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}
