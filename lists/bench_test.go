package lists_test

import (
	"context"
	"encoding/binary"
	"iter"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

// The benchmarks run on a million prefixes and a hundred thousand sessions.
const (
	benchPrefixes = 1_000_000
	benchSessions = 100_000
)

// bulk is a store that makes its log up, and drops what is appended.
type bulk struct{ prefixes, sessions int }

func (bulk) Append(context.Context, []lists.Change) error { return nil }

func (s bulk) Changes(_ context.Context, after uint64) iter.Seq2[lists.Change, error] {
	return func(yield func(lists.Change, error) bool) {
		rng := rand.New(rand.NewPCG(1, 2))
		for i := after; i < uint64(s.prefixes+s.sessions); i++ {
			c := lists.Change{
				Seq: i + 1, ID: i + 1, Time: noon, Op: lists.OpAdd, List: lists.Deny, By: anna, Reason: "feed",
				Expires: noon.Add(time.Duration(1+i%1000) * time.Hour),
			}
			c.Object = lists.OfSession(benchSession(rng))
			if i < uint64(s.prefixes) {
				c.Object = lists.OfPrefix(benchPrefix(rng))
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

func benchSession(rng *rand.Rand) (id traffic.SessionID) {
	for i := 0; i < len(id); i += 8 {
		binary.LittleEndian.PutUint64(id[i:], rng.Uint64())
	}
	return id
}

// benchPrefix is mostly an address, sometimes a block, of either family.
func benchPrefix(rng *rand.Rand) netip.Prefix {
	a := benchAddr(rng, rng.IntN(10) == 0)
	n := a.BitLen()
	if rng.IntN(5) == 0 {
		n -= n / 4 // a /24, or a /96
	}
	return netip.PrefixFrom(a, n).Masked()
}

// benchAddr is in 0.0.0.0/1 or 2001::/17; the rest of the space stays free.
func benchAddr(rng *rand.Rand, v6 bool) netip.Addr {
	if !v6 {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], rng.Uint32()>>1)
		return netip.AddrFrom4(b)
	}
	b := [16]byte{0x20, 0x01, byte(rng.Uint32()) >> 1}
	binary.BigEndian.PutUint64(b[3:], rng.Uint64())
	return netip.AddrFrom16(b)
}

var benchBook = sync.OnceValue(func() *lists.Book {
	b, err := lists.Open(context.Background(), bulk{benchPrefixes, benchSessions}, lists.Config{MaxEntries: 2_000_000, MinManual: -1})
	if err != nil {
		panic(err)
	}
	return b
})

func BenchmarkCheck(b *testing.B) {
	book := benchBook()
	rng := rand.New(rand.NewPCG(3, 4))
	const n = 1 << 12
	miss, inside := make([]netip.Addr, n), make([]netip.Addr, n)
	for i := range n {
		a := benchAddr(rng, false).As4()
		inside[i] = netip.AddrFrom4(a)
		a[0] |= 0x80
		miss[i] = netip.AddrFrom4(a)
	}
	var hit []netip.Addr
	var sessions []traffic.SessionID
	for e := range book.Now(noon) {
		switch {
		case len(sessions) == n:
		case e.Object.Kind == lists.Session:
			sessions = append(sessions, e.Object.Session)
		case len(hit) < n && e.Object.Prefix.Addr().Is4() && e.ID%7 == 0:
			hit = append(hit, e.Object.Prefix.Addr())
		}
	}
	addrs := func(name string, addrs []netip.Addr) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				book.Check(noon, addrs[i%len(addrs)], 1)
				i++
			}
		})
	}
	addrs("far", miss)    // from a part of the Internet that is not listed
	addrs("near", inside) // among listed ones: a few are hit
	addrs("listed", hit)  // the entry's own address
	addrs("one", hit[:1]) // always the same, as from one attacker
	b.Run("session", func(b *testing.B) {
		b.ReportAllocs()
		id := benchSession(rng)
		for b.Loop() {
			book.CheckSession(noon, id, 1)
		}
	})
	b.Run("session listed", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			book.CheckSession(noon, sessions[i%n], 1)
			i++
		}
	})
}

