// Package middleware makes exchanges out of net/http requests and does what
// was decided about them.
//
//	m, err := middleware.New(inspector, middleware.Config{Client: middleware.Direct()})
//	…
//	http.ListenAndServe(":8080", m.Wrap(handler))
//
// Every request becomes a [traffic.Exchange], which the [Inspector] sees
// twice: Begin on the way in, End on the way out. A request that Begin blocks
// is answered in place of the handler; an answer that End withholds is
// replaced, as long as nothing of it was sent.
//
// # What must be chosen
//
// How the client's address is found ([ClientAddr]). There is no default.
// Everything else in [Config] has one.
//
// # Requests
//
// A body is read ahead when, and as far as, the inspector asks for it, and the
// handler then gets it whole, in order, with its errors in their places. What
// that means:
//
//   - The inspector waits for the client, as a handler that reads the body
//     would. The server's ReadTimeout bounds both, and Config.BodyWait the
//     inspector alone.
//   - A client that sent "Expect: 100-continue" is told to send its body. When
//     a request is blocked without a look at the body, it is not.
//   - Where client and handler take turns (gRPC, endless uploads that are
//     answered as they come), waiting for more of the body would be waiting for
//     ever: name such requests in Config.Duplex.
//   - At most Config.BodyLimit bytes are kept; the rest streams through. A
//     request whose inspector never asks costs no copy at all.
//
// [http.MaxBytesReader] works, around us and inside. Only the server's own
// writer can be told by it to close the connection at once; behind any wrapper
// of it, this one included, the server finds out for itself a little later.
//
// # Answers
//
// The handler's response writer can flush, be hijacked and push when, and only
// when, the original can; files still go out by sendfile once the wanted part
// of them was copied; [http.ResponseController] reaches the connection;
// informational answers, trailers, HTTP/2, HEAD and panics with
// [http.ErrAbortHandler] are what they are without us. Bytes are counted
// exactly.
//
// The start of an answer is copied when the inspector wants it and the type
// fits, as it goes over the wire: a compressed body is copied compressed.
// Small answers are held back until End when the inspector says so; a flush, a
// hijack, or a body that outgrows the limit sends them.
//
// # TLS fingerprints
//
// [FingerprintListener] below TLS and [FingerprintContext] on the server give
// each exchange the JA3 and JA4 of its client. Behind a proxy that ends TLS
// they come from its headers, see Config.JA3Headers.
//
// # Trouble
//
// End runs for every request that Begin saw: after a panic of the handler,
// which goes on unchanged, on a hijacked connection, with a client that went
// away. A panic of the inspector or of a function in Config is recovered,
// counted ([Middleware.Stats]), told to Config.OnError, and the request goes
// on.
//
// # Cost
//
// One allocation a request, of 704 bytes, which holds all that a handler may
// keep: the context, the request, the body, the writer, the handle. It is
// never used for another request. Exchanges and buffers are pooled, and let go
// of under a lock before they return to their pool: a handler that reads,
// writes or states something after it returned gets an error, never the bytes
// of another request.
//
// # Frameworks
//
// [Middleware.Serve] is for frameworks with handlers of their own; see the
// nested modules ginchaperone and echochaperone for gin and echo. Frameworks
// answer unrouted paths and errors late; the adapters see to it that the final
// status is the one that End sees.
package middleware
