package accesslog

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// source is the text of a log: unpacked, buffered, its bytes counted.
type source struct {
	file  io.Closer     // nil when not ours to close
	size  int64         // of the file, 0 when unknown
	read  atomic.Int64  // bytes of the file read so far
	in    *bufio.Reader // unpacked
	under io.Reader
}

// peekSize is how much of a log decides about its format; also the buffer.
const peekSize = 64 << 10

func openFile(name string) (*source, error) {
	if name == "-" {
		return newSource(os.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("open %s: is a directory, want a log file", name)
	}
	var s *source
	if err == nil {
		s, err = newSource(f)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	s.file = f
	if info.Mode().IsRegular() {
		s.size = info.Size()
	}
	return s, nil
}

func newSource(r io.Reader) (*source, error) {
	s := &source{under: r}
	raw := bufio.NewReaderSize(counted{s}, peekSize)
	magic, err := raw.Peek(2)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read: %w", err)
	}
	if string(magic) != "\x1f\x8b" {
		s.in = raw
		return s, nil
	}
	z, err := gzip.NewReader(raw)
	if err != nil {
		return nil, fmt.Errorf("unpack gzip: %w", err)
	}
	s.in = bufio.NewReaderSize(z, peekSize)
	return s, nil
}

// counted counts what is read.
type counted struct{ s *source }

func (c counted) Read(p []byte) (int, error) {
	n, err := c.s.under.Read(p)
	c.s.read.Add(int64(n))
	return n, err
}

func (s *source) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// damaged reports whether err tells of a damaged file rather than of trouble
// with reading it.
func damaged(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) ||
		errors.Is(err, gzip.ErrHeader) || errors.As(err, &corrupt)
}

// MaxLine is the longest line that is read, in bytes, without its end.
const MaxLine = 1 << 20

// readLine appends the next line to b, at most MaxLine and one bytes; the
// rest of a longer line is passed over. io.EOF comes with the last line when
// it has no end, or alone.
func readLine(in *bufio.Reader, b []byte) ([]byte, error) {
	for {
		part, err := in.ReadSlice('\n')
		b = append(b, part[:min(len(part), MaxLine+2-len(b))]...) // room for the end of a DOS line
		if err != bufio.ErrBufferFull {
			return b, err
		}
	}
}
