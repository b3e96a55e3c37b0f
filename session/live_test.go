package session

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"github.com/chaperone-go/chaperone/traffic"
	"math/rand/v2"
	"testing"
	"time"
)

func idOf(n uint64) traffic.SessionID {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	return sha256.Sum256(b[:])
}
func BenchmarkTouch(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		ids := make([]traffic.SessionID, n)
		l := NewLive(1 << 21)
		now := time.Unix(1_700_000_000, 0)
		for i := range ids {
			ids[i] = idOf(uint64(i))
			l.touch(&ids[i], &sign{at: now, brought: true})
			l.touch(&ids[i], &sign{at: now, brought: true})
		}
		rand.Shuffle(n, func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if i++; i == n {
					i = 0
				}
				l.touch(&ids[i], &sign{at: now, brought: true})
			}
		})
	}
}
