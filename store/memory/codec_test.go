package memory

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/session"
	"github.com/chaperone-go/chaperone/traffic"
)

// seeded returns a random source whose seed is printed when the test fails.
func seeded(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 1))
}

// unlessRace is how often a test repeats: less under race, which is slow.
func unlessRace(n int) int {
	if testkit.Race {
		return n / 10
	}
	return n
}

// anyRecord makes a record with anything in every field, ordinary values being
// more likely than strange ones.
func anyRecord(rnd *rand.Rand) traffic.Record {
	r := traffic.Record{
		Time: anyTime(rnd), Duration: time.Duration(anyInt(rnd)), App: traffic.App(anyInt(rnd)),
		Session: traffic.Identity{
			Key: traffic.Key{Source: traffic.KeySource(anySmall(rnd)), Index: int(int32(anyInt(rnd))),
				Name: anyText(rnd), Value: anyText(rnd), Hashed: flip(rnd)},
			Strength: traffic.Strength(anySmall(rnd)), Standing: traffic.Standing(anySmall(rnd)),
			User: anyText(rnd), Role: anyText(rnd),
		},
		Client: traffic.Client{Addr: anyAddr(rnd), UserAgent: anyText(rnd), JA3: anyText(rnd), JA4: anyText(rnd)},
		Method: pick(rnd, append(methods[1:], anyText(rnd))...), Scheme: pick(rnd, "", "http", "https", anyText(rnd)),
		Proto: pick(rnd, "", "1.0", "1.1", "2.0", "3.0", anyText(rnd)),
		Host:  anyText(rnd), Path: anyText(rnd), Route: anyText(rnd),
		Status: int(int32(anyInt(rnd))), BytesIn: anyInt(rnd), BytesOut: anyInt(rnd),
		Login: traffic.Login(anySmall(rnd)), Marks: traffic.Mark(rnd.Uint32()),
		Verdict: anyVerdict(rnd),
	}
	fill(rnd, r.ID[:])
	fill(rnd, r.Session.ID[:])
	if flip(rnd) {
		fill(rnd, r.Session.Provisional[:])
	}
	for range rnd.IntN(4) {
		p := traffic.Param{Name: anyText(rnd), Value: anyText(rnd), Found: traffic.Found(anySmall(rnd)),
			Hashed: flip(rnd), Key: flip(rnd), Hidden: flip(rnd)}
		if flip(rnd) {
			p.Name, p.Value = r.Session.Key.Name, r.Session.Key.Value
		}
		r.Params = append(r.Params, p)
	}
	for range rnd.IntN(3) {
		r.Hits = append(r.Hits, traffic.Hit{Type: traffic.AttackType(anyText(rnd)), Point: anyText(rnd),
			Payload: anyText(rnd), Detector: anyText(rnd)})
	}
	for range rnd.IntN(3) {
		r.Tags = append(r.Tags, anyText(rnd))
	}
	return r
}

func flip(rnd *rand.Rand) bool { return rnd.IntN(2) == 0 }

func pick[T any](rnd *rand.Rand, of ...T) T { return of[rnd.IntN(len(of))] }

func fill(rnd *rand.Rand, b []byte) {
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
}

func anySmall(rnd *rand.Rand) uint8 {
	if rnd.IntN(5) == 0 {
		return uint8(rnd.Uint32())
	}
	return uint8(rnd.IntN(4))
}

func anyInt(rnd *rand.Rand) int64 {
	return pick(rnd, 0, -1, 200, int64(rnd.IntN(1e6)), rnd.Int64(), math.MaxInt64, math.MinInt64)
}

func anyTime(rnd *rand.Rand) time.Time {
	switch rnd.IntN(8) {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(rnd.Int64N(1<<40)-1<<39, int64(rnd.IntN(1e9))).UTC()
	case 2:
		return time.Unix(pick(rnd, int64(math.MinInt64/1000000000), int64(math.MaxInt64/1000000000)), int64(rnd.IntN(1e9))).UTC()
	}
	return time.Unix(1.78e9+int64(rnd.IntN(1e6)), int64(rnd.IntN(1e9))).UTC()
}

func anyAddr(rnd *rand.Rand) netip.Addr {
	var b [16]byte
	fill(rnd, b[:])
	v4, v6 := netip.AddrFrom4([4]byte(b[:4])), netip.AddrFrom16(b)
	return pick(rnd, netip.Addr{}, v4, v6, v6.WithZone("eth0"), netip.AddrFrom16(v4.As16()), netip.MustParseAddr("2001:db8::1"))
}

