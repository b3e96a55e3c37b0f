package session

import (
	"fmt"

	"github.com/chaperone-go/chaperone/traffic"
)

// KeyHealth tells of the values of a key that make it a bad one.
type KeyHealth struct {
	Source    traffic.KeySource `json:"source"`
	Index     int               `json:"index"`
	Name      string            `json:"name"`
	Path      string            `json:"path"`
	Namespace string            `json:"namespace,omitempty"`
	// Short counts requests that were identified, or would have been but for
	// an earlier key, by fewer than [ShortKeyBytes] bytes.
	Short uint64 `json:"short"`
	// TooLong counts values longer than [MaxKeyBytes] or than the scan's
	// limits; they count as absent.
	TooLong uint64 `json:"too_long"`
}

// Health returns the keys with bad values, in the order they are tried. The
// counts begin with [Compile].
func (r *Resolver) Health() []KeyHealth {
	var list []KeyHealth
	for i := range r.order {
		k := &r.order[i]
		h := KeyHealth{
			Source: k.source, Index: k.index, Name: k.name, Path: k.path.String(), Namespace: k.namespace,
			Short: k.health.short.Load(), TooLong: k.health.tooLong.Load(),
		}
		if h.Short+h.TooLong > 0 {
			list = append(list, h)
		}
	}
	return list
}

// Warnings says in plain words what [Resolver.Health] counted.
func (r *Resolver) Warnings() []string {
	var list []string
	for _, h := range r.Health() {
		if h.Short > 0 {
			w := fmt.Sprintf("key %q (%s): %d values shorter than %d bytes; a short value is easily guessed", h.Name, h.Path, h.Short, ShortKeyBytes)
			if h.Source == traffic.OwnKey && h.Namespace == "" {
				w += " and meets equal values of other keys in one session: give the key a namespace"
			}
			list = append(list, w)
		}
		if h.TooLong > 0 {
			list = append(list, fmt.Sprintf("key %q (%s): %d values were too long and counted as absent", h.Name, h.Path, h.TooLong))
		}
	}
	return list
}
