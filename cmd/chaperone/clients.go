package main

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/chaperone-go/chaperone/traffic"
)

// clients counts requests by client.
type clients struct {
	by    map[netip.Addr]*clientSum
	max   int
	other int // requests of clients that had no room
}

// maxClients is how many clients are told apart, at about 100 bytes each.
const maxClients = 4 << 20

type clientSum struct {
	Addr string `json:"addr"`
	// Name is what the log calls the client, when it holds no address.
	Name     string `json:"name,omitempty"`
	Requests int    `json:"requests"`
	Blocked  int    `json:"blocked,omitempty"`
	addr     netip.Addr
}

func (c *clients) add(e *accesslog.Entry, x *traffic.Exchange) {
	s := c.by[e.Client]
	if s == nil {
		if len(c.by) >= c.max {
			c.other++
			return
		}
		s = &clientSum{addr: e.Client, Name: e.ClientName}
		c.by[e.Client] = s
	}
	s.Requests++
	if x.Verdict.Blocked() {
		s.Blocked++
	}
}

// known returns how many clients were told apart; the unknown one is none.
func (c *clients) known() int {
	n := len(c.by)
	if c.by[netip.Addr{}] != nil {
		n--
	}
	return n
}

// top returns the n clients with most requests.
func (c *clients) top(n int) []clientSum {
	var all []*clientSum
	for _, s := range c.by {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *clientSum) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), a.addr.Compare(b.addr))
	})
	list := make([]clientSum, min(n, len(all)))
	for i := range list {
		list[i] = *all[i]
		if list[i].addr.IsValid() {
			list[i].Addr = list[i].addr.String()
		}
	}
	return list
}
