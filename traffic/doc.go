// Package traffic is the vocabulary every room of Chaperone shares: what a
// request and its response are, who sent them, what was decided about them.
//
// One thing travels through the house. While the request is alive it is an
// [Exchange]: borrowed from a pool, filled room by room, never kept. When the
// response is done it is settled into a [Record]: owned, immutable, with its
// secrets already hashed, safe to keep and to send away.
//
// The package imports nothing but the standard library and knows no HTTP
// server: net/http, a framework, a log file and a test script are all just
// ways to make an Exchange.
package traffic
