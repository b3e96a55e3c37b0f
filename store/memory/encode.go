package memory

import (
	"encoding/binary"

	"github.com/chaperone-go/chaperone/traffic"
)

// encoder appends records to one segment. b is the segment so far; whoever
// calls has made sure with maxSize that it does not grow beyond its memory.
type encoder struct {
	b     []byte
	base  int64 // nanoseconds that the times of the segment count from
	words *words
}

// place says where a record stands: its part and what came before it there.
type place struct {
	slot  uint32
	here  ref // of the record itself
	prev  ref
	first bool // there is no prev
	// digest is that of the part table, nil when it has none.
	digest *[digestLen]byte
}

// maxSize returns how many bytes r can have at most.
func maxSize(r *traffic.Record) int {
	const numbers, text = 256, 10 // of all numbers; around each text
	n := numbers + 18*text +
		len(r.Session.Key.Name) + len(r.Session.Key.Value) + len(r.Session.User) + len(r.Session.Role) +
		len(r.Client.UserAgent) + len(r.Client.JA3) + len(r.Client.JA4) + len(r.Client.Addr.Zone()) +
		len(r.Method) + len(r.Scheme) + len(r.Proto) + len(r.Host) + len(r.Path) + len(r.Route) +
		len(r.Verdict.Control)
	for i := range r.Params {
		n += 4 + 2*text + len(r.Params[i].Name) + len(r.Params[i].Value)
	}
	for i := range r.Hits {
		h := &r.Hits[i]
		n += 4*text + len(h.Type) + len(h.Point) + len(h.Payload) + len(h.Detector)
	}
	for _, t := range r.Tags {
		n += text + len(t)
	}
	return n
}

// record appends r.
func (e *encoder) record(r *traffic.Record, p place) {
	start := len(e.b)
	long := maxSize(r) > shortRecord
	e.b = append(e.b, 0, 0)
	if long {
		e.b = append(e.b, 0, 0, 0, 0)
	}
	flags := len(e.b)
	e.b = append(e.b, 0, 0)
	f := e.head(r, p) | e.body(r, p.digest)
	binary.LittleEndian.PutUint16(e.b[flags:], f)
	if n := len(e.b) - start; long {
		binary.LittleEndian.PutUint32(e.b[start+2:], uint32(n))
	} else {
		binary.LittleEndian.PutUint16(e.b[start:], uint16(n))
	}
}

func (e *encoder) head(r *traffic.Record, p place) (flags uint16) {
	e.b = append(e.b, r.ID[:]...)
	e.uint(uint64(p.slot))
	if !p.first {
		flags |= hasPrev
		back := p.here.seg - p.prev.seg
		e.uint(uint64(back))
		if back == 0 {
			e.uint(uint64(p.here.off - p.prev.off))
		} else {
			e.uint(uint64(p.prev.off))
		}
	}
	if ns, near := nanos(r.Time); near {
		e.int(ns - e.base) // wraps around, and back when it is read
		return flags
	}
	e.int(r.Time.Unix())
	e.uint(uint64(r.Time.Nanosecond()))
	return flags | farTime
}

func (e *encoder) body(r *traffic.Record, digest *[digestLen]byte) (flags uint16) {
	e.int(int64(r.Duration))
	e.int(int64(r.App))
	e.line(r)
	e.int(int64(r.Status))
	e.int(r.BytesIn)
	e.int(r.BytesOut)
	flags |= e.addr(r.Client.Addr)
	e.text(r.Client.UserAgent)
	flags |= e.optional(r.Client.JA3, hasJA3)
	flags |= e.optional(r.Client.JA4, hasJA4)
	flags |= e.key(&r.Session, digest)
	flags |= e.verdict(&r.Verdict)
	if r.Login != traffic.NoLogin || r.Marks != 0 {
		flags |= hasExtras
		e.b = append(e.b, byte(r.Login))
		e.uint(uint64(r.Marks))
	}
	return flags | e.lists(r)
}

func (e *encoder) uint(v uint64) { e.b = binary.AppendUvarint(e.b, v) }

func (e *encoder) int(v int64) { e.b = binary.AppendVarint(e.b, v) }

// optional appends s unless it is empty.
func (e *encoder) optional(s string, flag uint16) uint16 {
	if s == "" {
		return 0
	}
	e.text(s)
	return flag
}

