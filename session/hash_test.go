package session

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
)

func TestHashOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 8))
	random := func(n int) []byte {
		b := make([]byte, rnd.IntN(n))
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		return b
	}
	h := newHasher()
	for range 2000 {
		key, a, b := random(150), random(300), random(300)
		k, err := newHashKey(key)
		require.NoError(t, err)
		want := hmac.New(sha256.New, key)
		want.Write(a)
		want.Write(b)
		require.Equal(t, want.Sum(nil), bytes.Clone(h.sum(&k, a, b)))
	}
}

// TestGroupsNeverMeet hashes one value in every kind of group.
func TestGroupsNeverMeet(t *testing.T) {
	g, err := newGroupKeys([]byte("0123456789abcdef"))
	require.NoError(t, err)
	seen := map[string]string{}
	h := newHasher()
	for _, c := range []struct {
		kind groupKind
		name string
	}{
		{ownGroup, ""}, {ownGroup, "user"}, {ownGroup, "builtin\x00token"}, {ownGroup, "addr"},
		{builtinGroup, "token"}, {builtinGroup, "user"}, {addrGroup, ""}, {addrAgentGroup, ""}, {fingerprintGroup, ""},
	} {
		k, err := g.key(c.kind, c.name)
		require.NoError(t, err)
		sum := hex.EncodeToString(h.sum(k, []byte("aaa")))
		require.Empty(t, seen[sum], "%v meets", c)
		seen[sum] = string(c.kind) + c.name
	}
}

// TestDefaultGroupIsPlainHMAC pins the recipe that group.go publishes:
//
//	printf %s aaa | openssl dgst -sha256 -hmac 0123456789abcdef
func TestDefaultGroupIsPlainHMAC(t *testing.T) {
	g, err := newGroupKeys([]byte("0123456789abcdef"))
	require.NoError(t, err)
	k, err := g.key(ownGroup, "")
	require.NoError(t, err)
	m := hmac.New(sha256.New, []byte("0123456789abcdef"))
	m.Write([]byte("aaa"))
	require.Equal(t, m.Sum(nil), newHasher().sum(k, []byte("aaa")))
}

func TestFallbackBlock(t *testing.T) {
	block := func(bits int, a, b string, same bool) {
		t.Helper()
		f := fallback{ipv6Bits: bits}
		require.Equal(t, same, f.block(netip.MustParseAddr(a)) == f.block(netip.MustParseAddr(b)), "%s %s", a, b)
	}
	block(64, "2001:db8::1", "2001:db8::ffff:1", true)
	block(64, "2001:db8::1", "2001:db8:0:1::1", false)
	block(128, "2001:db8::1", "2001:db8::2", false)
	block(48, "2001:db8::1", "2001:db8:0:1::1", true)
	block(64, "192.0.2.1", "192.0.2.2", false)
}

func TestArena(t *testing.T) {
	var a arena
	var kept []string
	for i := range 10_000 {
		kept = append(kept, a.cut(bytes.Repeat([]byte{byte('a' + i%26)}, i%700)))
	}
	for i, s := range kept {
		require.Equal(t, string(bytes.Repeat([]byte{byte('a' + i%26)}, i%700)), s)
	}
	if !testkit.Race {
		text := bytes.Repeat([]byte("x"), 70)
		require.Zero(t, testing.AllocsPerRun(1000, func() { a.cut(text) }), "one block for 58 strings")
	}
}

func BenchmarkSum(b *testing.B) {
	k, err := newHashKey([]byte("0123456789abcdef"))
	require.NoError(b, err)
	h := newHasher()
	value := make([]byte, 32)
	b.ReportAllocs()
	for b.Loop() {
		h.sum(&k, value)
	}
}
