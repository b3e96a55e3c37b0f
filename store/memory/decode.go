package memory

import (
	"errors"
	"net/netip"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// errCorrupt says that bytes are not what an encoder wrote. It cannot happen
// unless something else in the process wrote over them.
var errCorrupt = errors.New("corrupt record")

// head is the part of a record that a scan reads.
type head struct {
	start, end int // of the record in its segment
	body       int // where the rest begins
	flags      uint16
	id         traffic.RequestID
	slot       uint32
	prev       ref // valid if hasPrev is in flags
	time       int64
	far        time.Time // the time, if farTime is in flags
}

// readHead reads the head of the record at offset at of a segment. seg is the
// segment's number, base what its times count from.
func readHead(b []byte, at int, seg uint32, base int64) (h head, ok bool) {
	if uint(at) > uint(len(b)) {
		return h, false
	}
	r := reader{b: b, at: at}
	n := int64(r.uint16())
	if n == 0 {
		n = int64(r.uint32())
	}
	if r.bad || n > int64(len(b)-at) || int64(r.at-at) >= n {
		return h, false
	}
	r.b = b[:at+int(n)]
	h.start, h.end = at, at+int(n)
	h.flags = r.uint16()
	copy(h.id[:], r.take(uint64(len(h.id))))
	h.slot = uint32(r.uvarint())
	if h.flags&hasPrev != 0 {
		h.readPrev(&r, seg)
	}
	if h.flags&farTime == 0 {
		h.time = r.varint() + base
	} else {
		h.far = time.Unix(r.varint(), int64(r.uvarint()%1e9)).UTC()
		h.time, _ = nanos(h.far)
	}
	h.body = r.at
	return h, !r.bad
}

func (h *head) readPrev(r *reader, seg uint32) {
	back, off := r.uvarint(), r.uvarint()
	if back == 0 {
		off = uint64(h.start) - off
	}
	h.prev = ref{seg - uint32(back), uint32(off)}
}

// when returns the exact time of the record.
func (h *head) when() time.Time {
	if h.flags&farTime != 0 {
		return h.far
	}
	return time.Unix(0, h.time).UTC()
}

// decoder reads records. It keeps the texts it met, so that a text that comes
// again is not made again. Not safe for concurrent use.
type decoder struct {
	memo
	// brief leaves out what neither matching nor folding looks at and what is
	// dear to make: the key's value and the parameters.
	brief   bool
	scratch []byte
}

// record reads the record with head h into out, overwriting all of it but
// reusing the memory of its slices. b is the segment, w what the part table
// tells. Empty lists come back with length 0.
func (d *decoder) record(b []byte, h *head, w *who, out *traffic.Record) error {
	if h.body > h.end || h.end > len(b) {
		return errCorrupt
	}
	r := reader{b: b[:h.end], at: h.body}
	*out = traffic.Record{ID: h.id, Time: h.when(), Params: out.Params[:0], Hits: out.Hits[:0], Tags: out.Tags[:0]}
	out.Session.ID = w.id
	out.Duration = time.Duration(r.varint())
	out.App = traffic.App(r.varint())
	d.line(&r, out)
	out.Status = int(r.varint())
	out.BytesIn = r.varint()
	out.BytesOut = r.varint()
	d.client(&r, h.flags, &out.Client)
	d.key(&r, h.flags, w, &out.Session)
	d.verdict(&r, h.flags, &out.Verdict)
	if h.flags&hasExtras != 0 {
		out.Login = traffic.Login(r.byte())
		out.Marks = traffic.Mark(r.uvarint())
	}
	d.lists(&r, h.flags, out)
	if r.bad || r.at != h.end {
		return errCorrupt
	}
	return nil
}

// text returns the next text.
func (d *decoder) text(r *reader) string { return d.word(r.text(&d.scratch)) }

// optional returns the next text if the flag is set.
func (d *decoder) optional(r *reader, flags, flag uint16) string {
	if flags&flag == 0 {
		return ""
	}
	return d.text(r)
}

func (d *decoder) line(r *reader, out *traffic.Record) {
	c := r.byte()
	m, s, p := c&7, c>>schemeShift&3, c>>protoShift
	out.Method, out.Scheme, out.Proto = methods[m], schemes[s], protos[p]
	if m == 0 {
		out.Method = d.text(r)
	}
	if s == 0 {
		out.Scheme = d.text(r)
	}
	if p == 0 {
		out.Proto = d.text(r)
	}
	out.Host = d.text(r)
	out.Path = d.text(r)
}

func (d *decoder) client(r *reader, flags uint16, out *traffic.Client) {
	switch flags >> addrShift & 3 {
	case addr4:
		if b := r.take(4); b != nil {
			out.Addr = netip.AddrFrom4([4]byte(b))
		}
	case addr16, addrZone:
		b := r.text(&d.scratch)
		if len(b) != 16 {
			r.fail()
			return
		}
		out.Addr = netip.AddrFrom16([16]byte(b))
		if flags>>addrShift&3 == addrZone {
			out.Addr = out.Addr.WithZone(d.text(r))
		}
	}
	out.UserAgent = d.text(r)
	out.JA3 = d.optional(r, flags, hasJA3)
	out.JA4 = d.optional(r, flags, hasJA4)
}

func (d *decoder) key(r *reader, flags uint16, w *who, out *traffic.Identity) {
	k := &out.Key
	c := r.byte()
	k.Hashed = c&keyHashed != 0
	if c&7 == rawKey {
		k.Source = traffic.KeySource(r.byte())
		out.Strength = traffic.Strength(r.byte())
		out.Standing = traffic.Standing(r.byte())
	} else {
		k.Source = traffic.KeySource(c & 7)
		out.Strength = traffic.Strength(c >> strengthShift & 3)
		out.Standing = traffic.Standing(c >> standingShift & 3)
	}
	k.Index = int(r.varint())
	k.Name = d.text(r)
	switch {
	case d.brief:
		r.skip()
	case flags&keyInPart != 0:
		k.Value = d.word(appendDigest(&d.scratch, r.plain(), w.digest[:]))
	default:
		k.Value = d.text(r)
	}
	out.User = d.optional(r, flags, hasUser)
	out.Role = d.optional(r, flags, hasRole)
	if flags&hasProvisional != 0 {
		copy(out.Provisional[:], r.take(uint64(len(out.Provisional))))
	}
}

func (d *decoder) verdict(r *reader, flags uint16, out *traffic.Verdict) {
	c := r.byte()
	out.Allowed, out.Gray, out.Withheld = c&verdictAllow != 0, c&verdictGray != 0, c&verdictHeld != 0
	out.Mode, out.Action = traffic.Mode(c&(maxByteMode-1)), traffic.Action(c>>actionShift&(maxByteAction-1))
	if flags&hasVerdict != 0 {
		out.Mode, out.Action, out.Reason = traffic.Mode(r.byte()), traffic.Action(r.byte()), traffic.Reason(r.byte())
		out.Entry = r.uvarint()
		out.Control = d.text(r)
	}
}

func (d *decoder) lists(r *reader, flags uint16, out *traffic.Record) {
	out.Route = d.optional(r, flags, hasRoute)
	if flags&hasParams != 0 {
		for n := r.uvarint(); n > 0 && !r.bad; n-- {
			if d.brief {
				skipParam(r)
			} else {
				out.Params = append(out.Params, d.param(r, &out.Session.Key))
			}
		}
	}
	if flags&hasHits != 0 {
		for n := r.uvarint(); n > 0 && !r.bad; n-- {
			out.Hits = append(out.Hits, traffic.Hit{
				Type: traffic.AttackType(d.text(r)), Point: d.text(r), Payload: d.text(r), Detector: d.text(r)})
		}
	}
	if flags&hasTags != 0 {
		for n := r.uvarint(); n > 0 && !r.bad; n-- {
			out.Tags = append(out.Tags, d.text(r))
		}
	}
}

func (d *decoder) param(r *reader, k *traffic.Key) (p traffic.Param) {
	c := r.byte()
	p.Found = traffic.Found(c & 7)
	if p.Found == rawFound {
		p.Found = traffic.Found(r.byte())
	}
	p.Hashed, p.Key, p.Hidden = c&paramHashed != 0, c&paramKey != 0, c&paramHidden != 0
	p.Name, p.Value = k.Name, k.Value
	if c&keysName == 0 {
		p.Name = d.text(r)
	}
	if c&keysValue == 0 {
		p.Value = d.text(r)
	}
	return p
}

func skipParam(r *reader) {
	c := r.byte()
	if c&7 == rawFound {
		r.byte()
	}
	if c&keysName == 0 {
		r.skip()
	}
	if c&keysValue == 0 {
		r.skip()
	}
}
