package session

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chaperone-go/chaperone/point"
)

// mask is a place whose values must not be looked at.
type mask struct {
	path point.Path
	hops []hop
}

// hop is one step of a place, with the norm after it: ALL makes it stand for
// every name or index, NAMES for the names alone.
type hop struct {
	point.Step
	all, names bool
}

func compileMasks(texts []string) ([]mask, error) {
	var masks []mask
	var errs []error
	for i, text := range texts {
		path, err := point.ParsePath(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("Masks[%d]: %w", i, err))
			continue
		}
		m := mask{path, hopsOf(path)}
		if m.hops[len(m.hops)-1].names {
			errs = append(errs, fmt.Errorf("Masks[%d]: %q masks names; only values are masked", i, clip(text, 200)))
			continue
		}
		masks = append(masks, m)
	}
	return masks, errors.Join(errs...)
}

// covering returns the first mask that affects the value at path.
func covering(masks []mask, path point.Path) (point.Path, bool) {
	hops := hopsOf(path)
	for i := range masks {
		if masks[i].path.Side() == path.Side() && affects(masks[i].hops, hops) {
			return masks[i].path, true
		}
	}
	return point.Path{}, false
}

// affects reports whether one of two places of a side contains the other: the
// value is the masked one, part of it, or contains it. [point.Path.Covers]
// asks for the first two only.
func affects(mask, path []hop) bool {
	for i := range min(len(mask), len(path)) {
		if !mask[i].meets(path[i]) {
			return false
		}
	}
	return true
}

// meets reports whether two hops may lead to the same value.
func (h hop) meets(other hop) bool {
	a, b := h.Kind, other.Kind
	switch {
	case a == point.Pollution && b == point.Item, a == point.Item && b == point.Pollution:
		return true // all items joined contain each of them
	case a != b || h.names != other.names:
		return false
	case h.all || other.all:
		return true
	case a == point.Header:
		return strings.EqualFold(h.Name, other.Name)
	}
	return h.Step == other.Step
}

// hopsOf returns the hops of a path with the short ways written out, so that
// what is inside something else begins with it.
func hopsOf(path point.Path) []hop {
	var hops []hop
	for _, s := range path.Steps() {
		switch s.Kind {
		case point.All:
			hops[len(hops)-1].all = true
		case point.Names:
			hops[len(hops)-1].names = true
		default:
			hops = append(hops, hop{Step: s})
		}
	}
	outer := hop{Step: point.Step{Kind: point.Header, Name: "Cookie"}}
	switch hops[0].Kind {
	case point.UserAgent:
		hops[0].Step = point.Step{Kind: point.Header, Name: "User-Agent"}
		return hops
	case point.Cookie:
		if path.Side() == point.Response {
			outer.Name = "Set-Cookie"
		}
	case point.Query, point.PathSegment, point.ActionName, point.ActionExt:
		outer.Step = point.Step{Kind: point.URI}
	default:
		return hops
	}
	return append([]hop{outer}, hops...)
}
