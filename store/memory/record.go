package memory

import (
	"math"
	"time"

	"github.com/chaperone-go/chaperone/traffic"
)

// How a record lies in a segment; numbers are varints unless a width is given:
//
//	length   2 bytes, of the whole record; when 0, 4 bytes follow with it
//	flags    2 bytes
//	id       16 bytes
//	slot     which entry of the part table it belongs to
//	prev     the record before it in its part, when there is one: how many
//	         segments back, then the distance back (same segment) or the offset
//	time     nanoseconds since the segment's base, or seconds and nanoseconds
//	the rest see encoder.body
//
// The head, down to the time, is what scans read of records they pass by. The
// session id is in the part table only.

// Flags of a record.
const (
	hasPrev uint16 = 1 << iota
	farTime        // the time is beyond what nanoseconds since 1970 can tell
	addrLow        // two bits: one of addrNone to addrZone
	addrHigh
	hasProvisional
	hasUser
	hasRole
	hasJA3
	hasJA4
	hasRoute
	hasParams
	hasHits
	hasTags
	hasVerdict // more of the verdict than its byte tells
	hasExtras  // login, marks
	keyInPart  // the digest of the key's value is the one in the part table
)

// The forms of an address.
const (
	addrNone = iota
	addr4
	addr16
	addrZone
)

const addrShift = 2

// shortRecord is up to where a record's length has two bytes.
const shortRecord = 1<<16 - 1

// ref points to a record of a day: the number of its segment and the offset.
type ref struct {
	seg uint32
	off uint32
}

// who is what all records of a part share and do not carry themselves.
type who struct {
	id traffic.SessionID
	// digest is that of the value of the key that identified the first
	// record, when it was hashed.
	digest [digestLen]byte
}

// nanos returns t as nanoseconds since 1970, which order records. Times beyond
// the years 1678 to 2262 count as the nearest end; near is false for them.
func nanos(t time.Time) (ns int64, near bool) {
	const second = int64(time.Second)
	const minSec, maxSec = math.MinInt64/second + 1, math.MaxInt64/second - 1
	switch s := t.Unix(); {
	case s < minSec:
		return math.MinInt64, false
	case s > maxSec:
		return math.MaxInt64, false
	default:
		return s*second + int64(t.Nanosecond()), true
	}
}

// methods, schemes and protos are the texts that fit into the line byte. Place
// 0 says that the text follows.
var (
	methods = [8]string{1: "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
	schemes = [4]string{2: "http", 3: "https"}
	protos  = [8]string{2: "1.0", 3: "1.1", 4: "2.0", 5: "3.0"}
)

const (
	schemeShift = 3
	protoShift  = 5
	emptyPlace  = 1 // of schemes and protos
)

func methodPlace(s string) byte {
	for i := 1; i < len(methods); i++ {
		if methods[i] == s {
			return byte(i)
		}
	}
	return 0
}

func schemePlace(s string) byte {
	switch s {
	case "https":
		return 3
	case "http":
		return 2
	case "":
		return emptyPlace
	}
	return 0
}

func protoPlace(s string) byte {
	switch s {
	case "1.1":
		return 3
	case "2.0":
		return 4
	case "3.0":
		return 5
	case "1.0":
		return 2
	case "":
		return emptyPlace
	}
	return 0
}

// The key byte: source, hashed, strength, standing. The value rawKey in place
// of the source says that the three numbers follow.
const (
	rawKey        = 7
	keyHashed     = 1 << 3
	strengthShift = 4
	standingShift = 6
)

// The verdict byte: mode, action and three switches.
const (
	actionShift   = 3
	verdictAllow  = 1 << 5
	verdictGray   = 1 << 6
	verdictHeld   = 1 << 7
	maxByteMode   = 1 << actionShift
	maxByteAction = 4
)

// The parameter byte: found, then switches. rawFound says that the number
// follows.
const (
	rawFound    = 7
	paramHashed = 1 << 3
	paramKey    = 1 << 4
	paramHidden = 1 << 5
	keysName    = 1 << 6 // the name is the key's
	keysValue   = 1 << 7 // the value is the key's
)
