// Shop is a small JSON shop behind Chaperone, with nothing else installed.
//
//	go run ./examples/shop          # then follow what it prints
//	go run ./examples/shop -drive   # scripted shoppers use it over real HTTP
//
// The shop listens on one address, the operator's view of its sessions on
// another, which stays on this machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/session"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where the shop listens")
	view := flag.String("view", "127.0.0.1:8081", "where the operator's view listens; keep it on this machine")
	driven := flag.Bool("drive", false, "let scripted shoppers use the shop, show the sessions, and stay up")
	once := flag.Bool("once", false, "with -drive: end after showing the sessions")
	flag.Parse()
	if err := run(*addr, *view, *driven, *once); err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

// policy groups requests the way the login of this shop works: it answers
// with a token, and later requests carry the token in the query or the body.
var policy = chaperone.Policy{Parameters: []session.Parameter{
	{Name: "token", Path: "RESPONSE → BODY → JSON → PROPERTY → token", Key: true},
	{Name: "token in query", Path: "REQUEST → QUERY → token", Key: true},
	{Name: "token in body", Path: "REQUEST → BODY → JSON → PROPERTY → token", Key: true},
	{Name: "product", Path: "REQUEST → BODY → JSON → PROPERTY → product"},
}}

func run(addr, view string, driven, once bool) error {
	guard, err := chaperone.New(chaperone.Config{
		Client: middleware.Direct(),
		Policy: policy,
		Sinks:  []export.Sink{export.Slog(slog.Default().Handler(), nil)},
		OnError: func(err error) {
			slog.Error("chaperone", "error", err)
		},
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	shop, err := serve(addr, guard.Wrap(newShop()))
	if err != nil {
		return err
	}
	operator, err := serve(view, newView(guard))
	if err != nil {
		return err
	}
	introduce(os.Stdout, shop.Addr, operator.Addr)
	if driven {
		if err := driveAndShow(ctx, guard, shop.Addr); err != nil {
			return err
		}
	}
	if !once {
		<-ctx.Done()
	}
	end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(shop.Shutdown(end), operator.Shutdown(end), guard.Close(end))
}

// serve starts a server and returns it with the address it really got.
func serve(addr string, h http.Handler) (*http.Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &http.Server{Addr: l.Addr().String(), Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("serve", "addr", s.Addr, "error", err)
		}
	}()
	return s, nil
}

func driveAndShow(ctx context.Context, guard *chaperone.Guard, addr string) error {
	if err := drive(ctx, "http://"+addr); err != nil {
		return fmt.Errorf("drive: %w", err)
	}
	if err := guard.Flush(ctx); err != nil {
		return err
	}
	return printSessions(ctx, os.Stdout, guard)
}

func introduce(w *os.File, shop, view string) {
	fmt.Fprintf(w, `The shop is open at http://%[1]s. Try, in another terminal:

  curl -s -d '{"user":"ada","password":"lovelace"}' http://%[1]s/login       # answers a token
  curl -s 'http://%[1]s/orders?token=TOKEN'                                  # the same session
  curl -s -d '{"token":"TOKEN","product":2}' http://%[1]s/checkout           # still the same
  curl -s http://%[1]s/products                                              # another: nothing but an address

What Chaperone made of it:

  curl -s http://%[2]s/sessions                                              # who is here
  curl -s http://%[2]s/sessions/ID.csv                                       # everything one session did
  curl -s -X POST 'http://%[2]s/sessions/ID/deny?for=1h&reason=looks+odd'    # its next request gets 403
  curl -s -X POST http://%[2]s/sessions/ID/free
  curl -s http://%[2]s/stats

Stop with Ctrl-C.

`, shop, view)
}
