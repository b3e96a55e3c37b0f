package traffic_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// A record is what is left of an exchange: it can be kept and sent away.
// Secrets in it are hashed, absent things are left out.
func ExampleRecord() {
	r := traffic.Record{
		ID:       traffic.RequestID{1},
		Time:     time.Date(2026, 8, 21, 10, 0, 0, 0, time.UTC),
		Duration: 12 * time.Millisecond,
		App:      traffic.DefaultApp,
		Session: traffic.Identity{
			ID:       traffic.SessionID{2},
			Key:      traffic.Key{Source: traffic.OwnKey, Name: "token", Value: "k1:9f86d081", Hashed: true},
			Strength: traffic.StrengthStrong,
			Standing: traffic.Issued,
			User:     "ada",
		},
		Client: traffic.Client{Addr: netip.MustParseAddr("192.0.2.1")},
		Method: "GET", Path: "/orders/1", Status: 200, BytesOut: 512,
		Verdict: traffic.Verdict{Mode: traffic.ModeMonitoring},
		Marks:   traffic.ClientGone,
	}
	b, err := json.MarshalIndent(&r, "", "  ")
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(b)
	// Output:
	// {
	//   "id": "01000000000000000000000000000000",
	//   "time": "2026-08-21T10:00:00Z",
	//   "duration_ns": 12000000,
	//   "app": -1,
	//   "session": {
	//     "id": "0200000000000000000000000000000000000000000000000000000000000000",
	//     "key": {
	//       "source": "own",
	//       "index": 0,
	//       "name": "token",
	//       "value": "k1:9f86d081",
	//       "hashed": true
	//     },
	//     "strength": "strong",
	//     "standing": "issued",
	//     "user": "ada"
	//   },
	//   "client": {
	//     "addr": "192.0.2.1"
	//   },
	//   "method": "GET",
	//   "path": "/orders/1",
	//   "status": 200,
	//   "bytes_in": 0,
	//   "bytes_out": 512,
	//   "verdict": {
	//     "action": "pass",
	//     "mode": "monitoring"
	//   },
	//   "marks": [
	//     "client_gone"
	//   ]
	// }
}