// BenchmarkAdd adds to, and takes off, the large lists, one at a time; the
// store costs nothing here.
func BenchmarkAdd(b *testing.B) {
	book := benchBook()
	rng := rand.New(rand.NewPCG(5, 6))
	run := func(name string, object func() lists.Object) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := lists.Entry{List: lists.Deny, Object: object(), By: bola, Expires: noon.Add(time.Hour), Reason: "bench"}
				if _, err := book.Add(b.Context(), noon, e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("address", func() lists.Object { return lists.OfAddr(benchAddr(rng, false)) })
	run("IPv6 address", func() lists.Object { return lists.OfAddr(benchAddr(rng, true)) })
	run("session", func() lists.Object { return lists.OfSession(benchSession(rng)) })
	b.Run("and remove", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e := lists.Entry{List: lists.Deny, Object: lists.OfSession(benchSession(rng)), By: bola, Expires: noon.Add(time.Hour)}
			e, err := book.Add(b.Context(), noon, e)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := book.Remove(b.Context(), noon, e.ID, anna); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkOpen reads a log of a hundred thousand changes, and tells the
// memory an entry takes in the book.
func BenchmarkOpen(b *testing.B) {
	const n = 100_000
	var book *lists.Book
	before := heap()
	for b.Loop() {
		book, _ = lists.Open(b.Context(), bulk{n / 10 * 9, n / 10}, lists.Config{})
	}
	b.ReportMetric(float64(heap()-before)/n, "B/entry")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/change")
	runtime.KeepAlive(book)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkSweep looks for expired entries among 1.1 million, and finds one.
func BenchmarkSweep(b *testing.B) {
	book := benchBook()
	now := noon
	for b.Loop() {
		now = now.Add(time.Millisecond)
		e := lists.Entry{List: lists.Gray, Object: obj("192.0.2.1"), By: anna, Expires: now.Add(1)}
		if _, err := book.Add(b.Context(), now, e); err != nil {
			b.Fatal(err)
		}
		if n := book.Sweep(now.Add(1)); n != 1 {
			b.Fatalf("swept %d entries", n)
		}
	}
}

// BenchmarkCheckWhileWriting has a reader on every core, first alone, then
// with a writer that changes the lists without a pause, and reports how long
// one Check took, in nanoseconds, the clock included. A reader never waits:
// busy must stay within twice quiet.
func BenchmarkCheckWhileWriting(b *testing.B) {
	book := benchBook()
	var quiet, busy histogram
	changes := 0
	for b.Loop() {
		quiet.add(readFor(book, 500*time.Millisecond))
		var stop atomic.Bool
		var writer sync.WaitGroup
		writer.Go(func() {
			rng := rand.New(rand.NewPCG(7, 8))
			for !stop.Load() {
				e := lists.Entry{List: lists.Deny, Object: lists.OfAddr(benchAddr(rng, false)), By: anna, Expires: noon.Add(time.Hour)}
				e, err := book.Add(context.Background(), noon, e)
				if err == nil {
					_, _ = book.Remove(context.Background(), noon, e.ID, anna)
				}
				changes += 2
			}
		})
		busy.add(readFor(book, 500*time.Millisecond))
		stop.Store(true)
		writer.Wait()
	}
	b.ReportMetric(quiet.quantile(0.5), "quiet-p50")
	b.ReportMetric(quiet.quantile(0.99), "quiet-p99")
	b.ReportMetric(busy.quantile(0.5), "busy-p50")
	b.ReportMetric(busy.quantile(0.99), "busy-p99")
	b.ReportMetric(busy.quantile(0.99)/quiet.quantile(0.99), "busy/quiet")
	b.ReportMetric(float64(changes)/float64(b.N)*2, "changes/s")
}

// readFor has a reader on every core check random addresses for d.
func readFor(book *lists.Book, d time.Duration) *histogram {
	var all histogram
	var mu sync.Mutex
	var readers sync.WaitGroup
	for i := range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			var h histogram
			rng := rand.New(rand.NewPCG(9, uint64(i)))
			for began := time.Now(); time.Since(began) < d; {
				a := benchAddr(rng, false)
				t := time.Now()
				book.Check(noon, a, 1)
				h.note(time.Since(t))
			}
			mu.Lock()
			all.add(&h)
			mu.Unlock()
		})
	}
	readers.Wait()
	return &all
}

// histogram counts durations in buckets an eighth of a power of two wide.
type histogram struct{ counts [512]int }

func (h *histogram) note(d time.Duration) {
	n := uint64(max(d, 1))
	e := bits.Len64(n) - 1
	h.counts[e*8+int(n<<(63-e)>>60&7)]++
}

func (h *histogram) add(o *histogram) {
	for i, n := range o.counts {
		h.counts[i] += n
	}
}

// quantile returns the upper end of the bucket that q lies in.
func (h *histogram) quantile(q float64) float64 {
	total := 0
	for _, n := range h.counts {
		total += n
	}
	left := int(q * float64(total))
	for i, n := range h.counts {
		if left -= n; left < 0 {
			return float64(uint64(1)<<(i/8)) * (1 + float64(i%8+1)/8)
		}
	}
	return 0
}