func anyVerdict(rnd *rand.Rand) traffic.Verdict {
	v := traffic.Verdict{Action: traffic.Action(anySmall(rnd)), Mode: traffic.Mode(anySmall(rnd)),
		Allowed: flip(rnd), Gray: flip(rnd), Withheld: flip(rnd)}
	if flip(rnd) {
		v.Reason, v.Entry, v.Control = traffic.Reason(anySmall(rnd)), rnd.Uint64(), anyText(rnd)
	}
	return v
}

// anyText is empty, one of few, a hashed value, nearly one, or noise.
func anyText(rnd *rand.Rand) string {
	digest := strings.Repeat(fmt.Sprintf("%x", rnd.IntN(16)), 64)
	noise := make([]byte, rnd.IntN(40))
	fill(rnd, noise)
	return pick(rnd, "", "a", "ab", "abc", "GET", "example.com", fmt.Sprintf("/orders/%d", rnd.IntN(50)),
		"k1:"+digest, ":"+digest, digest, "k1:"+digest[1:]+"G", "k1:"+digest[1:]+"A", "k1:"+digest+":"+digest,
		string(noise), strings.Repeat("long ", 1+rnd.IntN(400)))
}

// tape is one segment with its encoder, as a store would hold it.
type tape struct {
	enc encoder
	w   who
	at  []int
}

func newTape(base int64) *tape {
	return &tape{enc: encoder{b: []byte{1}, base: base, words: newWords()}}
}

func (tp *tape) add(r *traffic.Record) {
	p := place{slot: 77, here: ref{seg: 9, off: uint32(len(tp.enc.b))}, first: len(tp.at) == 0}
	if len(tp.at) > 0 {
		p.prev = ref{seg: 9, off: uint32(tp.at[len(tp.at)-1])}
		if len(tp.at)%3 == 0 {
			p.prev = ref{seg: 7, off: 1234}
		}
		p.digest = &tp.w.digest
	} else if _, d, ok := splitDigest(r.Session.Key.Value); ok {
		tp.w.digest = d
		p.digest = &d
	}
	tp.at = append(tp.at, len(tp.enc.b))
	tp.enc.record(r, p)
}

func TestRecordsComeBackExactly(t *testing.T) {
	rnd := seeded(t)
	var dec, brief decoder
	for range unlessRace(150) {
		tp := newTape(1.78e18)
		recs := make([]traffic.Record, 1+rnd.IntN(60))
		for i := range recs {
			recs[i] = anyRecord(rnd)
			before := len(tp.enc.b)
			tp.add(&recs[i])
			require.LessOrEqual(t, len(tp.enc.b)-before, maxSize(&recs[i]), "maxSize is a bound")
		}
		for i := range recs {
			h, ok := readHead(tp.enc.b, tp.at[i], 9, tp.enc.base)
			require.True(t, ok)
			require.EqualValues(t, 77, h.slot)
			require.Equal(t, i > 0, h.flags&hasPrev != 0)
			switch {
			case i > 0 && i%3 == 0:
				require.Equal(t, ref{7, 1234}, h.prev)
			case i > 0:
				require.Equal(t, ref{9, uint32(tp.at[i-1])}, h.prev)
			}
			if i+1 < len(recs) {
				require.Equal(t, tp.at[i+1], h.end, "records lie side by side")
			}
			tp.w.id = recs[i].Session.ID
			var got traffic.Record
			require.NoError(t, dec.record(tp.enc.b, &h, &tp.w, &got))
			require.Equal(t, &recs[i], got.Clone())

			brief.brief = true
			require.NoError(t, brief.record(tp.enc.b, &h, &tp.w, &got))
			want := recs[i]
			want.Params, want.Session.Key.Value = nil, ""
			require.Equal(t, &want, got.Clone())
		}
	}
}

// A record is looked at in brief to match and to fold it. Should a query or a
// part come to need more, brief has to follow.
func TestBriefIsEnough(t *testing.T) {
	var fields []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[session.Query]()) {
		fields = append(fields, f.Name)
	}
	require.Equal(t, []string{"Sessions", "Request", "From", "To", "Apps", "Users", "Roles", "Hosts", "Methods", "Addrs",
		"Status", "Attacks", "Tags", "Path", "Malicious", "Blocked", "Limit", "Newest"}, fields,
		"a new field of the query: does it look at a key's value or at parameters? See decoder.brief")
	rnd := seeded(t)
	for range 200 {
		r := anyRecord(rnd)
		brief := r
		brief.Params, brief.Session.Key.Value = nil, ""
		var a, b session.Fold
		a.Add(&r)
		b.Add(&brief)
		require.Equal(t, a.Part(1), b.Part(1))
	}
}

