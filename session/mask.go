package session

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chaperone-go/chaperone/point"
)

// mask is a place whose values must not be looked at.
type mask struct {
	path  point.Path
	steps []point.Step // see plainSteps
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
		steps := plainSteps(path)
		if steps[len(steps)-1].Kind == point.Names {
			errs = append(errs, fmt.Errorf("Masks[%d]: %q masks names, and those are never kept", i, clip(text, 200)))
			continue
		}
		masks = append(masks, mask{path, steps})
	}
	return masks, errors.Join(errs...)
}

// covering returns the first mask that affects the value at path.
func covering(masks []mask, path point.Path) (point.Path, bool) {
	steps := plainSteps(path)
	for i := range masks {
		if masks[i].path.Side() == path.Side() && affects(masks[i].steps, steps) {
			return masks[i].path, true
		}
	}
	return point.Path{}, false
}

// affects reports whether one of two places of a side contains the other: the
// value is the masked one, part of it, or contains it.
func affects(mask, path []point.Step) bool {
	for i := range min(len(mask), len(path)) {
		if !meets(mask[i], path[i]) {
			return false
		}
	}
	return true
}

// meets reports whether a step of a mask may lead where a step of a path does.
func meets(mask, step point.Step) bool {
	switch {
	case mask.Kind == point.All || step.Kind == point.All:
		return true
	case mask.Kind == point.Pollution && step.Kind == point.Item,
		mask.Kind == point.Item && step.Kind == point.Pollution:
		return true // all items joined contain each of them
	case mask.Kind == point.Header:
		return step.Kind == point.Header && strings.EqualFold(mask.Name, step.Name)
	}
	return mask == step
}

// plainSteps returns the steps of a path with the short ways written out, so
// that what is inside something else begins with it.
func plainSteps(path point.Path) []point.Step {
	steps := path.Steps()
	if len(steps) == 0 {
		return steps
	}
	var outer point.Step
	switch steps[0].Kind {
	case point.Cookie:
		outer = point.Step{Kind: point.Header, Name: "COOKIE"}
		if path.Side() == point.Response {
			outer.Name = "SET-COOKIE"
		}
	case point.Query, point.PathSegment, point.ActionName, point.ActionExt:
		outer = point.Step{Kind: point.URI}
	case point.UserAgent:
		return append([]point.Step{{Kind: point.Header, Name: "USER-AGENT"}}, steps[1:]...)
	default:
		return steps
	}
	return append([]point.Step{outer}, steps...)
}
