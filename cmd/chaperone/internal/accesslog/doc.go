// Package accesslog turns the lines of access logs into exchanges.
//
// A [Reader] reads one log, plain or gzip; [Merge] reads several in the order
// of their times. Both hand out an [Entry] per request, which fills a
// [traffic.Exchange]:
//
//	r, err := accesslog.Open("access.log.gz", accesslog.Options{})
//	var e accesslog.Entry
//	for err == nil {
//		if err = r.Next(&e); err == nil {
//			e.Request(&x) // then Begin
//			e.Response(&x) // then End
//		}
//	}
//
// # Formats
//
//   - [Text]: the Common and Combined Log Formats and what people make of
//     them: a virtual host in front, an ident field left out, more fields at
//     the end, the prefix of syslog, Docker or Kubernetes; the log of
//     nginx-proxy-manager, Envoy's text.
//   - [JSON]: one object per line as Caddy, Traefik, Envoy and nginx (with the
//     usual names for its variables) write them, or wrapped by Docker or
//     journald; also the lines with members t, client, sess, m, path.
//   - [ALB]: the application and classic load balancers of AWS.
//   - [Zoraxy]: the proxy of that name.
//   - [HAR]: HTTP archive 1.2, with bodies. It is read entry by entry.
//
// The format is found from the first lines unless it is given.
//
// # What lines become
//
// Every line but blank ones is either accepted or malformed; both are
// counted, malformed ones with a [Reason], the first few are kept. Nothing a
// line says ends the reading. A line longer than 1 MiB, and a HAR entry
// longer than 16 MiB, is malformed. A gzip file that was cut off or damaged
// gives the lines up to that place, and [Stats.Damage] says so.
//
// A line whose request is no HTTP (a TLS handshake on a plain port, a
// connection that said nothing) is accepted: it has a time, a client and a
// status, and the client matters. Its method and target are empty; see
// [Entry.Garbage].
//
// Escapes of Apache and nginx (\xhh, \", \\, \n …) are undone. Times without
// a zone are UTC. "-" is an absent value.
//
// # Clients
//
// The client is the address the server logged. Where a log holds a name
// instead of an address (a resolved host name, a pseudonym), the name becomes
// an address of its own in fd00::/8, derived from the name with SHA-256: the
// same name is the same client in every log, and no two names share a /64.
// HAR knows no client; its entries come from 127.0.0.1.
//
// What else the log knows shows as header fields, so that a policy can find
// it: the authenticated user as Remote-User, a third quoted field made of
// addresses as X-Forwarded-For, a session id as a cookie (see
// [Options.SessionCookie]). Values the server itself replaced by REDACTED are
// left out: they would be one value for all clients.
package accesslog
