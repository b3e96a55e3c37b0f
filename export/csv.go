package export

import (
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
	return NewCSVWriter(w).all(records)
}

// NewCSVWriter returns a writer of what [WriteCSV] writes, for records that
// come one at a time.
func NewCSVWriter(w io.Writer) *RecordWriter {
	return &RecordWriter{what: "CSV", add: appendRow, out: gather{w: w, buf: appendHead(nil)}}
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
