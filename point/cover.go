package point

// Covers reports whether the value at q is all or part of what p addresses,
// as far as the paths tell: q begins with p, where a norm ALL in p stands for
// every name or index. The header field that holds the cookies covers each
// cookie, the field User-Agent covers USER_AGENT. This is the question of a
// mask: a mask on p hides what p covers. The zero Path covers nothing.
func (p Path) Covers(q Path) bool {
	if p.IsZero() || p.side != q.side {
		return false
	}
	rest := q.steps
	for steps := p.steps; len(steps) > 0; {
		if len(rest) == 0 {
			return false
		}
		var want, is hop
		want, steps = firstHop(steps)
		is, rest = firstHop(rest)
		if !want.covers(is, p.side) {
			return false
		}
		if want.step.Kind == Header && is.step.Kind != Header {
			return len(steps) == 0 // the rest tells of the field's text, not of what was read from it
		}
	}
	return true
}

// hop is a step with the norm that stands for its name or index.
type hop struct {
	step Step
	norm Kind
}

// firstHop takes the first hop of steps, which are not empty.
func firstHop(steps []Step) (hop, []Step) {
	if len(steps) > 1 && steps[1].Kind.isNorm() {
		return hop{steps[0], steps[1].Kind}, steps[2:]
	}
	return hop{step: steps[0]}, steps[1:]
}

// covers reports whether h addresses all that q does.
func (h hop) covers(q hop, side Side) bool {
	if h.step.Kind == Header {
		switch q.step.Kind {
		case Cookie:
			return h.norm == All || h.step.Name == cookieField(side)
		case UserAgent:
			return h.norm == All || h.step.Name == "User-Agent"
		}
	}
	if h.norm == All {
		return h.step.Kind == q.step.Kind && q.norm != Names
	}
	return h == q
}
