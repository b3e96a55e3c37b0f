// Readers measures that requests never wait for those who change lists: the
// time of one look at the lists, with readers on both cores, while nobody
// writes and while one writer adds and removes entries without pause.
//
//	go run ./readers
package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/store/memory"
	"github.com/chaperone-go/chaperone/traffic"
)

const (
	prefixes = 10_000
	samples  = 200_000 // of each reader
	perStep  = 16      // looks between two looks at the clock
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "readers:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx := context.Background()
	book, err := lists.Open(ctx, memory.NewLists(), lists.Config{})
	if err != nil {
		return err
	}
	for i := range prefixes {
		if _, err := book.Add(ctx, time.Now(), entry(i)); err != nil {
			return err
		}
	}
	quiet := read(book)
	var stop atomic.Bool
	var changes int
	done := make(chan error)
	go func() {
		done <- write(ctx, book, &stop, &changes)
	}()
	busy := read(book)
	stop.Store(true)
	if err := <-done; err != nil {
		return err
	}
	fmt.Printf("nanoseconds a look, %d readers, %d entries        p50     p99   p99.9\n", runtime.GOMAXPROCS(0), prefixes)
	fmt.Printf("nobody writes                               %9d %7d %7d\n", at(quiet, 50), at(quiet, 99), at(quiet, 99.9))
	fmt.Printf("one writer, %8d changes meanwhile       %9d %7d %7d\n", changes, at(busy, 50), at(busy, 99), at(busy, 99.9))
	fmt.Printf("ratio of p99: %.2f\n", float64(at(busy, 99))/float64(at(quiet, 99)))
	return nil
}

func entry(i int) lists.Entry {
	a := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
	return lists.Entry{List: lists.Deny, Object: lists.OfAddr(a), By: traffic.Author{Kind: traffic.Manual, ID: "bench"}}
}

// write adds and removes entries until told to stop.
func write(ctx context.Context, book *lists.Book, stop *atomic.Bool, changes *int) error {
	for i := 0; !stop.Load(); i++ {
		e, err := book.Add(ctx, time.Now(), entry(prefixes+i%1000))
		if err != nil {
			return err
		}
		if _, err := book.Remove(ctx, time.Now(), e.ID, e.By); err != nil {
			return err
		}
		*changes += 2
	}
	return nil
}

// read times looks at the lists from one goroutine a core.
func read(book *lists.Book) []int64 {
	var mu sync.Mutex
	var all []int64
	var readers sync.WaitGroup
	for core := range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			mine := make([]int64, 0, samples)
			now := time.Now()
			for i := range samples {
				start := time.Now()
				for j := range perStep {
					n := i*perStep + j + core
					book.Check(now, netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), traffic.DefaultApp)
				}
				mine = append(mine, int64(time.Since(start))/perStep)
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		})
	}
	readers.Wait()
	slices.Sort(all)
	return all
}

func at(sorted []int64, percent float64) int64 {
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*percent/100))]
}
