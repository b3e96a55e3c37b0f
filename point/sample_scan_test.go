package point_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chaperone-go/chaperone/point"
	"github.com/chaperone-go/chaperone/traffic"
)

// TestSamplesAreTrue reads the sample of every path with the scanner: the slot
// of the path finds what stands for *** in it. So the grammar, the samples and the scanner
// agree on what a path means.
func TestSamplesAreTrue(t *testing.T) {
	for _, n := range notations {
		t.Run(n.session, func(t *testing.T) {
			p := point.MustParsePath(n.session)
			sample := strings.ReplaceAll(p.Sample(), "***", "xxx") // which may be a name in GraphQL
			if strings.HasPrefix(sample, "#") || strings.Contains(n.tags, "jwt]") || strings.Contains(n.tags, "jwt_prefix") || strings.Contains(n.tags, "jwt_all") {
				return // not part of a message, or not replaced by any text
			}
			sample = strings.Replace(sample, "HTTP/1.1 xxx", "HTTP/1.1 200", 1)
			var set point.Set
			slot := set.Reserve(p)
			x := sampleExchange(t, p.Side(), sample)
			var s point.Scan
			s.Reset(set.Compile(point.Limits{}), nil)
			if p.Side() == point.Request {
				s.Request(x)
			} else {
				s.Response(x)
			}
			r := s.Get(slot)
			require.Equal(t, traffic.Present, r.Found, "%s", sample)
			require.Contains(t, wantOf(p), string(r.Text), "%s", sample)
		})
	}
}

// wantOf returns what the slot of a sample may find.
func wantOf(p point.Path) []string {
	steps := p.Steps()
	switch last := steps[len(steps)-1].Kind; {
	case p.Keyable() != nil && strings.Contains(p.Keyable().Error(), "no value of its own"):
		return []string{""} // it is there, no more
	case last == point.Pollution:
		return []string{"xxx,xxx"}
	case last == point.Names:
		return []string{"xxx", "Host"}
	case last == point.All && steps[0].Kind == point.Header, last == point.Status:
		return []string{"xxx", "example.com", "200"}
	}
	return []string{"xxx"}
}

// sampleExchange reads a sample as a message.
func sampleExchange(t *testing.T, side point.Side, sample string) *traffic.Exchange {
	t.Helper()
	head, body, _ := strings.Cut(sample, "\n\n")
	line, fields, _ := strings.Cut(head, "\n")
	header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(fields + "\n\n"))).ReadMIMEHeader()
	require.NoError(t, err)
	for _, values := range header {
		for i := range values {
			values[i] = encodeSample(values[i])
		}
	}
	body = encodeSample(strings.TrimSuffix(body, "\n"))
	x := &traffic.Exchange{}
	if side == point.Response {
		x.Response.Header = traffic.Header(header)
		x.Response.Body, x.Response.Whole = []byte(body), true
		x.Response.Status, _ = strconv.Atoi(strings.Fields(line)[1])
		return x
	}
	words := strings.Fields(line)
	x.Request = traffic.Request{Method: words[0], Target: encodeQuery(words[1]), Proto: strings.TrimPrefix(words[2], "HTTP/"), Host: header.Get("Host")}
	if scheme, _, ok := strings.Cut(words[1], "://"); ok {
		x.Request.Scheme = scheme
	}
	x.Client.UserAgent = header.Get("User-Agent")
	header.Del("Host")
	x.Request.Header = traffic.Header(header)
	if body != "" {
		x.Request.Body = traffic.Bytes(body)
	}
	return x
}

var encodedRE = regexp.MustCompile(`(base64|gzip|deflate|htmljs|urlencoded)\(([^()]*)\)`)

// encodeSample does what a sample only says: base64(x) becomes x in Base64.
func encodeSample(s string) string {
	for encodedRE.MatchString(s) {
		s = encodedRE.ReplaceAllStringFunc(s, func(match string) string {
			parts := encodedRE.FindStringSubmatch(match)
			parts[2] = strings.ReplaceAll(parts[2], `\"`, `"`) // it stood in a JSON string
			var b bytes.Buffer
			switch parts[1] {
			case "base64":
				return base64.RawURLEncoding.EncodeToString([]byte(parts[2]))
			case "gzip":
				w := gzip.NewWriter(&b)
				w.Write([]byte(parts[2]))
				w.Close()
			case "deflate":
				w, _ := flate.NewWriter(&b, 9)
				w.Write([]byte(parts[2]))
				w.Close()
			default:
				return parts[2]
			}
			return b.String()
		})
	}
	return s
}

// encodeQuery is encodeSample for the parameters of a target.
func encodeQuery(target string) string {
	path, query, ok := strings.Cut(encodeSample(target), "?")
	if !ok {
		return path
	}
	params := strings.Split(query, "&")
	for i, param := range params {
		name, value, _ := strings.Cut(param, "=")
		value, _ = url.QueryUnescape(value)
		params[i] = name + "=" + url.QueryEscape(encodeSample(value))
	}
	return path + "?" + strings.Join(params, "&")
}
