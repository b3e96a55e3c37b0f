package accesslog

import "strings"

// maxWords is how many words before the time are looked at. A user name may
// have spaces; more words than this are its.
const maxWords = 24

// setLeft reads what stands before the time: the prefix of a transport, a
// virtual host, the client, the ident field and the user.
func (e *Entry) setLeft(s string) {
	var all [maxWords]string
	words := all[:0]
	for w, rest := word(s); w != "" && len(words) < maxWords; w, rest = word(rest) {
		words = append(words, w)
	}
	words = words[transport(words):]
	i := clientAt(words)
	if i < 0 {
		return
	}
	if i > 0 {
		e.setHost(words[i-1])
	}
	e.setClient(strings.TrimSuffix(words[i], ","))
	e.setUser(words[i+1:])
}

// transport returns how many words at the start belong to syslog, Docker or
// Kubernetes.
func transport(words []string) int {
	n := 0
	if len(words) > 7 && strings.HasPrefix(words[0], "<") && !strings.HasSuffix(words[0], ">") {
		if pri := words[0]; isDigit(pri[len(pri)-1]) && strings.Contains(pri, ">") {
			n = 7 // RFC 5424: <pri>version time host app pid id data
		}
	}
	for i := n; i < len(words); i++ {
		switch w := words[i]; {
		case w == "|": // docker compose: name | line
			n = i + 1
		case (w == "F" || w == "P") && i > 0 && strings.HasPrefix(words[i-1], "std"): // Kubernetes: time stdout F line
			n = i + 1
		case len(w) > 1 && w[len(w)-1] == ':': // RFC 3164: date host name[pid]: line
			if _, ok := parseAddr(w); !ok {
				n = i + 1
			}
		}
	}
	return n
}

// clientAt returns the index of the client among the words, -1 for none: the
// address that is followed by the ident field, else the first address, else
// the word three before the time.
func clientAt(words []string) int {
	first := -1
	for i, w := range words {
		if _, ok := parseAddr(strings.TrimSuffix(w, ",")); !ok {
			continue
		}
		if first < 0 {
			first = i
		}
		if i+1 < len(words) && words[i+1] == "-" && !strings.HasSuffix(words[first], ",") {
			return i // also behind a virtual host that is an address
		}
	}
	if first >= 0 || len(words) == 0 {
		return first
	}
	return max(len(words)-3, 0)
}

// setUser reads the ident field and the user, who may have spaces.
func (e *Entry) setUser(words []string) {
	if len(words) >= 2 {
		words = words[1:] // the ident field
	}
	if n := len(words); n > 0 && words[n-1] != "-" {
		e.ask("Remote-User", unescape(strings.Join(words, " ")))
	}
}
