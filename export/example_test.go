package export_test

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"github.com/chaperone-go/chaperone/export"
	"github.com/chaperone-go/chaperone/traffic"
)

func ExampleWriteJSONLines() {
	records := seq(&traffic.Record{Method: "GET", Path: "/orders/1", Status: 200})
	var out strings.Builder
	if err := export.WriteJSONLines(&out, records); err != nil {
		panic(err)
	}
	for r, err := range export.ReadJSONLines(strings.NewReader(out.String())) {
		if err != nil {
			panic(err)
		}
		os.Stdout.WriteString(r.Method + " " + r.Path + "\n")
	}
	// Output: GET /orders/1
}

func ExampleSlog() {
	h := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey, "v", "request", "session":
			return slog.Attr{} // the same every time, for the example
		}
		return a
	}})
	blocked := &traffic.Record{
		Method: "GET", Path: "/orders/1", Status: 403,
		Verdict: traffic.Verdict{Action: traffic.Block, Reason: traffic.AddrDenied, Entry: 7, Mode: traffic.ModeMonitoring},
	}
	_ = export.Slog(h, nil).Send(context.Background(), []export.Event{export.EventOf(blocked)})
	// Output: level=WARN msg="request block" app=0 method=GET path=/orders/1 status=403 action=block reason=addr_denylist entry=7 mode=monitoring
}
