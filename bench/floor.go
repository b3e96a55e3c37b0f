package bench

import (
	"bytes"
	"context"
	"hash/maphash"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/gaissmai/bart"
)

// floor is the unavoidable minimum as a middleware, written without care for
// anything but cost.
type floor struct {
	next    http.Handler
	deny    *bart.Table[uint64]
	seed    maphash.Seed
	shards  [64]shard
	buffers sync.Pool
}

type shard struct {
	mu   sync.Mutex
	live map[uint64]*liveSession
}

type liveSession struct {
	last     time.Time
	requests int
}

func newFloor(next http.Handler) *floor {
	f := &floor{next: next, deny: new(bart.Table[uint64]), seed: maphash.MakeSeed()}
	for i := range 1000 {
		f.deny.Insert(netip.PrefixFrom(netip.AddrFrom4([4]byte{203, byte(i >> 8), byte(i), 0}), 24), uint64(i))
	}
	for i := range f.shards {
		f.shards[i].live = map[uint64]*liveSession{}
	}
	f.buffers.New = func() any { b := make([]byte, 64<<10); return &b }
	return f
}

type floorKey struct{}

type statusWriter struct {
	http.ResponseWriter
	floor  *floor
	json   bool // the answer may carry the session's token
	key    uint64
	status int
	bytes  int64
}

func (w *statusWriter) WriteHeader(code int) {
	w.status = code
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.json {
		w.key = maphash.Bytes(w.floor.seed, property(b, "token"))
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		http.Error(w, "bad address", http.StatusBadRequest)
		return
	}
	if _, denied := f.deny.Lookup(addr.Addr()); denied {
		http.Error(w, "denied", http.StatusForbidden)
		return
	}
	key, size := f.walk(r)
	s := f.touch(key)
	sw := &statusWriter{ResponseWriter: w, floor: f, json: r.ContentLength > 0}
	f.next.ServeHTTP(sw, r.WithContext(context.WithValue(r.Context(), floorKey{}, s)))
	if sw.key != 0 {
		f.touch(sw.key)
	}
	_ = size
}

// walk looks once at every header, parameter and cookie, and at the body.
func (f *floor) walk(r *http.Request) (key uint64, size int) {
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v)
			if name == "Cookie" {
				key = f.cookie(v)
			}
		}
	}
	for q := r.URL.RawQuery; q != ""; {
		var pair string
		pair, q, _ = strings.Cut(q, "&")
		name, value, _ := strings.Cut(pair, "=")
		size += len(name) + len(value)
	}
	if r.ContentLength > 0 {
		key = f.body(r)
	}
	return key, size
}

func (f *floor) cookie(header string) (key uint64) {
	for header != "" {
		var pair string
		pair, header, _ = strings.Cut(header, "; ")
		if name, value, _ := strings.Cut(pair, "="); name == "PHPSESSID" {
			key = maphash.String(f.seed, value)
		}
	}
	return key
}

// body reads the body, finds the session's token in it, and gives the body
// back for the handler to read.
func (f *floor) body(r *http.Request) uint64 {
	b := f.buffers.Get().(*[]byte)
	defer f.buffers.Put(b)
	n, err := io.ReadFull(r.Body, (*b)[:r.ContentLength])
	if err != nil {
		return 0
	}
	r.Body = io.NopCloser(bytes.NewReader((*b)[:n]))
	return maphash.Bytes(f.seed, property((*b)[:n], "token"))
}

// property returns the text of a string property at the top of a JSON object.
// It looks at every byte once, as anything must that is not to mistake a
// quoted or nested "token" for one, and understands no more than that.
func property(b []byte, name string) []byte {
	depth, start, last := 0, 0, []byte(nil)
	found := false
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			found = depth == 1 && string(last) == name
		case '"':
			start = i + 1
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			last = b[start:min(i, len(b))]
			if found {
				return last
			}
		}
	}
	return nil
}

func (f *floor) touch(key uint64) *liveSession {
	sh := &f.shards[key%64]
	now := time.Now()
	sh.mu.Lock()
	s := sh.live[key]
	if s == nil {
		s = new(liveSession)
		sh.live[key] = s
	}
	s.last = now
	s.requests++
	sh.mu.Unlock()
	return s
}
