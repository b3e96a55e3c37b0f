package point

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/chaperone-go/chaperone/traffic"
)

// maxParts bounds the parts of a multipart body, as net/http does: beyond it
// a handler gets no form at all.
const maxParts = 1000

// multipart reads the multipart body b; the fields hang below n. The parts
// are cut by mime/multipart, the very package a Go handler reads them with,
// so that both see the same parts. Differences to Request.ParseMultipartForm:
//
//   - What came before an error counts; a handler gets no form at all then.
//   - A part without a name is a field with the name "".
//   - The name of a file is given as it was sent, with its directories.
//   - Names may have structure and may repeat, as in queries; see params.go.
//
// A part with a file name is a file: its content is FILE, not a value of the
// field. Without a boundary, the first line that may be one is taken for it,
// and the body is undecodable besides.
func (s *Scan) multipart(n *node, b []byte, boundary string) {
	if s.visitor == nil && n.kids(Multipart) == nil {
		return
	}
	if boundary == "" {
		boundary = firstBoundary(b)
		s.failKind(n, Multipart, traffic.Undecodable)
	}
	if boundary == "" {
		return
	}
	s.openParams()
	state := s.parts(n, multipart.NewReader(bytes.NewReader(b), boundary))
	s.closeParams()
	if state == traffic.Present && s.cut && !bytes.Contains(b, []byte("--"+boundary+"--")) {
		state = s.lost() // mime/multipart takes the end after a boundary for the last one
	}
	if state != traffic.Present {
		s.failKind(n, Multipart, state)
	}
}

// firstBoundary returns what follows the dashes of the first line that starts
// with them; "" when there is none.
func firstBoundary(b []byte) string {
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte{'\n'})
		if line, ok := bytes.CutPrefix(line, []byte("--")); ok && len(line) <= 72 {
			if line = bytes.TrimRight(line, " \t\r"); len(line) > 0 {
				return string(line)
			}
		}
		b = rest
	}
	return ""
}

// parts reads all parts.
func (s *Scan) parts(n *node, r *multipart.Reader) traffic.Found {
	for range maxParts {
		p, err := r.NextPart()
		if err == io.EOF {
			return traffic.Present
		}
		if err != nil {
			return s.partFault(err)
		}
		if err := s.part(n, p); err != nil {
			return s.partFault(err)
		}
	}
	if _, err := r.NextPart(); err == io.EOF {
		return traffic.Present
	}
	return traffic.TooLarge
}

// partFault is what an error of the reader means.
func (s *Scan) partFault(err error) traffic.Found {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return s.lost()
	}
	return traffic.Undecodable
}

// part reads one part.
func (s *Scan) part(n *node, p *multipart.Part) error {
	disposition, params, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	name, file := params["name"], params["filename"]
	if disposition != "form-data" {
		name = ""
	}
	at := s.enterPart(n, s.copy(name))
	defer s.leavePart(&at)
	s.partHeader(&at, traffic.Header(p.Header))
	if file != "" {
		s.givePart(&at, FileName, s.copy(file))
	}
	start := len(s.arena)
	var err error
	s.arena, err = appendAll(s.arena, p, noLimit)
	text := s.made(start)
	switch {
	case err != nil:
		s.losePart(&at, file != "", text, s.partFault(err))
	case file != "":
		s.givePart(&at, File, text)
	default:
		s.value(at.nodes[0], text)
		for _, n := range at.nodes[1:] {
			s.quietly(n, text)
		}
		s.hold(at.held, at.rank, text)
	}
	return err
}
