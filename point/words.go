package point

import "strings"

// notation is one of the two ways to write a path.
type notation struct {
	// words are the words of the notation. A word that stands for two kinds
	// stands for the more frequent one here, see twin.
	words map[string]word
	// spell brings a word to the form it has in words.
	spell func(string) string
	// of returns how the notation writes a kind at the start of a side.
	of func(Kind, Side) string
}

// isWord reports whether text is the word of a kind.
func (n *notation) isWord(text string, k Kind) bool { return n.words[n.spell(text)].kind == k }

// word is what a word means.
type word struct {
	kind Kind
	norm Kind // All or Names, when the word means a norm too
	side Side // the only side it can start, or NoSide
}

var (
	sessionForm = &notation{words: sessionWords(), spell: strings.ToUpper, of: sessionWord}
	tagForm     = &notation{words: tagWords(), spell: strings.ToLower, of: tagWord}
)

func sessionWord(k Kind, _ Side) string { return k.String() }

// tagWord returns the tag of a kind. side is the one it starts, or NoSide
// further on.
func tagWord(k Kind, side Side) string {
	switch {
	case side == Response && k == Header:
		return "response_header"
	case side == Response && k == Body:
		return "response_body"
	}
	return grammar[k].tag
}

func sessionWords() map[string]word {
	words := make(map[string]word)
	for k := numKinds - 1; k > noKind; k-- { // the first of two twins remains
		words[strings.ToUpper(grammar[k].word)] = word{kind: k}
	}
	words["XML_ENTITY"] = word{kind: XMLEntity}
	return words
}

func tagWords() map[string]word {
	words := make(map[string]word)
	add := func(tag string, w word) {
		words[tag] = w
		if w.kind.HasName() || w.kind.HasIndex() || w.kind == JWT {
			words[tag+"_all"] = word{kind: w.kind, norm: All, side: w.side}
		}
		if w.kind.HasName() {
			words[tag+"_name"] = word{kind: w.kind, norm: Names, side: w.side}
		}
	}
	for k, r := range grammar {
		if r.tag == "" {
			continue
		}
		for _, tag := range append([]string{r.tag}, r.also...) {
			add(tag, word{kind: Kind(k)})
		}
	}
	add("response_header", word{kind: Header, side: Response})
	add("response_body", word{kind: Body, side: Response})
	add("status", word{kind: Status, side: Response})
	return words
}

// withNorm returns how a notation writes a norm of the kind it writes so.
func withNorm(n *notation, written string, norm Kind) string {
	switch {
	case n == sessionForm:
		return written + arrow + norm.String()
	case norm == All:
		return written + "_all"
	}
	return written + "_name"
}

// unread are the words of formats that are not read.
var unread = map[string]string{
	"GRPC":      "gRPC bodies",
	"PROTOBUF":  "protobuf bodies",
	"VIEWSTATE": "ViewState bodies",
}

// unreadFormat returns the format that is not read which a word stands for,
// or "".
func unreadFormat(text string) string {
	head, _, _ := strings.Cut(strings.ToUpper(text), "_")
	return unread[head]
}
