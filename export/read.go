package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/chaperone-go/chaperone/traffic"
)

// MaxLine is the longest line that [ReadJSONLines] and [ReadEvents] take, in
// bytes.
const MaxLine = 1 << 20

// LineError is a line that could not be read.
type LineError struct {
	// Line is its number, from 1.
	Line int
	// Err says why.
	Err error
}

// Error returns the line's number and what is wrong with it.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the cause.
func (e *LineError) Unwrap() error { return e.Err }

// ErrLineTooLong is the cause of a [LineError] for a line longer than
// [MaxLine].
var ErrLineTooLong = errors.New("longer than 1 MiB")

// ReadJSONLines reads what [WriteJSONLines] wrote. A line that is not a
// record is yielded as a [LineError], and reading goes on behind it if the
// caller does; an error of r is the last thing yielded. Blank lines are
// passed over, unknown members are ignored. Each record is new and belongs to
// the caller.
func ReadJSONLines(r io.Reader) iter.Seq2[*traffic.Record, error] {
	return readLines[traffic.Record](r)
}

// ReadEvents reads what the sink [Lines] wrote, as [ReadJSONLines] reads
// records.
func ReadEvents(r io.Reader) iter.Seq2[*Event, error] { return readLines[Event](r) }

func readLines[T any](r io.Reader) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		in := bufio.NewReaderSize(r, flushAt)
		var buf []byte
		for n := 1; ; n++ {
			line, err := readLine(in, buf[:0])
			buf = line
			if err != nil && err != io.EOF && err != ErrLineTooLong {
				yield(nil, fmt.Errorf("read line %d: %w", n, err))
				return
			}
			if !yieldLine(line, n, err, yield) || err == io.EOF {
				return
			}
		}
	}
}

// yieldLine hands out one line's value, or its error, or nothing.
func yieldLine[T any](line []byte, n int, err error, yield func(*T, error) bool) bool {
	if err == ErrLineTooLong {
		return yield(nil, &LineError{n, err})
	}
	if line = bytes.TrimSpace(line); len(line) == 0 {
		return true
	}
	v := new(T)
	if err := json.Unmarshal(line, v); err != nil {
		return yield(nil, &LineError{n, err})
	}
	return yield(v, nil)
}

// readLine appends the next line to b. A line that is too long is read to its
// end and not kept. io.EOF may come with a last line.
func readLine(in *bufio.Reader, b []byte) ([]byte, error) {
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(b)+len(part) > MaxLine; !long {
			b = append(b, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case long && (err == nil || err == io.EOF):
			return b[:0], ErrLineTooLong // the end is met again by the next call
		default:
			return b, err
		}
	}
}
