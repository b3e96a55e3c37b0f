package lists

import (
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Match tells which entries apply to a request: for each list the id of one,
// 0 when none does. Where several do, it is that of the narrowest block, and
// for the same object the oldest.
//
// What follows from it is for the caller to decide. The order of the lists is
// Allow, Deny, Gray: once found on an earlier one, the later do not count.
type Match struct {
	Allow, Deny, Gray, Exception uint64
}

// IsZero reports whether nothing applies.
func (m Match) IsZero() bool { return m == Match{} }

// add notes an entry unless one is noted for its list already.
func (m *Match) add(it *item) {
	var id *uint64
	switch it.list {
	case Allow:
		id = &m.Allow
	case Deny:
		id = &m.Deny
	case Gray:
		id = &m.Gray
	default:
		id = &m.Exception
	}
	if *id == 0 {
		*id = it.id
	}
}

// Check tells which entries apply to a request from the address to the
// application. Every block around the address counts: a narrower one that is
// expired, or for other applications, hides no wider one. It does not
// allocate and never waits.
func (b *Book) Check(now time.Time, addr netip.Addr, app traffic.App) (m Match) {
	addr = addr.Unmap()
	st := b.state.Load()
	// Fast path: most addresses are in no block.
	items, ok := st.live.addrs.Lookup(addr)
	if ok {
		st.collect(&m, items, nanos(now), addr, app)
	}
	return m
}

// collect walks from the narrowest block outwards.
func (s *state) collect(m *Match, items []*item, now int64, addr netip.Addr, app traffic.App) {
	for ok := true; ok; {
		for _, it := range items {
			if now < it.expires && it.scope.has(app) {
				m.add(it)
			}
		}
		bits := int(items[0].bits)
		if bits == 0 {
			return
		}
		items, ok = s.live.addrs.LookupPrefix(netip.PrefixFrom(addr, bits-1))
	}
}

// CheckSession tells which entries apply to a request of the session to the
// application. It does not allocate and never waits.
func (b *Book) CheckSession(now time.Time, id traffic.SessionID, app traffic.App) (m Match) {
	items, ok := b.state.Load().live.sessions.Lookup(sessionAddr(id))
	// Fast path: most sessions are not listed.
	if !ok {
		return m
	}
	n := nanos(now)
	for _, it := range items {
		if it.key == id && n < it.expires && it.scope.has(app) {
			m.add(it)
		}
	}
	return m
}

// HasSessions reports whether any session is listed; when none is,
// [Book.CheckSession] need not be asked.
func (b *Book) HasSessions() bool { return b.state.Load().live.sessions.Size() > 0 }
