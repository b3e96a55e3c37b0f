package accesslog

import (
	"io"
	"time"
)

// Merge reads several logs as one, in the order of their times. Servers write
// a line when the answer is done, so that lines are a little out of order;
// Merge looks ahead in each log, up to Window lines, to put them right.
//
// It belongs to one goroutine.
type Merge struct {
	logs   []*ahead
	last   *Entry
	free   []*Entry
	passed time.Time
	late   int
}

// Window is how many lines of each log are looked ahead.
const Window = 512

// windowBytes bounds the text of the lines looked ahead in one log: long
// lines make the window shorter.
const windowBytes = 8 << 20

// NewMerge merges the logs. Entries of equal time come in the order of the
// logs, and of the lines.
func NewMerge(logs ...*Reader) *Merge {
	m := &Merge{}
	for _, r := range logs {
		m.logs = append(m.logs, &ahead{log: r})
	}
	return m
}

// Late returns how many entries came after one with a later time, because
// they stood further away from their place than the window.
func (m *Merge) Late() int { return m.late }

// Next returns the next entry, borrowed until the next call; io.EOF after the
// last one. An error of a log comes as soon as it is met.
func (m *Merge) Next() (*Entry, error) {
	if m.last != nil {
		m.free = append(m.free, m.last)
		m.last = nil
	}
	var best *ahead
	for _, a := range m.logs {
		if err := a.fill(m); err != nil {
			return nil, err
		}
		if len(a.heap) > 0 && (best == nil || a.heap[0].Time.Before(best.heap[0].Time)) {
			best = a
		}
	}
	if best == nil {
		return nil, io.EOF
	}
	m.last = best.pop()
	if m.last.Time.Before(m.passed) {
		m.late++
	} else {
		m.passed = m.last.Time
	}
	return m.last, nil
}

// entry returns an entry that is not in use.
func (m *Merge) entry() *Entry {
	n := len(m.free)
	if n == 0 {
		return new(Entry)
	}
	e := m.free[n-1]
	m.free = m.free[:n-1]
	return e
}

// ahead is the window of one log: a heap, the earliest entry on top.
type ahead struct {
	log  *Reader
	heap []*Entry
	size int
	done bool
}

// fill reads until the window is full.
func (a *ahead) fill(m *Merge) error {
	for !a.done && len(a.heap) < Window && (a.size < windowBytes || len(a.heap) == 0) {
		e := m.entry()
		err := a.log.Next(e)
		if err == io.EOF {
			a.done = true
			m.free = append(m.free, e)
			return nil
		}
		if err != nil {
			return err
		}
		a.push(e)
	}
	return nil
}

// before orders the heap: by time, and by line where times are equal.
func (a *ahead) before(i, j int) bool {
	x, y := a.heap[i], a.heap[j]
	if x.Time.Equal(y.Time) {
		return x.Line < y.Line
	}
	return x.Time.Before(y.Time)
}

func (a *ahead) push(e *Entry) {
	a.size += e.size
	a.heap = append(a.heap, e)
	for i := len(a.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !a.before(i, up) {
			return
		}
		a.heap[i], a.heap[up] = a.heap[up], a.heap[i]
		i = up
	}
}

func (a *ahead) pop() *Entry {
	top, n := a.heap[0], len(a.heap)-1
	a.heap[0], a.heap[n] = a.heap[n], nil
	a.heap = a.heap[:n]
	a.size -= top.size
	for i := 0; ; {
		low := 2*i + 1
		if low >= n {
			return top
		}
		if low+1 < n && a.before(low+1, low) {
			low++
		}
		if !a.before(low, i) {
			return top
		}
		a.heap[i], a.heap[low] = a.heap[low], a.heap[i]
		i = low
	}
}
