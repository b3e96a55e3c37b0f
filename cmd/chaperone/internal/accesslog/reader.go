package accesslog

import (
	"fmt"
	"io"
)

// Options say how a log is read. The zero Options are fine.
type Options struct {
	// Format of the log. Default Auto: found from the first lines.
	Format Format
	// SessionCookie is the name of the cookie that a session id becomes which
	// the log has as such (member sess). Default PHPSESSID.
	SessionCookie string
	// Examples is how many malformed lines are kept to be shown. Default 5,
	// negative none.
	Examples int
}

func (o *Options) setDefaults() {
	if o.SessionCookie == "" {
		o.SessionCookie = "PHPSESSID"
	}
	if o.Examples == 0 {
		o.Examples = 5
	}
}

// Reader reads one log. It belongs to one goroutine; only Progress may be
// called from another.
type Reader struct {
	name   string
	opts   Options
	src    *source
	format Format
	parse  parser
	har    *harReader // instead of parse, for a HAR
	hash   uint64
	line   int
	buf    []byte
	stats  Stats
	done   bool
}

// Open opens the log of that name; "-" is the standard input. It finds the
// format. A file that is empty is a log without lines.
func Open(name string, o Options) (*Reader, error) {
	src, err := openFile(name)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return newReader(name, src, o)
}

// NewReader reads a log from r; name is for messages and request ids. r is not
// closed.
func NewReader(name string, r io.Reader, o Options) (*Reader, error) {
	src, err := newSource(r)
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", name, err)
	}
	return newReader(name, src, o)
}

func newReader(name string, src *source, o Options) (*Reader, error) {
	o.setDefaults()
	r := &Reader{name: name, opts: o, src: src, format: o.Format, hash: hashName(name)}
	if r.format == Auto {
		head, err := src.in.Peek(peekSize)
		if err != nil && err != io.EOF && !damaged(err) {
			src.close()
			return nil, fmt.Errorf("read log %s: %w", name, err)
		}
		r.format = detect(head)
	}
	if r.format == HAR {
		r.har = newHARReader(src.in)
	} else {
		r.parse = r.format.parser(o.SessionCookie)
	}
	return r, nil
}

// Name returns the name of the log.
func (r *Reader) Name() string { return r.name }

// Format returns the format the log is read in.
func (r *Reader) Format() Format { return r.format }

// Stats returns what became of the lines read so far.
func (r *Reader) Stats() *Stats { return &r.stats }

// Progress returns how many bytes of the file were read, and its size; 0 when
// it is not known. It may be called while Next runs.
func (r *Reader) Progress() (read, size int64) { return r.src.read.Load(), r.src.size }

// Close closes the file.
func (r *Reader) Close() error { return r.src.close() }

// Next fills e with the next request. It returns io.EOF after the last one,
// also when the file is damaged behind it (see [Stats.Damage]), and another
// error when the file cannot be read.
func (r *Reader) Next(e *Entry) error {
	for !r.done {
		reason, text, err := r.next(e)
		if err != nil && err != io.EOF {
			r.done = true
			if !damaged(err) {
				return fmt.Errorf("read log %s: line %d: %w", r.name, r.line, err)
			}
			r.stats.Damage = err
		}
		r.done = r.done || err != nil
		switch {
		case len(text) == 0:
			if err == nil {
				r.stats.Blank++
			}
		case reason == Fine:
			e.Source, e.Line, e.source, e.size = r.name, r.line, r.hash, len(text)
			r.stats.accept(e)
			return nil
		default:
			r.stats.refuse(Malformed{r.name, r.line, reason, example(text)}, r.opts.Examples)
		}
	}
	return io.EOF
}

// next reads one line and parses it. text is empty for a blank line.
func (r *Reader) next(e *Entry) (reason Reason, text []byte, err error) {
	e.reset()
	r.line++
	if r.har != nil {
		return r.har.next(e)
	}
	r.buf, err = readLine(r.src.in, r.buf[:0])
	text = trimLine(r.buf)
	switch {
	case len(text) == 0:
		return Fine, nil, err
	case len(text) > MaxLine:
		return TooLong, text, err
	}
	if err != nil && damaged(err) {
		return CutOff, text, err
	}
	// One string per line: the fields are cut from it.
	return r.parse(string(text), e), text, err
}

// example returns the start of a line.
func example(text []byte) string { return string(text[:min(len(text), maxExampleText)]) }
