package traffic_test

import (
	"fmt"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// Which day it is depends on the zone; a session has one part a day.
func ExampleDayOf() {
	t := time.Date(2026, 8, 21, 23, 30, 0, 0, time.UTC)
	east := time.FixedZone("east", 2*60*60)
	fmt.Println(traffic.DayOf(t), traffic.DayOf(t.In(east)))
	fmt.Println(traffic.DayOf(t.In(east)).Start(east).UTC())
	// Output:
	// 2026-08-21 2026-08-22
	// 2026-08-21 22:00:00 +0000 UTC
}
