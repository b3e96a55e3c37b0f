package lists

import "github.com/chaperone-go/chaperone/traffic"

// standing is what an author may do and whose entries meet: those of one
// standing extend each other, those of different ones stand side by side.
type standing uint8

const (
	person    standing = iota // and whoever we do not know
	automatic                 // controls and triggers
	abuse                     // API Abuse Prevention
)

func standingOf(k traffic.AuthorKind) standing {
	switch {
	case k == traffic.Abuse:
		return abuse
	case k.Automatic():
		return automatic
	}
	return person
}
