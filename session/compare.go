package session

import (
	"bytes"

	"github.com/chaperone-go/chaperone/traffic"
)

func compareIDs(a, b traffic.SessionID) int { return bytes.Compare(a[:], b[:]) }

// clip returns at most n bytes of foreign text, for messages.
func clip(s string, n int) string { return s[:min(n, len(s))] }