// line appends the request line and what belongs to it; the route's flag comes
// with the lists.
func (e *encoder) line(r *traffic.Record) {
	m, s, p := methodPlace(r.Method), schemePlace(r.Scheme), protoPlace(r.Proto)
	e.b = append(e.b, m|s<<schemeShift|p<<protoShift)
	if m == 0 {
		e.text(r.Method)
	}
	if s == 0 {
		e.text(r.Scheme)
	}
	if p == 0 {
		e.text(r.Proto)
	}
	e.again(hostField, r.Host)
	e.text(r.Path)
}

func (e *encoder) addr(a traffic.Addr) uint16 {
	switch {
	case !a.IsValid():
		return addrNone << addrShift
	case a.Is4():
		b := a.As4()
		e.b = append(e.b, b[:]...)
		return addr4 << addrShift
	}
	b := a.As16()
	e.text(string(b[:])) // long enough to be worth pointing to
	if a.Zone() == "" {
		return addr16 << addrShift
	}
	e.text(a.Zone())
	return addrZone << addrShift
}

func (e *encoder) key(s *traffic.Identity, digest *[digestLen]byte) (flags uint16) {
	k := &s.Key
	head := bit[byte](k.Hashed, keyHashed)
	if k.Source < rawKey && s.Strength < 4 && s.Standing < 4 {
		head |= byte(k.Source) | byte(s.Strength)<<strengthShift | byte(s.Standing)<<standingShift
		e.b = append(e.b, head)
	} else {
		e.b = append(e.b, head|rawKey, byte(k.Source), byte(s.Strength), byte(s.Standing))
	}
	e.int(int64(k.Index))
	e.again(keyNameField, k.Name)
	if prefix, d, ok := splitDigest(k.Value); ok && digest != nil && d == *digest {
		flags |= keyInPart
		e.again(keyPrefixField, prefix)
	} else {
		e.text(k.Value)
	}
	flags |= e.optional(s.User, hasUser)
	if s.Role != "" {
		flags |= hasRole
		e.again(roleField, s.Role)
	}
	if !s.Provisional.IsZero() {
		flags |= hasProvisional
		e.b = append(e.b, s.Provisional[:]...)
	}
	return flags
}

func (e *encoder) verdict(v *traffic.Verdict) uint16 {
	head := bit[byte](v.Allowed, verdictAllow) | bit[byte](v.Gray, verdictGray) | bit[byte](v.Withheld, verdictHeld)
	small := v.Mode < maxByteMode && v.Action < maxByteAction
	if small {
		head |= byte(v.Mode) | byte(v.Action)<<actionShift
	}
	e.b = append(e.b, head)
	if small && v.Reason == traffic.NoReason && v.Entry == 0 && v.Control == "" {
		return 0
	}
	e.b = append(e.b, byte(v.Mode), byte(v.Action), byte(v.Reason))
	e.uint(v.Entry)
	e.text(v.Control)
	return hasVerdict
}

// lists appends what many records do not have.
func (e *encoder) lists(r *traffic.Record) (flags uint16) {
	if r.Route != "" {
		flags |= hasRoute
		e.again(routeField, r.Route)
	}
	if len(r.Params) > 0 {
		flags |= hasParams
		e.uint(uint64(len(r.Params)))
		for i := range r.Params {
			e.param(&r.Params[i], &r.Session.Key, paramField+field(min(i, 2)))
		}
	}
	if len(r.Hits) > 0 {
		flags |= hasHits
		e.uint(uint64(len(r.Hits)))
		for i := range r.Hits {
			h := &r.Hits[i]
			e.text(string(h.Type))
			e.text(h.Point)
			e.text(h.Payload)
			e.text(h.Detector)
		}
	}
	if len(r.Tags) > 0 {
		flags |= hasTags
		e.uint(uint64(len(r.Tags)))
		for _, t := range r.Tags {
			e.text(t)
		}
	}
	return flags
}

func (e *encoder) param(p *traffic.Param, k *traffic.Key, f field) {
	name, value := p.Name == k.Name, p.Value == k.Value
	head := bit[byte](p.Hashed, paramHashed) | bit[byte](p.Key, paramKey) | bit[byte](p.Hidden, paramHidden) |
		bit[byte](name, keysName) | bit[byte](value, keysValue)
	if p.Found < rawFound {
		e.b = append(e.b, head|byte(p.Found))
	} else {
		e.b = append(e.b, head|rawFound, byte(p.Found))
	}
	if !name {
		e.again(f, p.Name)
	}
	if !value {
		e.text(p.Value)
	}
}
