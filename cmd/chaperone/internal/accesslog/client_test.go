package accesslog_test

import (
	"testing"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
	"github.com/stretchr/testify/require"
)

func TestNameAddr(t *testing.T) {
	a := accesslog.NameAddr("c3.isp.example")
	require.Equal(t, a, accesslog.NameAddr("c3.isp.example"), "the same name is the same client")
	require.True(t, a.IsPrivate())
	require.Equal(t, "fd9b:3aad:9762:6042:8173:a16b:a39b:d0d0", a.String(), "it never changes: stored sessions hang on it")

	seen := map[[8]byte]bool{}
	for i := range 10000 {
		b := accesslog.NameAddr(string(rune('a'+i%26)) + string(rune(0x4e00+i))).As16()
		seen[[8]byte(b[:8])] = true
	}
	require.Len(t, seen, 10000, "names differ in their /64")
}

func TestClientOfALine(t *testing.T) {
	line := func(client string) accesslog.Entry {
		return one(t, `{"t":1,"m":"GET","path":"/","client":"`+client+`"}`, accesslog.Options{})
	}
	for _, none := range []string{"", "-", "unknown"} {
		require.False(t, line(none).Client.IsValid(), "%q", none)
	}
	f := func(in, want string) {
		t.Helper()
		e := line(in)
		require.Equal(t, want, e.Client.String())
		require.Empty(t, e.ClientName)
	}
	f("192.0.2.1", "192.0.2.1")
	f("192.0.2.1:80", "192.0.2.1")
	f("::ffff:192.0.2.1", "192.0.2.1")
	f("fe80::1%eth0", "fe80::1")
	f("[2001:db8::1]:443", "2001:db8::1")
	f("[2001:db8::1]", "2001:db8::1")

	name := func(in string) {
		t.Helper()
		e := line(in)
		require.Equal(t, in, e.ClientName)
		require.Equal(t, accesslog.NameAddr(in), e.Client)
	}
	name("caee5db53e4")
	name("deadbeef")
	name("192.0.2.1.in-addr.arpa")
	name("[192.0.2.1")
	name("[::1]x")
	name("1.2.3")
	name("a")
}
