package traffic

import "fmt"

// The enumerations of this package are text in JSON and in logs. Each has one
// table of names; unknown text is refused.

var (
	keySources   = []string{"none", "own", "builtin", "addr_ua", "addr"}
	strengths    = []string{"none", "weak", "medium", "strong"}
	standings    = []string{"observed", "claimed", "issued", "verified"}
	founds       = []string{"absent", "value", "undecodable", "too_large"}
	actions      = []string{"pass", "monitor", "block"}
	reasons      = []string{"", "addr_denylist", "session_denylist", "attack", "vpatch", "graylisted_attack", "control", "failure"}
	modes        = []string{"inherit", "off", "monitoring", "safe_blocking", "block"}
	logins       = []string{"", "succeeded", "failed"}
	reactionActs = []string{"register", "graylist_addr", "deny_addr", "deny_session", "deny_both"}
)

func name(table []string, i int) string {
	if i < len(table) {
		return table[i]
	}
	return fmt.Sprintf("invalid(%d)", i)
}

func parse[T ~uint8](dst *T, table []string, what string, b []byte) error {
	for i, n := range table {
		if n == string(b) {
			*dst = T(i)
			return nil
		}
	}
	return fmt.Errorf("%s %q: want one of %q", what, clip(b, 80), table)
}

// String returns the source's name in JSON and logs.
func (k KeySource) String() string { return name(keySources, int(k)) }

// MarshalText implements [encoding.TextMarshaler].
func (k KeySource) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (k *KeySource) UnmarshalText(b []byte) error { return parse(k, keySources, "key source", b) }

// String returns the strength's name in JSON and logs.
func (s Strength) String() string { return name(strengths, int(s)) }

// MarshalText implements [encoding.TextMarshaler].
func (s Strength) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Strength) UnmarshalText(b []byte) error { return parse(s, strengths, "strength", b) }

// String returns the standing's name in JSON and logs.
func (s Standing) String() string { return name(standings, int(s)) }

// MarshalText implements [encoding.TextMarshaler].
func (s Standing) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Standing) UnmarshalText(b []byte) error { return parse(s, standings, "standing", b) }

// String returns the outcome's name in JSON and logs.
func (f Found) String() string { return name(founds, int(f)) }

// MarshalText implements [encoding.TextMarshaler].
func (f Found) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *Found) UnmarshalText(b []byte) error { return parse(f, founds, "outcome", b) }

// String returns the action's name in JSON and logs.
func (a Action) String() string { return name(actions, int(a)) }

// MarshalText implements [encoding.TextMarshaler].
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *Action) UnmarshalText(b []byte) error { return parse(a, actions, "action", b) }

// String returns the reason's name in JSON and logs, "" for none.
func (r Reason) String() string { return name(reasons, int(r)) }

// MarshalText implements [encoding.TextMarshaler].
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *Reason) UnmarshalText(b []byte) error { return parse(r, reasons, "reason", b) }

// String returns the mode's name in JSON and logs.
func (m Mode) String() string { return name(modes, int(m)) }

// MarshalText implements [encoding.TextMarshaler].
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Mode) UnmarshalText(b []byte) error { return parse(m, modes, "mode", b) }

// String returns the outcome's name in JSON and logs, "" for none.
func (l Login) String() string { return name(logins, int(l)) }

// MarshalText implements [encoding.TextMarshaler].
func (l Login) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (l *Login) UnmarshalText(b []byte) error { return parse(l, logins, "login", b) }

// String returns the action's name in JSON and logs.
func (r ReactionAction) String() string { return name(reactionActs, int(r)) }

// MarshalText implements [encoding.TextMarshaler].
func (r ReactionAction) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *ReactionAction) UnmarshalText(b []byte) error {
	return parse(r, reactionActs, "reaction", b)
}
