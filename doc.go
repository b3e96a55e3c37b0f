// Package chaperone groups the requests and responses of a Go service into
// API sessions, keeps allow, deny and gray lists of addresses and sessions,
// and blocks what they say, all inside the service's own process.
//
// # One use
//
// Wrap a handler:
//
//	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer guard.Close(context.Background())
//	http.ListenAndServe(":8080", guard.Wrap(mux))
//
// From now on every request belongs to a session, found by the published
// built-in identifiers (see [session.Builtin]) or by address and user agent.
// Nothing is blocked but what stands in a deny list.
//
// # Choices
//
// The client's address has no default, because no default is safe: behind a
// proxy the connection's address is the proxy's, and without one a header is
// whatever the client wrote. See the strategies of package middleware.
//
// What an operator may change while the service runs is a [Policy]: the mode,
// the parameters that group sessions and that are remembered, masks. It is
// one value, JSON in and out, checked as a whole and swapped at once by
// [Guard.SetPolicy]; the next request sees it.
//
// [Guard.Lists] is the book of allow, deny and gray entries, [Guard.Records]
// and [Guard.Parts] read sessions back, [Guard.Explain] tells how a request
// is grouped.
//
// A handler reaches its session through its context, see [FromContext]:
//
//	chaperone.FromContext(r.Context()).LoginSucceeded("joe")
//
// # Performance and concurrency
//
// All methods of a [Guard] are safe for concurrent use. The way in takes no
// lock shared by all requests and no disk or network; the way out ends in one
// bounded queue ([Config.QueueSize]). Behind it one goroutine stores the
// records and sends the events. When the queue is full the record is dropped,
// counted in [Stats] and reported to [Config.OnError]; the request is not
// delayed.
//
// # Trouble
//
// A panic in a room, a store that fails or a budget that is overrun never
// loses the application's request. The choice of [Policy.FailClosed] applies,
// [Config.OnError] is told and [Stats] counts.
package chaperone
