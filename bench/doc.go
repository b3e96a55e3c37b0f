// Package bench compares Chaperone with its floor and with a library readers
// know, side by side in one run, so that the ratios hold on any machine:
//
//	go test -run '^$' -bench . ./...
//
// The floor is what no middleware of this kind can do without: attach
// something to the request's context and watch the status, parse the client's
// address, look it up in one prefix table, walk once over headers and query,
// and update one session in a table of sessions. For the POST, whose session
// is named by a token in the JSON of the body and of the answer, it also reads
// the body, looks once at each byte of it and of the answer to find the token,
// gives the body back, and updates the session that the answer named.
// Everything above the floor is what Chaperone adds.
package bench
