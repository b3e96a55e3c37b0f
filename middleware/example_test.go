package middleware_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/traffic"
)

// logger prints a line for each exchange and blocks one address.
type logger struct{}

func (logger) Begin(_ context.Context, x *traffic.Exchange) {
	if x.Client.Addr.String() == "203.0.113.9" {
		x.Verdict.Action, x.Verdict.Reason = traffic.Block, traffic.AddrDenied
	}
}

func (logger) End(_ context.Context, x *traffic.Exchange) {
	fmt.Println(x.Client.Addr, x.Request.Method, x.Request.Target, x.Response.Status, x.Response.Length)
}

func Example() {
	m, err := middleware.New(logger{}, middleware.Config{
		Client: middleware.XForwardedFor("192.0.2.0/24"), // where our proxies are
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))

	for _, client := range []string{"198.51.100.1", "203.0.113.9", "1.1.1.1, 203.0.113.9"} {
		r := httptest.NewRequest("GET", "/greeting", nil) // comes from 192.0.2.1
		r.Header.Set("X-Forwarded-For", client)
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	// Output:
	// 198.51.100.1 GET /greeting 200 5
	// 203.0.113.9 GET /greeting 403 141
	// 203.0.113.9 GET /greeting 403 141
}

// A body is looked at before the handler gets it.
func ExampleInspector() {
	look := inspectorFunc(func(x *traffic.Exchange) {
		start, whole, _ := x.Request.Body.ReadAhead(5)
		fmt.Printf("inspector: %q whole=%v\n", start, whole)
	})
	m, _ := middleware.New(look, middleware.Config{Client: middleware.Direct()})
	h := m.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Printf("handler: %q\n", b)
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("hello world")))
	// Output:
	// inspector: "hello" whole=false
	// handler: "hello world"
}

type inspectorFunc func(*traffic.Exchange)

func (f inspectorFunc) Begin(_ context.Context, x *traffic.Exchange) { f(x) }
func (inspectorFunc) End(context.Context, *traffic.Exchange)         {}

// The application states what it knows through the context.
func ExampleFromContext() {
	h := func(w http.ResponseWriter, r *http.Request) {
		middleware.FromContext(r.Context()).LoginSucceeded("ann")
	}
	h(httptest.NewRecorder(), httptest.NewRequest("POST", "/login", nil)) // harmless without a middleware
	// Output:
}

// An answer of one's own.
func ExampleAnswer() {
	m, _ := middleware.New(logger{}, middleware.Config{
		Client: middleware.FromHeader("X-Real-IP", "192.0.2.1"),
		Answer: func(w http.ResponseWriter, r *http.Request, b middleware.Blocked) {
			if b.Verdict.Reason == traffic.AddrDenied {
				http.Error(w, "please call us and mention your number", http.StatusTooManyRequests)
				return
			}
			middleware.DefaultAnswer(w, r, b)
		},
	})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Real-IP", "203.0.113.9")
	w := httptest.NewRecorder()
	m.Wrap(http.NotFoundHandler()).ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output:
	// 203.0.113.9 GET / 429 39
	// 429 please call us and mention your number
}

// Fingerprints of our own TLS connections; needs a certificate to run.
func ExampleFingerprintListener() {
	l, err := net.Listen("tcp", ":443")
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler(), ConnContext: middleware.FingerprintContext}
	log.Fatal(srv.ServeTLS(middleware.FingerprintListener(l), "cert.pem", "key.pem"))
}
