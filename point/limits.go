package point

import (
	"errors"
	"fmt"
)

// Limits bounds what a [Scan] spends on one side of one exchange. Every zero
// field means its default. A limit that is met is never silent: the slots it
// leaves unread say [traffic.TooLarge], and [Scan.Marks] says
// [traffic.LimitMet].
type Limits struct {
	// BodyBytes is how much of a body is read ahead or captured.
	// Default 64 KiB. Negative looks at no body.
	BodyBytes int
	// Depth is how deep structures and decoders may nest, all formats of one
	// value taken together.
	// Default 64, at most 1000. Negative allows the 1000.
	Depth int
	// Values is how many values and names a visitor is shown on each side, and
	// how many tags and attributes of an XML document are read. Slots are
	// bounded by what is read of the body, and by SlotValues.
	// Default 10,000. Negative is no limit.
	Values int
	// ValueBytes is how long a value may be to fill a slot. Visitors see
	// longer ones too.
	// Default 8000. Negative is no limit.
	ValueBytes int
	// SlotValues is how many values a slot keeps when its place occurs more
	// than once; the others are counted only.
	// Default 100. Negative keeps the first only.
	SlotValues int
	// HeaderFields is how many header fields are looked at on each side when
	// all of them are wanted, by a visitor or a norm. Those reserved by name
	// are found in any case.
	// Default 1000. Negative is no limit.
	HeaderFields int
	// DecodedBytes is how many bytes all decoders of one side may make
	// together: Content-Encoding, gzip, deflate, Base64, escapes.
	// Default 1 MiB. Negative is no limit.
	DecodedBytes int
	// DecodedRatio is how many times larger than its source a decompressed
	// text may become; beyond it a bomb is assumed. Texts of up to 4 KiB are
	// always let through.
	// Default 100. Negative is no limit.
	DecodedRatio int
	// GraphQLBytes is how long a GraphQL document may be.
	// Default 100 KiB. Negative reads no GraphQL.
	GraphQLBytes int
	// GraphQLDepth is how deep its selections and values may nest.
	// Default 50, at most 1000. Negative allows the 1000.
	GraphQLDepth int
	// GraphQLTokens is how many tokens it may have.
	// Default 10,000. Negative is no limit.
	GraphQLTokens int
}

const (
	// noLimit stands for a negative limit. It is far above what a message
	// holds, and two of them still add up on a 32-bit machine.
	noLimit = 1<<30 - 1
	// maxDepth bounds every depth: the parsers recurse.
	maxDepth = 1000
)

// limit is one field of Limits with its rules.
type limit struct {
	name     string
	value    *int
	standard int // for zero
	negative int // for negative
	most     int
}

// all lists the fields of l. The defaults: 64 KiB of body cover nearly every
// API call; 8000 bytes are the key length of SEMANTICS 5, Q-02; 100 KiB are
// the GraphQL policy's size; the rest keeps the worst exchange under a few
// milliseconds.
func (l *Limits) all() []limit {
	return []limit{
		{"BodyBytes", &l.BodyBytes, 64 << 10, 0, noLimit},
		{"Depth", &l.Depth, 64, maxDepth, maxDepth},
		{"Values", &l.Values, 10_000, noLimit, noLimit},
		{"ValueBytes", &l.ValueBytes, 8000, noLimit, noLimit},
		{"SlotValues", &l.SlotValues, 100, 1, noLimit},
		{"HeaderFields", &l.HeaderFields, 1000, noLimit, noLimit},
		{"DecodedBytes", &l.DecodedBytes, 1 << 20, noLimit, noLimit},
		{"DecodedRatio", &l.DecodedRatio, 100, noLimit, noLimit},
		{"GraphQLBytes", &l.GraphQLBytes, 100 << 10, 0, noLimit},
		{"GraphQLDepth", &l.GraphQLDepth, 50, maxDepth, maxDepth},
		{"GraphQLTokens", &l.GraphQLTokens, 10_000, noLimit, noLimit},
	}
}

// withDefaults returns l with every field as the scan uses it: zero is
// replaced by the default, negative by what negative means, and what is too
// high by the highest. After it a BodyBytes or GraphQLBytes of 0 means off.
func (l Limits) withDefaults() Limits {
	for _, f := range l.all() {
		switch v := *f.value; {
		case v == 0:
			*f.value = f.standard
		case v < 0:
			*f.value = f.negative
		case v > f.most:
			*f.value = f.most
		}
	}
	return l
}

// Validate returns every problem of l at once, each named by its field, or
// nil. [Set.Compile] does not fail on them: it uses the highest allowed value
// instead.
func (l Limits) Validate() error {
	var problems []error
	for _, f := range l.all() {
		if *f.value > f.most {
			problems = append(problems, fmt.Errorf("%s: %d is more than the largest allowed, %d", f.name, *f.value, f.most))
		}
	}
	return errors.Join(problems...)
}
