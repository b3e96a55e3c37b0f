package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/store/memory"
)

// served prints the throughput of a whole service over loopback, net/http and
// its parsing included, with more and more live sessions.
func served(most int) error {
	g, err := chaperone.New(chaperone.Config{
		Client:       middleware.Direct(),
		SessionStore: memory.NewSessions(memory.Options{MaxBytes: 2 << 30}),
		Sessions:     session.Config{MaxLive: 2 * most},
	})
	if err != nil {
		return err
	}
	defer g.Close(context.Background())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	server := &http.Server{Handler: g.Wrap(hello), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	fmt.Println("\nlive sessions   requests/s over loopback   against the first")
	var first float64
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		if n > most {
			break
		}
		if err := requests(l.Addr().String(), n, uint64(n), true); err != nil {
			return err
		}
		start := time.Now()
		const each = 300_000
		if err := requests(l.Addr().String(), each, uint64(n), false); err != nil {
			return err
		}
		rate := each / time.Since(start).Seconds()
		if first == 0 {
			first = rate
		}
		fmt.Printf("%13d   %24.0f   %.2f\n", n, rate, rate/first)
	}
	s := g.Stats()
	fmt.Printf("recorded %d, dropped %d\n", s.Recorded, s.Dropped)
	return nil
}

// requests sends count requests over four connections, of the sessions in
// turn or, otherwise, in an order that no cache can guess.
func requests(addr string, count int, sessions uint64, inTurn bool) error {
	const connections = 4
	errs := make(chan error, connections)
	var all sync.WaitGroup
	for i := range connections {
		all.Go(func() { errs <- converse(addr, uint64(i), connections, count/connections, sessions, inTurn) })
	}
	all.Wait()
	for range connections {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// converse sends requests over one connection, sixteen at a time, and reads
// their answers.
func converse(addr string, at, step uint64, count int, sessions uint64, inTurn bool) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	in, out := bufio.NewReader(conn), bufio.NewWriter(conn)
	next := at + 88172645463325252
	const together = 16
	for sent := 0; sent < count; sent += together {
		for range together {
			n := at % sessions
			at += step
			if !inTurn {
				next ^= next << 13
				next ^= next >> 7
				next ^= next << 17
				n = next % sessions
			}
			fmt.Fprintf(out, "GET /products?page=2 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: scale\r\nCookie: PHPSESSID=%026d\r\n\r\n", n)
		}
		if err := out.Flush(); err != nil {
			return err
		}
		for range together {
			if err := answer(in); err != nil {
				return err
			}
		}
	}
	return nil
}

// answer reads one answer: its head up to the empty line, then "hello".
func answer(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) == 2 {
			_, err := in.Discard(len("hello"))
			return err
		}
	}
}
