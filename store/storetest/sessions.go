package storetest

import (
	"testing"

	"github.com/chaperone-go/chaperone/session"
)

// Sessions checks that a store keeps the contract of [session.Store], and that
// of [session.Pruner] if it is one. open returns a new empty store each time,
// whose days are those of UTC and which has room for some ten thousand
// records; it may register its clean-up with t.
func Sessions(t *testing.T, open func(t *testing.T) session.Store) {
	for _, c := range sessionsCases {
		t.Run(c.name, func(t *testing.T) {
			t.Log(c.rule)
			c.check(t, open(t))
		})
	}
}

// sessionsCase is one rule of the contract.
type sessionsCase struct {
	name, rule string
	check      func(t *testing.T, s session.Store)
}

var sessionsCases = []sessionsCase{
	{"empty", "A new store has no records and no parts, and that is no error.", sessionsEmpty},
	{"no records", "Appending nothing is fine and changes nothing.", sessionsAppendNothing},
	{"every field", "Every field of a record comes back as it went in, times to the nanosecond and in UTC.", sessionsEveryField},
	{"any bytes", "Text comes from clients: it may hold any bytes, and they come back unchanged.", sessionsAnyBytes},
	{"borrowed", "The slice given to Append is borrowed: what the caller does with it afterwards changes nothing.", sessionsBorrowed},
	{"owned", "A record or a part that was yielded belongs to the caller: changing it does not change the store.", sessionsOwned},

	{"order of time", "Records come in the order of time, whatever order they were appended in; equals as they were appended.", sessionsOrder},
	{"newest first", "Newest gives the exact reverse of the order of time.", sessionsNewest},
	{"limit", "Limit ends the iteration after so many results, the first ones of the order asked for.", sessionsLimit},
	{"stop", "An iteration may be left early, and the store goes on working.", sessionsStop},
	{"append while reading", "The body of a loop over records or parts may append: nothing waits for itself, and the loop ends.", sessionsAppendInLoop},

	{"by session", "Asking for sessions gives the records of these sessions and no others, of all days, in one order.", sessionsBySession},
	{"by request", "Asking for a request gives that one, and its part.", sessionsByRequest},
	{"half-open interval", "A record of the time From is inside, one of the time To is outside.", sessionsInterval},
	{"filters", "Each field of a query selects what its documentation says, and nothing else.", sessionsFilters},
	{"filters together", "Fields of a query combine: each one has to accept the record.", sessionsFiltersTogether},
	{"bad query", "A query that does not compile yields its error once, with nil, and nothing else.", sessionsBadQuery},

	{"parts by day", "A session that spans midnight has one part a day, both with its id (acceptance check 9).", sessionsPartsByDay},
	{"part numbers", "A part tells exactly what session.Fold makes of its records.", sessionsPartNumbers},
	{"late records", "The day of a part is that of the records' time, not of when they were appended.", sessionsLate},
	{"parts that match", "A part is yielded when one of its records matches, and then tells of all of them.", sessionsPartsThatMatch},
	{"parts in an interval", "With an interval a part tells only of its records inside, and is left out when there are none.", sessionsPartsInterval},
	{"order of parts", "Parts come by day, then by the time of the first record told of, then by session id; Newest reverses it exactly.", sessionsPartsOrder},
	{"limit of parts", "Limit counts parts, not their records.", sessionsPartsLimit},

	{"prune", "Prune deletes the parts of earlier days and tells how many: of 7 kept days, day -7 goes and day -6 stays (acceptance check 9).", sessionsPrune},
	{"prune again", "Pruning what is already gone deletes nothing; what stays can be appended to.", sessionsPruneAgain},

	{"ended context", "Under a context that ended nothing is appended, and reading yields its error once, with nil.", sessionsEnded},
	{"context ends", "A context that ends during an iteration ends it with its error.", sessionsEnds},
	{"concurrent", "Readers see a beginning of what each writer appended, in its order, while it is appended.", sessionsConcurrent},
	{"pruning while reading", "Records that are deleted while they are read are left out; none comes damaged.", sessionsPruneWhileReading},
	{"like a plain list", "On random traffic and random queries the store tells what a plain list tells.", sessionsLikeList},
}
