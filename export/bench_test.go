package export_test

import (
	"io"
	"testing"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/internal/testkit"
	"github.com/chaperone-go/chaperone/traffic"
	"github.com/stretchr/testify/require"
)

// repeat yields r n times.
func repeat(r *traffic.Record, n int) func(func(*traffic.Record, error) bool) {
	return func(yield func(*traffic.Record, error) bool) {
		for range n {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Memory does not grow with the number of records.
func TestConstantMemory(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates")
	}
	r := plain()
	f := func(name string, write func(n int)) {
		few := testing.AllocsPerRun(5, func() { write(1000) })
		many := testing.AllocsPerRun(5, func() { write(20000) })
		require.InDelta(t, few, many, 5, name)
	}
	f("CSV", func(n int) { _ = export.WriteCSV(io.Discard, repeat(r, n)) })
	f("JSON lines", func(n int) { _ = export.WriteJSONLines(io.Discard, repeat(r, n)) })
}

func BenchmarkCSV(b *testing.B) {
	b.ReportAllocs()
	_ = export.WriteCSV(io.Discard, repeat(plain(), b.N))
}

func BenchmarkCSVFull(b *testing.B) {
	b.ReportAllocs()
	_ = export.WriteCSV(io.Discard, repeat(login(), b.N))
}

func BenchmarkJSONLines(b *testing.B) {
	b.ReportAllocs()
	_ = export.WriteJSONLines(io.Discard, repeat(plain(), b.N))
}

func BenchmarkEventLine(b *testing.B) {
	s := export.Lines(io.Discard)
	events := make([]export.Event, 100)
	for i := range events {
		events[i] = export.EventOf(plain())
	}
	b.ReportAllocs()
	for i := 0; i < b.N; i += len(events) {
		_ = s.Send(b.Context(), events)
	}
}
