package session

import (
	"fmt"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// Tried is one key that was tried for a request, and what came of it.
type Tried struct {
	Source traffic.KeySource `json:"source"`
	// Index is the key's place in its family.
	Index int    `json:"index"`
	Name  string `json:"name"`
	// Path is where it was looked for; "" for the address fallbacks.
	Path    string  `json:"path,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Worked is true for the last one: it identifies the session.
	Worked bool `json:"worked"`
	// Why says it in words.
	Why string `json:"why"`
}

// Explain returns each key that was tried for an exchange, in order, up to the
// one that works; nothing works when there is not even an address. Called
// before the response is known, with x.Response.Status 0, it explains what
// [Resolver.Open] found, later what [Resolver.Settle] did. It changes nothing
// and counts nothing.
func (r *Resolver) Explain(x *traffic.Exchange, sc *point.Scan) []Tried {
	var list []Tried
	for i := range r.order {
		k := &r.order[i]
		t := r.try(x, sc, k)
		list = append(list, t)
		if t.Worked {
			return list
		}
	}
	return append(list, r.fallback.explain(&x.Client)...)
}

func (r *Resolver) try(x *traffic.Exchange, sc *point.Scan, k *key) Tried {
	t := Tried{Source: k.source, Index: k.index, Name: k.name, Path: k.path.String()}
	if k.response && k.mask.IsZero() && x.Response.Status == 0 {
		t.Outcome = NotYet
	} else {
		_, t.Outcome = k.read(sc)
	}
	t.Worked = t.Outcome == Found
	t.Why = k.why(t.Outcome)
	return t
}

// why says in words what an outcome means for the key.
func (k *key) why(o Outcome) string {
	switch o {
	case NotFound:
		return "nothing there"
	case Found:
		return "the first value that works: it names the session"
	case Undecodable:
		return "something is there that could not be read as the path says"
	case TooLarge:
		return "a limit of the scan was met before the value was complete"
	case TooLong:
		return fmt.Sprintf("the value is longer than %d bytes", MaxKeyBytes)
	case Empty:
		return "the value is empty"
	case Nobody:
		return "the value is a word that stands for having none"
	case Unsteady:
		if k.rules&bare != 0 {
			return "credentials of this scheme are new in every request"
		}
		return "the cookie is encrypted anew with every answer"
	case Masked:
		return "affected by the mask " + k.mask.String()
	case NotYet:
		return "stands in the response, which is not known yet"
	}
	return ""
}

// explain tells what each fallback came to.
func (f *fallback) explain(c *traffic.Client) []Tried {
	known := c.Addr.IsValid()
	var list []Tried
	add := func(t Tried, works bool, yes, no string) bool {
		t.Why = no
		if works {
			t.Outcome, t.Worked, t.Why = Found, true, yes
		}
		list = append(list, t)
		return works
	}
	if f.fingerprint {
		t := Tried{Source: traffic.AddrKey, Index: 0, Name: nameAddrPrint}
		if add(t, known && f.print(c) != "", "address and TLS fingerprint are known", "no TLS fingerprint, or no address") {
			return list
		}
	}
	t := Tried{Source: traffic.AddrUserAgentKey, Name: nameAddrAgent}
	if add(t, known && c.UserAgent != "", "address and user agent are known", "no user agent, or no address") {
		return list
	}
	t = Tried{Source: traffic.AddrKey, Index: f.plainIndex(), Name: nameAddr}
	add(t, known, "only the address is known", "the address is not known")
	return list
}