func TestLongRecordsComeBackExactly(t *testing.T) {
	for _, n := range []int{1 << 15, 1<<16 - 800, 1 << 16, 1 << 20} {
		tp := newTape(0)
		r := traffic.Record{Time: time.Unix(1, 0).UTC(), Path: "/" + strings.Repeat("x", n)}
		tp.add(&r)
		tp.add(&r)
		for _, at := range tp.at {
			h, ok := readHead(tp.enc.b, at, 9, 0)
			require.True(t, ok)
			var got traffic.Record
			require.NoError(t, new(decoder).record(tp.enc.b, &h, &tp.w, &got))
			require.Equal(t, &r, got.Clone())
		}
	}
}

func TestRepeatedTextsCostLittle(t *testing.T) {
	tp := newTape(0)
	r := typicalRecord(rand.New(rand.NewPCG(1, 2)), 1)
	tp.add(&r)
	tp.add(&r)
	first, second := tp.at[1]-tp.at[0], len(tp.enc.b)-tp.at[1]
	t.Logf("first record %d bytes, the same again %d bytes", first, second)
	require.Less(t, second, 80)
}

func TestNanosKeepTheOrder(t *testing.T) {
	times := []time.Time{
		{}, time.Unix(-1<<40, 0), time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Unix(0, -1), time.Unix(0, 0), time.Unix(0, 1), time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for i := 1; i < len(times); i++ {
		a, _ := nanos(times[i-1])
		b, _ := nanos(times[i])
		require.LessOrEqual(t, a, b, "%v and %v", times[i-1], times[i])
	}
}

func TestDecoderAllocatesOnlyNewTexts(t *testing.T) {
	if testkit.Race {
		t.Skip("allocations differ under race")
	}
	tp := newTape(0)
	r := typicalRecord(rand.New(rand.NewPCG(1, 2)), 1)
	tp.add(&r)
	tp.add(&r)
	h, ok := readHead(tp.enc.b, tp.at[1], 9, 0)
	require.True(t, ok)
	var dec decoder
	var got traffic.Record
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = dec.record(tp.enc.b, &h, &tp.w, &got) }))
}

// typicalRecord is what a GET of a logged-in user comes to: two parameters,
// one of them the hashed key. Sessions differ in key, user, address.
func typicalRecord(rnd *rand.Rand, session uint64) traffic.Record {
	of := rand.New(rand.NewPCG(session, 7))
	digest := fmt.Sprintf("%016x%016x%016x%016x", of.Uint64(), of.Uint64(), of.Uint64(), of.Uint64())
	r := traffic.Record{
		Time:     time.Unix(1.78e9, rnd.Int64N(1e9)).UTC(),
		Duration: time.Duration(rnd.Int64N(2e8)), App: 3,
		Session: traffic.Identity{
			Key:      traffic.Key{Source: traffic.OwnKey, Index: 1, Name: "token", Value: "k1:" + digest, Hashed: true},
			Strength: traffic.StrengthStrong, Standing: traffic.Issued,
			User: fmt.Sprintf("user-%d@example.com", session), Role: "customer",
		},
		Client: traffic.Client{
			Addr:      netip.AddrFrom4([4]byte{10, byte(session >> 16), byte(session >> 8), byte(session)}),
			UserAgent: fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", 100+of.IntN(40)),
			JA3:       fmt.Sprintf("%032x", of.IntN(60)), JA4: fmt.Sprintf("t13d1516h2_8daaf6152771_%012x", of.IntN(60)),
		},
		Method: "GET", Scheme: "https", Proto: "2.0", Host: "shop.example.com",
		Path:   fmt.Sprintf("/api/v1/orders/%d", rnd.IntN(20000)),
		Route:  "GET /api/v1/orders/{id}",
		Status: 200, BytesOut: rnd.Int64N(20000),
		Verdict: traffic.Verdict{Mode: traffic.ModeMonitoring},
	}
	r.Params = []traffic.Param{
		{Name: "token", Value: r.Session.Key.Value, Found: traffic.Present, Hashed: true, Key: true},
		{Name: "tenant", Value: fmt.Sprintf("tenant-%d", of.IntN(500)), Found: traffic.Present},
	}
	for i := range 4 {
		put64(r.Session.ID[8*i:], of.Uint64())
	}
	put64(r.ID[:], rnd.Uint64())
	put64(r.ID[8:], rnd.Uint64())
	return r
}

func put64(b []byte, v uint64) {
	for i := range 8 {
		b[i] = byte(v >> (8 * i))
	}
}
