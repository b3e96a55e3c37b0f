// Package testkit holds what the tests of several packages share. Production
// code never imports it.
package testkit
