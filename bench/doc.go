// Package bench compares Chaperone with its floor and with a library readers
// know, side by side in one run, so that the ratios hold on any machine:
//
//	go test -run '^$' -bench . ./...
//
// The floor is what no middleware of this kind can do without: attach
// something to the request's context and watch the status, parse the client's
// address, look it up in one prefix table, walk once over headers and query
// (for the POST: read the body once and walk over it too), and update one
// session in a table of sessions. Everything above it is what Chaperone adds.
package bench
