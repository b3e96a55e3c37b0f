// Scale measures what many sessions and many records cost: the time of a
// request with 10 thousand to 1 million live sessions, the bytes a live
// session and a stored record take, and that memory stays bounded under an
// endless stream of new sessions.
//
//	go run ./scale                      # 1 million sessions, 10 million records: about two minutes, 3 GB
//	go run ./scale -sessions 100000 -records 1000000
package main

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/store/memory"
	"github.com/chaperone-go/chaperone/traffic"
)

func main() {
	sessions := flag.Int("sessions", 1_000_000, "live sessions at the end")
	records := flag.Int("records", 10_000_000, "stored records at the end")
	flag.Parse()
	if err := run(*sessions, *records); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(sessions, records int) error {
	if err := throughput(sessions); err != nil {
		return err
	}
	if err := served(sessions); err != nil {
		return err
	}
	if err := footprint(sessions, records); err != nil {
		return err
	}
	return endless(sessions)
}

// engine makes a guard whose store holds at most bytes.
func engine(maxLive int, bytes int64) (*chaperone.Guard, error) {
	return chaperone.New(chaperone.Config{
		Replay:       true,
		SessionStore: memory.NewSessions(memory.Options{MaxBytes: bytes}),
		Sessions:     session.Config{MaxLive: maxLive},
	})
}

// client is one exchange that is filled again and again, each time as another
// session's request.
type client struct {
	x      traffic.Exchange
	header traffic.Header
	cookie []string
	agent  []string
	clock  time.Time
	n      uint64
	digits []byte
}

func newClient() *client {
	c := &client{cookie: []string{""}, agent: []string{"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"}, clock: time.Unix(1_760_000_000, 0).UTC()}
	c.header = traffic.Header{"Cookie": c.cookie, "User-Agent": c.agent, "Accept": {"application/json"}, "Accept-Language": {"en"}}
	return c
}

var targets = []string{"/products?page=2", "/products/4711", "/orders?limit=20", "/profile", "/cart/items/42"}

// request sends one request of the given session through the guard.
func (c *client) request(g *chaperone.Guard, session uint64) {
	x := &c.x
	x.Reset()
	c.n++
	c.clock = c.clock.Add(time.Millisecond)
	c.cookie[0] = c.cookieOf(session)
	x.Time, x.App, x.Duration = c.clock, traffic.DefaultApp, 1500*time.Microsecond
	x.ID = traffic.RequestID{byte(c.n), byte(c.n >> 8), byte(c.n >> 16), byte(c.n >> 24), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	x.Client = traffic.Client{Addr: netip.AddrFrom4([4]byte{198, 51, byte(c.n >> 8), byte(c.n)}), UserAgent: c.agent[0]}
	x.Request = traffic.Request{Method: "GET", Scheme: "https", Proto: "2.0", Host: "shop.example", Target: targets[c.n%uint64(len(targets))], Header: c.header}
	g.Begin(context.Background(), x)
	x.Response.Status, x.Response.Length = 200, 512
	g.End(context.Background(), x)
}

// cookieOf makes the cookie of session n anew, as a server does that has just
// parsed it: a million kept ones would measure the memory they lie in.
func (c *client) cookieOf(n uint64) string {
	b := append(c.digits[:0], "PHPSESSID=00000000000000000000000000"...)
	for i := len(b) - 1; n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	c.digits = b
	return string(b)
}

// throughput prints the time of a request with more and more live sessions,
// met in an order that no cache can guess.
func throughput(most int) error {
	g, err := engine(2*most, 2<<30)
	if err != nil {
		return err
	}
	defer g.Close(context.Background())
	c := newClient()
	filled := 0
	var first time.Duration
	fmt.Println("live sessions   ns/request in the engine alone   against the first")
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		if n > most {
			break
		}
		for ; filled < n; filled++ {
			c.request(g, uint64(filled))
		}
		per := timed(g, c, uint64(n))
		if first == 0 {
			first = per
		}
		fmt.Printf("%13d   %30d   %.2f\n", n, per.Nanoseconds(), float64(per)/float64(first))
	}
	return nil
}

// timed returns the median time of a request over 5 runs of 300,000.
func timed(g *chaperone.Guard, c *client, sessions uint64) time.Duration {
	const runs, each = 5, 300_000
	var all [runs]time.Duration
	next := uint64(88172645463325252)
	for i := range all {
		start := time.Now()
		for range each {
			next ^= next << 13 // xorshift: cheap and without a pattern
			next ^= next >> 7
			next ^= next << 17
			c.request(g, next%sessions)
		}
		all[i] = time.Since(start) / each
	}
	return median(all[:])
}

func median(d []time.Duration) time.Duration {
	for i := range d {
		for j := i; j > 0 && d[j] < d[j-1]; j-- {
			d[j], d[j-1] = d[j-1], d[j]
		}
	}
	return d[len(d)/2]
}

// footprint prints the bytes of a live session and of a record.
func footprint(sessions, records int) error {
	before := heap()
	g, err := engine(2*sessions, 4<<30)
	if err != nil {
		return err
	}
	defer g.Close(context.Background())
	c := newClient()
	for i := range sessions {
		c.request(g, uint64(i))
	}
	if err := g.Flush(context.Background()); err != nil {
		return err
	}
	one := heap()
	for i := sessions; i < records; i++ {
		c.request(g, uint64(i%sessions))
	}
	if err := g.Flush(context.Background()); err != nil {
		return err
	}
	all := heap()
	fmt.Printf("\nafter %d sessions of one request each: %.0f bytes a session with its live state, its part and its record\n", sessions, float64(one-before)/float64(sessions))
	fmt.Printf("after %d records of the same sessions: %.0f bytes a further record\n", records, float64(all-one)/float64(records-sessions))
	s := g.Stats()
	fmt.Printf("stored %d, dropped %d, lost %d\n", s.Stored, s.Dropped, s.Lost)
	return nil
}

// endless prints that memory does not grow under new sessions without end.
func endless(sessions int) error {
	const maxBytes = 64 << 20
	g, err := engine(sessions/10, maxBytes)
	if err != nil {
		return err
	}
	defer g.Close(context.Background())
	c := newClient()
	fmt.Printf("\nan endless stream of new sessions, at most %d live ones and %d MiB of records:\n", sessions/10, maxBytes>>20)
	for round := range 5 {
		for i := range sessions / 2 {
			c.request(g, uint64(round*sessions+i))
		}
		if err := g.Flush(context.Background()); err != nil {
			return err
		}
		fmt.Printf("  %9d sessions seen: heap %d MiB, live %d\n", (round+1)*sessions/2, heap()>>20, g.Stats().Live.Sessions)
	}
	return nil
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
