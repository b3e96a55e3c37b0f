package memory

import "time"

// Options are the settings of [NewSessions]. The zero Options are good for
// most services.
type Options struct {
	// MaxBytes bounds the memory of everything the store keeps: records, the
	// table of parts and its index. At the bound the oldest records make room
	// for new ones, a whole segment of at most 1 MiB (1/32 of the bound if
	// that is less) at a time; see [Stats]. Default 256 MiB; less than 1 MiB
	// counts as 1 MiB. Negative sets no bound.
	//
	// What queries in progress have in their hands is not counted.
	MaxBytes int64
	// Zone is where the calendar day of a record is told. Default UTC. Use the
	// one of the session configuration.
	Zone *time.Location
}

const (
	defaultMaxBytes = 256 << 20
	minMaxBytes     = 1 << 20
	maxSegment      = 1 << 20
	minSegment      = 64 << 10
	// boundSegments is how many segments the bound has room for at least.
	boundSegments = 32
	// boundRecords is how many records of the largest size it has room for;
	// see [Stats.Refused].
	boundRecords = 8
)

func (o Options) withDefaults() Options {
	switch {
	case o.MaxBytes == 0:
		o.MaxBytes = defaultMaxBytes
	case o.MaxBytes < 0:
		o.MaxBytes = 1<<63 - 1
	}
	o.MaxBytes = max(o.MaxBytes, minMaxBytes)
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return o
}

// largestSegment is the size of the segments of a busy day.
func (o *Options) largestSegment() int64 { return min(maxSegment, o.MaxBytes/boundSegments) }

// maxRecord is the size from which a record is refused. No service has such
// records; the bound of the whole store has to hold against one that does.
func (o *Options) maxRecord() int64 { return min(o.MaxBytes/boundRecords, 1<<30) }
