package point

import (
	"bytes"
	"strings"

	"github.com/chaperone-go/chaperone/traffic"
)

// A body goes three ways.
//
// First its Content-Encoding is undone. What is called gzip but is not, and
// what is encoded in ways not known, is read as it is: a handler that ignores
// the header reads it so too. The body is marked undecodable then.
//
// Then each format that a slot asks for reads it, whatever the Content-Type
// says, if its start is plausible: many clients send JSON as a form. The
// Content-Type only decides in doubt.
//
// A visitor sees it once: in the format of its Content-Type, as JSON if that
// says little and the body starts like it, or in one piece. What could not be
// read in its format is shown in one piece too.

// body reads the body b; n is its node. whole is false when b is only the
// start of it.
func (s *Scan) body(n *node, b []byte, whole bool, h traffic.Header) {
	if len(b) == 0 {
		return
	}
	s.push(Body, nil, 0)
	s.cut = !whole
	b, good := s.content(b, h["Content-Encoding"])
	if good && !s.cut {
		s.fill(n, b)
	} else if n != nil && len(n.slots) > 0 {
		s.lack(n.slots, s.lost())
	}
	if len(b) > 0 {
		in := bodyIn{n: n, b: b, contentType: h.Get("Content-Type")}
		in.kind = traffic.KindOf(in.contentType)
		in.start = bytes.TrimPrefix(b, byteOrderMark)
		in.start = in.start[skipSpace(in.start, 0):]
		s.formats(&in)
		s.decodeBy(n, b, decoders&^(1<<JSON|1<<XML|1<<GraphQL))
	}
	if !good {
		s.fail(n, traffic.Undecodable)
	}
	s.cut, s.torn = false, false
	s.pop()
}

// lost is the outcome for a value whose end is missing.
func (s *Scan) lost() traffic.Found {
	if s.cut && !s.torn {
		return traffic.TooLarge
	}
	return traffic.Undecodable
}

// content undoes the encodings of a body, the last one first. good is false
// when it could not.
func (s *Scan) content(b []byte, encodings []string) (content []byte, good bool) {
	good = true
	for i := len(encodings) - 1; i >= 0; i-- {
		list := encodings[i]
		for last := true; last; {
			comma := strings.LastIndexByte(list, ',')
			b, good = s.uncoded(b, strings.TrimSpace(list[comma+1:]), good)
			if last = comma >= 0; last {
				list = list[:comma]
			}
		}
	}
	return b, good
}

// uncoded undoes one encoding; good tells whether those before it went well.
func (s *Scan) uncoded(b []byte, encoding string, good bool) (content []byte, ok bool) {
	var format inflateFormat
	switch {
	case encoding == "", strings.EqualFold(encoding, "identity"):
		return b, good
	case strings.EqualFold(encoding, "gzip"), strings.EqualFold(encoding, "x-gzip"):
		format = inflateGzip
	case strings.EqualFold(encoding, "deflate"):
		format = inflateDeflate
	default:
		s.fail(nil, traffic.Undecodable)
		return b, false
	}
	out, state := s.inflateAll(b, format)
	switch {
	case state == traffic.Present:
		return out, good
	case len(out) == 0 && state == traffic.Undecodable:
		s.fail(nil, traffic.Undecodable)
		return b, false
	}
	s.fail(nil, state)
	s.torn = s.torn || !s.cut && state == traffic.Undecodable
	s.cut = true
	return out, good
}
