package lists_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/lists"
	"github.com/chaperone-go/chaperone/traffic"
)

var hexID = strings.Repeat("0a", 32)

var objectTexts = []struct{ name, in, kind, want string }{
	{"address", "192.0.2.1", "address", "192.0.2.1"},
	{"IPv6 address", "2001:DB8::1", "address", "2001:db8::1"},
	{"mapped address", "::ffff:192.0.2.1", "address", "192.0.2.1"},
	{"address with zone", "fe80::1%eth0", "address", "fe80::1"},
	{"mapped address with zone", "::ffff:192.0.2.1%eth0", "address", "192.0.2.1"},
	{"prefix", "192.0.2.0/24", "prefix", "192.0.2.0/24"},
	{"IPv6 prefix", "2001:db8::/48", "prefix", "2001:db8::/48"},
	{"mapped prefix", "::ffff:192.0.2.0/120", "prefix", "192.0.2.0/24"},
	{"prefix of one", "192.0.2.1/32", "address", "192.0.2.1"},
	{"IPv6 prefix of one", "2001:db8::1/128", "address", "2001:db8::1"},
	{"mapped prefix of one", "::ffff:192.0.2.1/128", "address", "192.0.2.1"},
	{"session", hexID, "session", hexID},
}

func TestParseObject(t *testing.T) {
	for _, c := range objectTexts {
		t.Run(c.name, func(t *testing.T) {
			o, err := lists.ParseObject(c.in)
			require.NoError(t, err)
			require.Equal(t, c.kind, o.Kind.String())
			require.Equal(t, c.want, o.String())
			again, err := lists.ParseObject(o.String())
			require.NoError(t, err)
			require.Equal(t, o, again)
		})
	}
}

var badObjectTexts = []struct{ name, in, want string }{
	{"empty", "", `object "": want an address, a prefix or a session id`},
	{"word", "localhost", `object "localhost": want an address`},
	{"bad bits", "192.0.2.0/33", `prefix "192.0.2.0/33": want address/bits`},
	{"host bits", "192.0.2.1/24", "write 192.0.2.0/24 for the block or 192.0.2.1 for the address"},
	{"IPv6 host bits", "2001:db8::1/48", "write 2001:db8::/48 for the block"},
	{"zone in a prefix", "fe80::%eth0/64", "want address/bits"},
	{"cut through the mapped", "::ffff:0:0/90", "list the IPv4 block"},
	{"zero session", strings.Repeat("0", 64), "the session id is zero"},
	{"bad session", strings.Repeat("g", 64), "session id"},
	{"long text", strings.Repeat("x", 9999), "want an address"},
}

func TestParseObjectRefuses(t *testing.T) {
	for _, c := range badObjectTexts {
		t.Run(c.name, func(t *testing.T) {
			_, err := lists.ParseObject(c.in)
			require.ErrorContains(t, err, c.want)
			require.Less(t, len(err.Error()), 300)
		})
	}
}

func TestObjectJSON(t *testing.T) {
	for _, c := range objectTexts {
		o, err := lists.ParseObject(c.in)
		require.NoError(t, err)
		b, err := json.Marshal(o)
		require.NoError(t, err)
		require.Equal(t, `{"kind":"`+c.kind+`","value":"`+c.want+`"}`, string(b))
		var back lists.Object
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, o, back)
	}
	for in, want := range map[string]string{
		`{"kind":"country","value":"CH"}`:           `kind of object "country": want one of ["address" "prefix" "session"]`,
		`{"kind":"none","value":"192.0.2.1"}`:       `kind of object "none"`,
		`{"kind":"prefix","value":"192.0.2.1"}`:     `object "192.0.2.1": is of kind address, not prefix`,
		`{"kind":"address","value":"192.0.2.0/24"}`: `is of kind prefix, not address`,
		`{"kind":"prefix","value":"192.0.2.3/24"}`:  `bits are set after the prefix`,
		`{"kind":"address","value":"192.0.2.0.0"}`:  `want an address`,
		`["192.0.2.1"]`: `cannot unmarshal array`,
		`{"kind":"session","value":"2001:db8::1"}`: `is of kind address, not session`,
		`{"value":"192.0.2.1"}`:                    `is of kind address, not none`,
	} {
		var o lists.Object
		require.ErrorContains(t, json.Unmarshal([]byte(in), &o), want, in)
	}
}

func TestInvalidObjectsSayWhat(t *testing.T) {
	require.Equal(t, "none", lists.Object{}.String())
	require.Equal(t, "invalid(9)", lists.Kind(9).String())
	require.Equal(t, "invalid(9)", lists.List(9).String())
	w := newWorld(t, lists.Config{})
	for want, o := range map[string]lists.Object{
		"Object: kind none":                       {},
		"Object: kind invalid(9)":                 {Kind: 9},
		"Object: address: the address is invalid": lists.OfAddr(netip.Addr{}),
		"Object: prefix: the address is invalid":  lists.OfPrefix(netip.Prefix{}),
		"Object: the session id is zero":          lists.OfSession(traffic.SessionID{}),
		"want a single address":                   {Kind: lists.Address, Prefix: netip.MustParsePrefix("192.0.2.0/24")},
	} {
		_, err := w.book.Add(t.Context(), w.now, lists.Entry{List: lists.Deny, Object: o, By: anna})
		require.ErrorContains(t, err, want)
	}
}

func TestListText(t *testing.T) {
	for _, l := range []lists.List{lists.Allow, lists.Deny, lists.Gray, lists.Exception} {
		b, err := l.MarshalText()
		require.NoError(t, err)
		var back lists.List
		require.NoError(t, back.UnmarshalText(b))
		require.Equal(t, l, back)
	}
	var l lists.List
	require.EqualError(t, l.UnmarshalText([]byte("black")), `list "black": want one of ["allow" "deny" "gray" "exception"]`)
	require.Error(t, l.UnmarshalText([]byte("none")), "the zero list is not a list")
}

func FuzzParseObject(f *testing.F) {
	for _, c := range objectTexts {
		f.Add(c.in)
	}
	for _, c := range badObjectTexts {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := lists.ParseObject(s)
		if err != nil {
			require.Zero(t, o)
			return
		}
		again, err := lists.ParseObject(o.String())
		require.NoError(t, err, "%q is printed as %q", s, o)
		require.Equal(t, o, again)
		if o.Kind == lists.Session {
			return
		}
		a := o.Prefix.Addr()
		require.False(t, a.Is4In6() || a.Zone() != "", "%q is not normal", s)
		require.Equal(t, o.Prefix.Masked(), o.Prefix)
		require.Equal(t, o.Prefix.IsSingleIP(), o.Kind == lists.Address)
	})
}
