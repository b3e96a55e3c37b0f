// Package session tells which session a request belongs to, whose it is, and
// what of it is remembered.
package session
