package memory

import (
	"math/rand/v2"
	"testing"

	"github.com/chaperone-go/chaperone/traffic"
)

// FuzzSegment reads segments in which anything may stand. Reading must end,
// without a panic, within the segment and without memory out of proportion.
func FuzzSegment(f *testing.F) {
	for _, b := range smallSegments(15, 900) {
		f.Add(b, uint16(1))
		f.Add(b[:len(b)/2], uint16(1))
	}
	f.Add([]byte{1, 0, 0, 255, 255, 255, 255}, uint16(1))
	f.Add([]byte{}, uint16(9))
	var in readers
	f.Fuzz(func(t *testing.T, b []byte, start uint16) { in.all(t, b, int(start)) })
}

// readers read what may be anything.
type readers struct{ full, brief decoder }

// all reads records from at on, as long as they can be read.
func (in *readers) all(t *testing.T, b []byte, at int) {
	in.brief.brief = true
	var r traffic.Record
	for {
		h, ok := readHead(b, at, 9, 0)
		if !ok {
			return
		}
		if h.start != at || h.end <= at || h.end > len(b) {
			t.Fatalf("head at %d of %d: %+v", at, len(b), h)
		}
		errBrief := in.brief.record(b, &h, new(who), &r)
		err := in.full.record(b, &h, new(who), &r)
		if err == nil && errBrief != nil {
			t.Fatalf("read in full, not in brief: %v", errBrief)
		}
		if n := len(r.Params) + len(r.Hits) + len(r.Tags); err == nil && n > h.end-at {
			t.Fatalf("%d entries from %d bytes", n, h.end-at)
		}
		at = h.end
	}
}

// smallSegments returns segments of two records, none longer than limit: the
// fuzzer is slow on long inputs.
func smallSegments(n, limit int) (out [][]byte) {
	for seed := uint64(1); len(out) < n; seed++ {
		rnd := rand.New(rand.NewPCG(seed, 3))
		tp := newTape(1.78e18)
		for range 2 {
			r := anyRecord(rnd)
			tp.add(&r)
		}
		if len(tp.enc.b) <= limit {
			out = append(out, tp.enc.b)
		}
	}
	return out
}

// TestReadingDamagedSegments turns every byte of small segments into others
// and cuts them at every length.
func TestReadingDamagedSegments(t *testing.T) {
	rnd := seeded(t)
	var in readers
	for _, b := range smallSegments(10, 1000) {
		for i := range b {
			in.all(t, b[:i], 1)
			old := b[i]
			for _, c := range []byte{0, 1, 3, 0x7f, 0x80, 0xff, byte(rnd.Uint32())} {
				b[i] = c
				in.all(t, b, 1)
			}
			b[i] = old
		}
	}
}

// FuzzRecord writes and reads records that the fuzzer composes.
func FuzzRecord(f *testing.F) {
	f.Add("k1:0000000000000000000000000000000000000000000000000000000000000000", "/a", int64(1), int64(200))
	f.Add("\xff\xfe", "", int64(-1), int64(0))
	f.Fuzz(func(t *testing.T, s, path string, a, b int64) {
		r := traffic.Record{App: traffic.App(a), Path: path, BytesIn: a, BytesOut: b, Host: s, Scheme: path}
		r.Session.Key.Value, r.Session.User = s, path
		r.Params = []traffic.Param{{Name: path, Value: s}, {Name: s, Value: path}}
		tp := newTape(b)
		tp.add(&r)
		tp.add(&r)
		var dec decoder
		var got traffic.Record
		for _, at := range tp.at {
			h, ok := readHead(tp.enc.b, at, 9, b)
			if !ok {
				t.Fatal("no head")
			}
			if err := dec.record(tp.enc.b, &h, &tp.w, &got); err != nil {
				t.Fatal(err)
			}
			if got.Path != path || got.Host != s || got.Session.Key.Value != s || got.BytesIn != a || got.BytesOut != b ||
				got.Scheme != path || got.Session.User != path || len(got.Params) != 2 || got.Params[0] != r.Params[0] || got.Params[1] != r.Params[1] {
				t.Fatalf("wrote %+v\nread  %+v", r, got)
			}
		}
	})
}
