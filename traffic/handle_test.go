package traffic_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

// statements are all ways to say something, by name.
var statements = map[string]func(h *traffic.Handle, text string) bool{
	"SetUser":        (*traffic.Handle).SetUser,
	"SetRole":        (*traffic.Handle).SetRole,
	"SetRoute":       (*traffic.Handle).SetRoute,
	"Tag":            (*traffic.Handle).Tag,
	"LoginSucceeded": (*traffic.Handle).LoginSucceeded,
	"LoginFailed":    func(h *traffic.Handle, _ string) bool { return h.LoginFailed() },
	"EndSession":     func(h *traffic.Handle, _ string) bool { return h.EndSession() },
}

func TestHandleTellsWhatWasSaid(t *testing.T) {
	var h traffic.Handle
	h.Open(traffic.RequestID{1}, traffic.SessionID{2})
	require.Equal(t, traffic.RequestID{1}, h.RequestID())
	require.Equal(t, traffic.SessionID{2}, h.SessionID())
	for name, say := range statements {
		require.True(t, say(&h, "x"), name)
	}
	require.True(t, h.LoginSucceeded("ada"))
	said := h.Close()
	require.Equal(t, traffic.Said{
		User: "ada", Role: "x", Route: "x", Tags: []string{"x"}, Login: traffic.LoginSucceeded, Ended: true,
	}, said)
	require.Equal(t, said, h.Close(), "closing twice says the same")
}

func TestHandleLogins(t *testing.T) {
	f := func(want traffic.Said, say ...func(*traffic.Handle) bool) {
		t.Helper()
		var h traffic.Handle
		for _, s := range say {
			require.True(t, s(&h))
		}
		require.Equal(t, want, h.Close())
	}
	ada := func(h *traffic.Handle) bool { return h.SetUser("ada") }
	in := func(h *traffic.Handle) bool { return h.LoginSucceeded("eve") }
	f(traffic.Said{})
	f(traffic.Said{User: "ada", Login: traffic.LoginFailed}, ada, (*traffic.Handle).LoginFailed)
	f(traffic.Said{User: "eve", Login: traffic.LoginSucceeded}, ada, in)
	f(traffic.Said{User: "eve", Login: traffic.LoginSucceeded}, (*traffic.Handle).LoginFailed, in)
	f(traffic.Said{User: "ada", Login: traffic.LoginSucceeded}, in, ada)
}

func TestClosedHandleChangesNothing(t *testing.T) {
	var h traffic.Handle
	h.Open(traffic.RequestID{1}, traffic.SessionID{2})
	h.Tag("kept")
	said := h.Close()
	for name, say := range statements {
		require.False(t, say(&h, "late"), name)
	}
	h.Open(traffic.RequestID{3}, traffic.SessionID{4})
	require.Equal(t, said, h.Close())
	require.Equal(t, []string{"kept"}, said.Tags)
	require.Equal(t, traffic.RequestID{1}, h.RequestID(), "a handler that outlives its request still knows which one it was")
	require.Equal(t, traffic.SessionID{2}, h.SessionID())
}

func TestNilHandle(t *testing.T) {
	var h *traffic.Handle
	h.Open(traffic.RequestID{1}, traffic.SessionID{2})
	for name, say := range statements {
		require.False(t, say(h, "x"), name)
	}
	require.True(t, h.RequestID().IsZero())
	require.True(t, h.SessionID().IsZero())
	require.Equal(t, traffic.Said{}, h.Close())
}

func TestTags(t *testing.T) {
	var h traffic.Handle
	require.False(t, h.Tag(""), "an empty word says nothing")
	var want []string
	for i := range 16 {
		tag := fmt.Sprint("tag ", i)
		want = append(want, tag)
		require.True(t, h.Tag(tag))
		require.True(t, h.Tag(tag), "again: nothing to do")
	}
	require.False(t, h.Tag("the seventeenth"))
	require.True(t, h.Tag("tag 7"), "already there")
	require.Equal(t, want, h.Close().Tags)
}

// What the application says may come from its client, so it is clipped.
func TestSaidIsClipped(t *testing.T) {
	f := func(name, text, want string) {
		t.Helper()
		var h traffic.Handle
		require.True(t, h.SetUser(text))
		require.True(t, h.SetRole(text))
		require.True(t, h.SetRoute(text))
		require.True(t, h.Tag(text))
		said := h.Close()
		require.Equal(t, traffic.Said{User: want, Role: want, Route: want, Tags: []string{want}}, said, name)
		h = traffic.Handle{}
		h.LoginSucceeded(text)
		require.Equal(t, want, h.Close().User, name)
	}
	a := strings.Repeat("a", 255)
	f("at the bound", a+"b", a+"b")
	f("past it", a+"bc", a+"b")
	f("far past it", strings.Repeat("x", 1<<20), strings.Repeat("x", 256))
	f("two bytes across it", a+"é", a)
	f("four bytes across it", a[:253]+"😀…", a[:253])
	f("four bytes up to it", a[:252]+"😀…", a[:252]+"😀")
	f("no UTF-8 at all", strings.Repeat("\x80", 300), strings.Repeat("\x80", 252))
	require.True(t, utf8.ValidString(a+"é"))
}

// A name is often cut from something large, such as a request line: the
// record must not keep that alive.
func TestSaidIsOwned(t *testing.T) {
	form := strings.Repeat("x", 1<<20)
	name := form[10:20]
	var h traffic.Handle
	h.SetUser(name)
	h.SetRole(name)
	h.Tag(name)
	said := h.Close()
	for _, s := range []string{said.User, said.Role, said.Tags[0]} {
		require.Equal(t, name, s)
		require.NotSame(t, unsafe.StringData(name), unsafe.StringData(s))
	}
}

func TestHandleIsSafeForConcurrentUse(t *testing.T) {
	var h traffic.Handle
	h.Open(traffic.RequestID{1}, traffic.SessionID{2})
	var wg sync.WaitGroup
	closed := make(chan traffic.Said, 1)
	for i := range 8 {
		wg.Go(func() {
			for n := range 100 {
				for _, say := range statements {
					say(&h, fmt.Sprint("tag ", i, n))
				}
				h.Open(traffic.RequestID{1}, traffic.SessionID{2})
				_, _ = h.RequestID(), h.SessionID()
				if i == 0 && n == 50 {
					closed <- h.Close()
				}
			}
		})
	}
	said := <-closed
	tags := append([]string(nil), said.Tags...)
	wg.Wait()
	require.Equal(t, tags, said.Tags, "what Close returned no longer changes")
	require.Equal(t, said, h.Close())
	require.LessOrEqual(t, len(said.Tags), 16)
}
