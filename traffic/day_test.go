package traffic_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the clock changes below, wherever the tests run

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/traffic"
)

func TestDayOf(t *testing.T) {
	east, west := time.FixedZone("east", 14*3600), time.FixedZone("west", -12*3600)
	odd := time.FixedZone("odd", 5*3600+53*60+28) // Kolkata, long ago
	f := func(when string, zone *time.Location, want traffic.Day, text string) {
		t.Helper()
		at, err := time.Parse(time.RFC3339Nano, when)
		require.NoError(t, err)
		d := traffic.DayOf(at.In(zone))
		require.Equal(t, want, d)
		require.Equal(t, text, d.String())
	}
	f("1970-01-01T00:00:00Z", time.UTC, 0, "1970-01-01")
	f("1970-01-01T23:59:59.999999999Z", time.UTC, 0, "1970-01-01")
	f("1970-01-02T00:00:00Z", time.UTC, 1, "1970-01-02")
	f("1969-12-31T23:59:59.999999999Z", time.UTC, -1, "1969-12-31")
	f("1969-12-31T00:00:00Z", time.UTC, -1, "1969-12-31")
	f("1969-12-30T23:59:59Z", time.UTC, -2, "1969-12-30")
	f("0001-01-01T00:00:00Z", time.UTC, -719162, "0001-01-01")
	f("9999-12-31T23:59:59Z", time.UTC, 2932896, "9999-12-31")
	f("2000-02-29T12:00:00Z", time.UTC, 11016, "2000-02-29")
	f("1970-01-01T10:00:00Z", east, 1, "1970-01-02")
	f("1970-01-01T09:59:59Z", east, 0, "1970-01-01")
	f("1970-01-01T11:59:59Z", west, -1, "1969-12-31")
	f("1970-01-01T18:06:31Z", odd, 0, "1970-01-01")
	f("1970-01-01T18:06:32Z", odd, 1, "1970-01-02")
}

func TestDayOfAgreesWithTheCalendar(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	berlin := location(t, "Europe/Berlin")
	for range 2000 {
		at := time.Unix(r.Int64N(1<<36)-1<<35, r.Int64N(1e9)).In(berlin)
		d := traffic.DayOf(at)
		require.Equalf(t, at.Format(time.DateOnly), d.String(), "seed %d", seed)
		require.Falsef(t, at.Before(d.Start(berlin)), "seed %d", seed)
		require.Truef(t, at.Before((d + 1).Start(berlin)), "seed %d", seed)
	}
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	require.NoError(t, err)
	return l
}

// Clocks are put forward and back, in some countries at midnight.
func TestDayStartAcrossClockChanges(t *testing.T) {
	for _, c := range []struct{ name, zone, day, want string }{
		{"plain", "Europe/Berlin", "2026-08-21", "2026-08-21T00:00:00+02:00"},
		{"forward at two", "Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00"},
		{"back at three", "Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00"},
		{"midnight is jumped over", "America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"},
		{"back at midnight", "America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00"},
		{"jumped over every spring", "America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00"},
		{"midnight twice", "America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"},
		{"a day that was left out", "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},
		{"the day after it", "Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone := location(t, c.zone)
			var d traffic.Day
			require.NoError(t, d.UnmarshalText([]byte(c.day)))
			require.Equal(t, c.want, d.Start(zone).Format(time.RFC3339))
			require.Equal(t, c.day, d.String())
		})
	}
}

// For every day of many years the first instant is the first: the one before
// it lies in an earlier day.
func TestDayStartIsTheFirstInstant(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Havana", "America/Sao_Paulo", "Asia/Amman", "Atlantic/Azores", "Australia/Lord_Howe"} {
		zone := location(t, name)
		for d := traffic.Day(3650); d < 24000; d++ {
			start := d.Start(zone)
			if traffic.DayOf(start) != d {
				t.Errorf("%s %s: begins at %v, on another day", name, d, start)
			}
			if traffic.DayOf(start.Add(-1)) >= d || traffic.DayOf(start.Add(-time.Hour)) >= d {
				t.Errorf("%s %s: begins before %v", name, d, start)
			}
		}
	}
}

func TestDayText(t *testing.T) {
	for _, d := range []traffic.Day{-719162, -1, 0, 1, 11016, 20686, 2932896} {
		b, err := json.Marshal(d)
		require.NoError(t, err)
		var again traffic.Day
		require.NoError(t, json.Unmarshal(b, &again))
		require.Equal(t, d, again)
	}
	for _, bad := range []string{"", "today", "2026-8-1", "2026-02-30", "2026-08-21T00:00:00Z", strings.Repeat("2", 1<<20)} {
		d := traffic.Day(7)
		err := d.UnmarshalText([]byte(bad))
		require.ErrorContains(t, err, "want YYYY-MM-DD")
		require.Less(t, len(err.Error()), 150, "foreign text is clipped")
		require.Equal(t, traffic.Day(7), d)
	}
}
