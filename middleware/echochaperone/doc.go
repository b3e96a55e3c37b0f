// Package echochaperone holds the adapters that put Chaperone into the chain
// of an echo server: package echov4 for echo v4, package echov5 for echo v5.
package echochaperone
