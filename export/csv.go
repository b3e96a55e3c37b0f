package export

import (
	"fmt"
	"io"
	"iter"

	"github.com/chaperone-go/chaperone/traffic"
)

// WriteCSV writes a header line and one line per record to w, as RFC 4180 has
// it (comma, CRLF, UTF-8) and safe to open in a spreadsheet; see the package
// comment. The columns are those of [Columns].
//
// It streams: about 32 KiB are gathered per write. At the first error, of the
// records or of w, it stops and returns it; what was complete before is
// written. Records are borrowed while the iterator yields them.
func WriteCSV(w io.Writer, records iter.Seq2[*traffic.Record, error]) error {
	out := gather{w: w}
	out.buf = appendHead(out.buf)
	return write(&out, "CSV", records, appendRow)
}

// write streams records through add, which appends one record's line.
func write(out *gather, what string, records iter.Seq2[*traffic.Record, error], add func([]byte, *traffic.Record) []byte) error {
	n := 0
	for r, err := range records {
		if err != nil {
			_ = out.flush() // the error of the records comes first
			return fmt.Errorf("export %s after %d records: %w", what, n, err)
		}
		out.buf = add(out.buf, r)
		if err := out.due(); err != nil {
			return fmt.Errorf("export %s after %d records: write: %w", what, n, err)
		}
		n++
	}
	if err := out.flush(); err != nil {
		return fmt.Errorf("export %s after %d records: write: %w", what, n, err)
	}
	return nil
}

func appendHead(b []byte) []byte {
	for i := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, columns[i].Name...)
	}
	return append(b, '\r', '\n')
}

func appendRow(b []byte, r *traffic.Record) []byte {
	for i := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = columns[i].cell(b, r)
	}
	return append(b, '\r', '\n')
}
