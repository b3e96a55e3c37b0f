package session

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/chaperone-go/chaperone/traffic"
)

// HMAC-SHA-256 with the key's part of the work done once: the states of the
// inner and the outer hash after their first block are kept and restored for
// each value. That saves two of four blocks, and unlike a pooled hmac it lets
// one pooled digest serve any number of keys without an allocation.

// hashKey is a key made ready. Immutable.
type hashKey struct {
	inner, outer []byte
}

func newHashKey(key []byte) (hashKey, error) {
	if len(key) > sha256.BlockSize {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	inner, err := stateAfter(key, 0x36)
	if err != nil {
		return hashKey{}, err
	}
	outer, err := stateAfter(key, 0x5c)
	return hashKey{inner, outer}, err
}

// stateAfter returns the state of SHA-256 after the key's block, padded.
func stateAfter(key []byte, pad byte) ([]byte, error) {
	var block [sha256.BlockSize]byte
	copy(block[:], key)
	for i := range block {
		block[i] ^= pad
	}
	h := newHasher()
	h.digest.Write(block[:])
	m, ok := h.digest.(encoding.BinaryMarshaler)
	if !ok {
		return nil, fmt.Errorf("SHA-256: its state cannot be kept")
	}
	state, err := m.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("SHA-256: keep its state: %w", err)
	}
	// What comes back here without an error always will: the state is
	// immutable, so that sum need not fail.
	return state, h.restore.UnmarshalBinary(state)
}

// hasher computes keyed hashes. Not safe for concurrent use.
type hasher struct {
	digest  hash.Hash
	restore encoding.BinaryUnmarshaler // the same digest
	out     []byte                     // 32 bytes of its own
	block   [16]byte                   // an address, for addrID
	text    []byte                     // a copy of a string, for addrID
}

func newHasher() *hasher {
	d := sha256.New()
	return &hasher{digest: d, restore: d.(encoding.BinaryUnmarshaler), out: make([]byte, 0, sha256.Size)}
}

// sum returns HMAC-SHA-256 of the parts one after the other. The result is
// borrowed until the next call. The errors left unread cannot occur: Write of
// a hash never fails and the states were tried by newHashKey.
func (h *hasher) sum(k *hashKey, parts ...[]byte) []byte {
	_ = h.restore.UnmarshalBinary(k.inner)
	for _, p := range parts {
		h.digest.Write(p)
	}
	h.out = h.digest.Sum(h.out[:0])
	_ = h.restore.UnmarshalBinary(k.outer)
	h.digest.Write(h.out)
	h.out = h.digest.Sum(h.out[:0])
	return h.out
}

// addrID hashes the address in h.block together with a text. The address has a
// fixed length, so no two pairs look the same.
func (h *hasher) addrID(k *hashKey, text string) traffic.SessionID {
	h.text = append(h.text[:0], text...)
	return traffic.SessionID(h.sum(k, h.block[:], h.text))
}

// appendHashed appends "keyid:hex".
func appendHashed(dst []byte, keyID string, sum []byte) []byte {
	dst = append(dst, keyID...)
	dst = append(dst, ':')
	return hex.AppendEncode(dst, sum)
}
