package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/chaperone-go/chaperone/cmd/chaperone/internal/accesslog"
)

// isTerminal reports whether somebody watches f.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// progress draws one line about how far a replay is. It is told after each
// request and draws ten times a second at most.
type progress struct {
	w     io.Writer // nil draws nothing
	logs  []*accesslog.Reader
	begin time.Time
	next  time.Time
	width int // of what was drawn last
}

const (
	progressPause = 100 * time.Millisecond
	progressEvery = 1024 // requests between two looks at the clock
)

// step draws if it is time. n is the number of requests done.
func (p *progress) step(n int) {
	if p.w == nil || n%progressEvery != 0 {
		return
	}
	if now := time.Now(); now.After(p.next) {
		p.next = now.Add(progressPause)
		read, size := p.bytes()
		p.draw(progressLine(read, size, n, now.Sub(p.begin)))
	}
}

// bytes returns how much of the files was read; size is 0 when it is not
// known for all of them.
func (p *progress) bytes() (read, size int64) {
	known := true
	for _, r := range p.logs {
		n, of := r.Progress()
		read, size = read+n, size+of
		known = known && of > 0
	}
	if !known {
		size = 0
	}
	return read, size
}

func (p *progress) draw(line string) {
	pad := max(p.width-len(line), 0)
	fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", pad))
	p.width = len(line)
}

// clear wipes the line.
func (p *progress) clear() {
	if p.w != nil && p.width > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width))
		p.width = 0
	}
}

const barWidth = 30

// progressLine renders the line: a bar by bytes, requests, speed, time left.
func progressLine(read, size int64, n int, spent time.Duration) string {
	rate := float64(n) / max(spent.Seconds(), 1e-3)
	if size <= 0 {
		return fmt.Sprintf("%s read  %s requests  %s/s", bytesText(read), short(float64(n)), short(rate))
	}
	part := min(float64(read)/float64(size), 1)
	full := int(part * barWidth)
	bar := strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full)
	left := ""
	if part > 0.01 {
		left = "  " + clock(time.Duration(float64(spent)*(1-part)/part)) + " left"
	}
	return fmt.Sprintf("[%s] %3.0f %%  %s requests  %s/s%s", bar, part*100, short(float64(n)), short(rate), left)
}

// short writes a number with three digits or so.
func short(v float64) string {
	switch {
	case v >= 1e9:
		return fmt.Sprintf("%.1f G", v/1e9)
	case v >= 1e6:
		return fmt.Sprintf("%.1f M", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.0f k", v/1e3)
	}
	return fmt.Sprintf("%.0f", v)
}

func bytesText(n int64) string { return short(float64(n)) + "B" }

// clock writes a duration as m:ss, or h:mm:ss.
func clock(d time.Duration) string {
	s := int(d.Seconds() + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
