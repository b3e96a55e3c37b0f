// Package session tells which session a request belongs to, whose it is, and
// what of it is remembered.
//
// # One use
//
// [Compile] turns a [Config] into a [Resolver] and reserves the places it reads
// in a [point.Set]. For each exchange, [Resolver.Open] runs when the request
// was scanned and [Resolver.Settle] when the response was:
//
//	scan.Request(x)
//	resolver.Open(x, &scan, live)   // x.Session: provisional
//	…                               // lists, decisions, the handler
//	scan.Response(x)
//	resolver.Settle(x, &scan, live, x.Handle.Close()) // x.Session: final, x.Params
//
// # How sessions are told apart
//
// The first of these that works names the session:
//
//  1. the own grouping keys, in the configured order, those of requests and
//     responses mixed as the order says;
//  2. the built-in identifiers, see [Builtin];
//  3. the address with the TLS fingerprint, if that is switched on;
//  4. the address with the user agent;
//  5. the address. IPv6 addresses count by their /64.
//
// A key works when its place holds a value that is not empty, not longer than
// 8000 bytes and not affected by a mask. The session's id is the keyed hash of
// the value alone, so that equal values of different keys meet in one session;
// [Parameter.Namespace] keeps keys apart. [Resolver.Explain] tells for one
// request which keys were tried and why they did not work. A key that is
// renewed now and then splits sessions: prefer a stable claim of a token, such
// as sub or sid, to the token itself.
//
// # How sure that is
//
// Strength says how hard an identity is to shed. Standing says whether to
// believe it: observed (an address), claimed (the client said so), issued (the
// value was seen in one of our responses, and the request had not brought it)
// or verified (a function of the application vouched for it). A client that
// invents keys gets sessions that are claimed, never issued ones.
//
// # What is remembered
//
// Parameters that were found are kept with the request; the values of keys and
// of secret parameters only as "keyid:hex" of their HMAC-SHA-256. User and role
// stay with the session. A session's requests of one calendar day are a
// [Part], made by a [Fold]; a [Store] keeps records and gives them back by
// [Query].
//
// # Performance and concurrency
//
// A [Resolver] is immutable and a [Live] table sharded; both are safe for
// concurrent use. Open and Settle together take about 0.4 µs for a request
// with a built-in cookie and allocate nothing but one 4 KiB block for some
// fifty requests. A live session takes about 80 bytes, 130 with a user; what
// is lost when the table is full says [NewLive].
package session
