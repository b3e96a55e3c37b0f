package session

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Secret is a key for the keyed hashes: of session ids, and of the values of
// secret parameters. Whoever has it can test guesses against the hashes, so it
// is neither printed nor written to JSON.
type Secret struct {
	// ID names the secret in hashed values, "id:hex". 1 to 16 characters out
	// of a-z, 0-9, - and _.
	ID string `json:"id"`
	// Key is the secret itself, at least 16 bytes; 32 random ones are best.
	Key []byte `json:"-"`
}

const (
	minSecretBytes = 16
	maxSecretID    = 16
	maxSecrets     = 16
)

// RandomSecret makes a secret of 32 random bytes. Session ids made with it are
// good as long as it is kept: store it where the stores outlive the process.
func RandomSecret(id string) Secret {
	key := make([]byte, 32)
	rand.Read(key) // never fails, it would end the program
	return Secret{ID: id, Key: key}
}

// String returns the id only.
func (s Secret) String() string { return "secret " + s.ID }

// GoString returns the id only.
func (s Secret) GoString() string { return "session.Secret{ID: " + fmt.Sprintf("%q", s.ID) + "}" }

func (s Secret) check() error {
	var errs []error
	if s.ID == "" || len(s.ID) > maxSecretID || strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		errs = append(errs, fmt.Errorf("ID: %q; want 1 to %d characters out of a-z, 0-9, - and _", clip(s.ID, 80), maxSecretID))
	}
	if len(s.Key) < minSecretBytes {
		errs = append(errs, fmt.Errorf("Key: %d bytes, at least %d are needed", len(s.Key), minSecretBytes))
	}
	return errors.Join(errs...)
}

// processSecret is what sessions are hashed with when no secret is
// configured: one for the process, so that a changed configuration does not
// split sessions.
var processSecret = sync.OnceValue(func() Secret { return RandomSecret("process") })
