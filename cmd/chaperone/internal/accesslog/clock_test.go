package accesslog

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCLFTime(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got, ok := parseCLFTime(in)
		require.Equal(t, want != "", ok, "%q", in)
		if ok {
			require.Equal(t, want, got.Format(time.RFC3339Nano), "%q", in)
		}
	}
	f("10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36Z")
	f("10/Oct/2000:13:55:36 +0530", "2000-10-10T08:25:36Z")
	f("10/Oct/2000:13:55:36 +1400", "2000-10-09T23:55:36Z")
	f("31/Dec/1999:23:59:60 +0000", "2000-01-01T00:00:00Z") // a leap second
	f("29/Feb/2024:00:00:00 +0000", "2024-02-29T00:00:00Z")
	f("10/Oct/2000:13:55:36", "2000-10-10T13:55:36Z")
	f("10/Oct/2000:13:55:36.25 -0700", "2000-10-10T20:55:36.25Z")
	f("29/Feb/2023:00:00:00 +0000", "")
	f("10/oct/2000:13:55:36 +0000", "")
	f("10/Oct/2000:24:55:36 +0000", "")
	f("10/Oct/2000:13:60:36 +0000", "")
	f("10/Oct/2000:13:55:61 +0000", "")
	f("00/Oct/2000:13:55:36 +0000", "")
	f("10/Oct/0000:13:55:36 +0000", "")
	f("10/ctN/2000:13:55:36 +0000", "")
	f("10/Oct/2000:13:55:36 -07", "2000-10-10T20:55:36Z")
	f("10/Oct/2000:13:55:36 -070", "")
	f("10/Oct/2000:13:55:36 0700", "")
	f("10/Oct/2000 13:55:36", "")
	f("", "")
}

func TestAnyTime(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got, ok := parseTime(in)
		require.Equal(t, want != "", ok, "%q", in)
		if ok {
			require.Equal(t, want, got.Format(time.RFC3339Nano), "%q", in)
		}
	}
	f("2023-10-10T13:55:36-07:00", "2023-10-10T20:55:36Z")
	f("2023-10-10T13:55:36.123456789Z", "2023-10-10T13:55:36.123456789Z")
	f("2023-10-10T13:55:36,991Z", "2023-10-10T13:55:36.991Z")
	f("2023-10-10 13:55:36", "2023-10-10T13:55:36Z")
	f("2023/10/10 13:55:36", "2023-10-10T13:55:36Z")
	f("2023-10-10T13:55:36+0200", "2023-10-10T11:55:36Z")
	f("2023-10-10T13:55:36.+02", "")
	f("2023-13-10T13:55:36Z", "")
	f("2023-02-30T13:55:36Z", "")
	f("2023-10/10T13:55:36Z", "")
	f("1696971336", "2023-10-10T20:55:36Z")
	f("1696971336.5", "2023-10-10T20:55:36.5Z")
	f("1696971336.123456789123", "2023-10-10T20:55:36.123456789Z")
	f("1696971336123", "2023-10-10T20:55:36.123Z")
	f("1696971336123.5", "2023-10-10T20:55:36.1235Z")
	f("1696971336123456", "2023-10-10T20:55:36.123456Z")
	f("1696971336123456789", "2023-10-10T20:55:36.123456789Z")
	f("16969713361234567890", "")
	f("1.696971336e9", "2023-10-10T20:55:36Z")
	f("0", "1970-01-01T00:00:00Z")
	f("2.822", "1970-01-01T00:00:02.822Z")
	f("-1", "")
	f("1e40", "")
	f("NaN", "")
	f("0x10", "")
	f("", "")
	f("10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36Z")
}

func TestSpan(t *testing.T) {
	f := func(in string, unit, want time.Duration) {
		t.Helper()
		got, ok := parseSpan(in, unit)
		require.Equal(t, want >= 0, ok, "%q", in)
		if ok {
			require.Equal(t, want, got, "%q", in)
		}
	}
	f("0.025", time.Second, 25*time.Millisecond)
	f("1.5", time.Millisecond, 1500*time.Microsecond)
	f("215563", time.Nanosecond, 215563)
	f("2.151e-05", time.Second, 21510)
	f("-1", time.Second, -1)
	f("-", time.Second, -1)
	f("99999999999", time.Second, -1) // longer than a year
}

func TestCount(t *testing.T) {
	n, ok := parseCount("99999999999999999999999999")
	require.True(t, ok)
	require.Positive(t, n)
	_, ok = parseCount("-5")
	require.False(t, ok)
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"10/Oct/2000:13:55:36 -0700", "2023-10-10T13:55:36.5+02:00", "1696971336.5", "1e9", "31/Dec/0001:00:00:00 +2359"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseTime(s)
		if ok && (got.Year() < 0 || got.Year() > 10000) {
			t.Errorf("%q is in the year %d", s, got.Year())
		}
	})
}
