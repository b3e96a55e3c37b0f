package accesslog

import (
	"bytes"
	"fmt"
	"strings"
)

// Format is the format of a log.
type Format uint8

// The formats. See the package comment.
const (
	Auto Format = iota // found from the first lines
	Text
	JSON
	ALB
	Zoraxy
	HAR
	formatCount
)

var formatNames = [formatCount]string{"auto", "text", "json", "alb", "zoraxy", "har"}

// formatAliases are the names people look for.
var formatAliases = map[string]Format{
	"": Auto, "combined": Text, "common": Text, "clf": Text, "nginx": Text, "apache": Text, "npm": Text,
	"jsonl": JSON, "ndjson": JSON, "caddy": JSON, "traefik": JSON, "nginx-json": JSON, "envoy-json": JSON,
	"envoy": Text, "elb": ALB,
}

// String returns the format's name.
func (f Format) String() string {
	if f < formatCount {
		return formatNames[f]
	}
	return fmt.Sprintf("invalid(%d)", uint8(f))
}

// FormatNames returns the names [ParseFormat] prefers.
func FormatNames() []string { return formatNames[:] }

// ParseFormat reads the name of a format. The names of servers are taken, too:
// combined, common, nginx, apache, npm and envoy are text; caddy, traefik,
// nginx-json and envoy-json are json.
func ParseFormat(s string) (Format, error) {
	s = strings.ToLower(s)
	for i, n := range formatNames {
		if n == s {
			return Format(i), nil
		}
	}
	if f, ok := formatAliases[s]; ok {
		return f, nil
	}
	return Auto, fmt.Errorf("format %q: want one of %s", s, strings.Join(formatNames[:], ", "))
}

// parser turns one line, without its end, into an entry. It returns Fine or
// why it could not.
type parser func(line string, e *Entry) Reason

func (f Format) parser(cookie string) parser {
	switch f {
	case JSON:
		return newJSONReader(cookie).parse
	case ALB:
		return parseALB
	case Zoraxy:
		return parseZoraxy
	}
	return parseText
}

// detectLines is how many lines decide about the format.
const detectLines = 50

// detect finds the format of a log from its first bytes: the one that reads
// most of the first lines; of equals, the first.
func detect(head []byte) Format {
	if isHAR(head) {
		return HAR
	}
	lines := firstLines(head)
	best, most := Auto, 0
	var e Entry
	for f := Text; f < HAR; f++ {
		parse, n := f.parser("x"), 0
		for _, line := range lines {
			e.reset()
			if parse(line, &e) == Fine {
				n++
			}
		}
		if n > most {
			best, most = f, n
		}
	}
	if best == Auto {
		return guess(lines)
	}
	return best
}

// guess decides when no line can be read.
func guess(lines []string) Format {
	objects := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "{") {
			objects++
		}
	}
	if objects*2 > len(lines) {
		return JSON
	}
	return Text
}

// firstLines cuts head into lines. A last line that head does not hold whole
// is only taken when it is the only one.
func firstLines(head []byte) (lines []string) {
	for len(head) > 0 && len(lines) < detectLines {
		line, rest, whole := bytes.Cut(head, []byte{'\n'})
		if !whole && len(lines) > 0 {
			break
		}
		if line = trimLine(line); len(line) > 0 {
			lines = append(lines, string(line))
		}
		head = rest
	}
	return lines
}

// isHAR reports whether head starts an object whose first member is log, an
// object itself.
func isHAR(head []byte) bool {
	head = bytes.TrimPrefix(head, bom)
	for _, want := range []string{"{", `"log"`, ":", "{"} {
		head = bytes.TrimLeft(head, " \t\r\n")
		if !bytes.HasPrefix(head, []byte(want)) {
			return false
		}
		head = head[len(want):]
	}
	return true
}

var bom = []byte("\xef\xbb\xbf")

// trimLine cuts what is around a line: white space, the end of a DOS line,
// the zero bytes a log rotated by copying may begin with, a byte order mark.
func trimLine(b []byte) []byte {
	b = bytes.Trim(b, " \t\r\n\x00")
	return bytes.TrimPrefix(b, bom)
}
