package export

import (
	"io"
	"iter"

	"github.com/chaperone-go/chaperone/traffic"
)

// WriteJSONLines writes one JSON object per record and line to w. The members
// are those of [traffic.Record] as encoding/json writes it; times are in UTC.
// [ReadJSONLines] reads them back.
//
// It streams: about 32 KiB are gathered per write. At the first error, of the
// records or of w, it stops and returns it; what was complete before is
// written. Records are borrowed while the iterator yields them.
func WriteJSONLines(w io.Writer, records iter.Seq2[*traffic.Record, error]) error {
	return NewJSONLinesWriter(w).all(records)
}

// NewJSONLinesWriter returns a writer of what [WriteJSONLines] writes, for
// records that come one at a time.
func NewJSONLinesWriter(w io.Writer) *RecordWriter {
	return &RecordWriter{what: "JSON lines", add: appendJSONLine, out: gather{w: w}}
}

func appendJSONLine(b []byte, r *traffic.Record) []byte { return append(appendRecord(b, r), '\n') }
