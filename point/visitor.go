package point

// Visitor sees every value and every name of an exchange as the scan goes by.
type Visitor interface {
	// Visit is called once for each. The value is borrowed: its text and its
	// path are gone when Visit returns. Visit must not use the scan.
	Visit(Value)
}

// Value is what a [Visitor] sees: a value, or the name of one.
type Value struct {
	// Text is the decoded text; borrowed until Visit returns.
	Text []byte
	// IsName is true when Text is the name of a header field, a parameter, a
	// property, a tag or the like, rather than a value.
	IsName bool

	scan *Scan
}

// Side returns the half of the exchange the value is in.
func (v Value) Side() Side {
	if v.scan == nil {
		return NoSide
	}
	return v.scan.side
}

// AppendPath appends the path of the place where the value stands, in session
// form; for a name that of the place it names. The path can be parsed, and a
// slot reserved for it finds the value, if handlers would too: a visitor also
// sees what the usual libraries refuse, and what JSON duplicates replace.
func (v Value) AppendPath(dst []byte) []byte {
	if v.scan == nil {
		return dst
	}
	dst = appendSide(dst, v.scan.side)
	prev := noKind
	for i := range v.scan.trail {
		c := &v.scan.trail[i]
		dst = appendStep(dst, prev, Step{Kind: c.kind, Name: string(c.name), Index: c.index})
		prev = c.kind
	}
	return dst
}

// crumb is one step of the trail: a Step with a borrowed name.
type crumb struct {
	kind  Kind
	name  []byte
	index int
}
