// Package lists keeps the allow, deny and gray lists and the exceptions: what
// an address, a prefix or a session is listed for, by whom, why and until
// when.
//
//	book, err := lists.Open(ctx, memory.NewLists(), lists.Config{})
//	entry, err := book.Add(ctx, now, lists.Entry{
//		List:    lists.Deny,
//		Object:  lists.OfAddr(addr),
//		Expires: now.Add(time.Hour),
//		By:      traffic.Author{Kind: traffic.Manual, ID: "anna"},
//		Reason:  "credential stuffing",
//	})
//	match := book.Check(now, addr, app) // match.Deny == entry.ID
//
// # A log of changes
//
// Lists are a log: every [Change] is appended to a [Store] before it counts,
// and everything else is a fold of that log. So the present ([Book.Now]), any
// past moment ([Book.At]), a range ([Book.Between]) and who removed what are
// simply there. An entry's id is the number of the change that added it.
// Expiry needs no change: an entry is in force while now < Expires.
//
// # Who may do what
//
// Authors fall into three standings: people (manual, API, code and everything
// unknown), automatic authors (control, trigger) and API Abuse Prevention
// ([traffic.Abuse]).
//
//   - What is already in force on the same list, for the same object, the
//     same applications and by an author of the same standing is extended: the
//     later expiry stays, the new cause is appended. Entries of different
//     standings stand side by side, so that an exception or a person who
//     removes one takes off only that one.
//   - An entry of an automatic author or of Abuse Prevention that a person
//     takes off suppresses automatic authors for half of its period: they get
//     [ErrSuppressed] for that list, object and applications. Expiry
//     suppresses nothing, Abuse Prevention is never suppressed, a person who
//     adds the object again, or calls [Book.ClearSuppression], ends it.
//   - An exception takes entries of Abuse Prevention, and no others, off the
//     deny and gray lists, for its applications and everything inside its
//     object; while it is in force Abuse Prevention gets [ErrExcepted] there.
//
// # Concurrency and cost
//
// Readers never wait: they load one immutable snapshot. Writers take turns
// under a mutex, build the next snapshot beside the present one, append to
// the store and swap. [Book.Check] for an address that is not listed is one
// prefix lookup; nothing on that way allocates. All methods of a Book are
// safe for concurrent use. Two Books may share a store: one that meets the
// other's changes reads them and tries again, see [Book.Sync].
//
// Nothing here starts a goroutine or reads a clock. Call [Book.Sweep] about
// every minute and [Book.Prune] about every hour.
//
// # Time
//
// Time is an argument. When the clock is set back:
//
//   - Check and Now look only at the expiry, so what was added before stays in
//     force, at most for longer;
//   - what Sweep dropped while the clock was ahead stays over in this process;
//   - a change of an entry is never stamped before the previous change of the
//     same entry, so an entry never ends before it began.
//
// Times are kept in UTC to the nanosecond. An expiry after the year 2261 is
// forever.
//
// # Room
//
// [Kind] names what an object is. Addresses, prefixes and sessions are known;
// countries, networks, source types, users and fingerprints can join it
// without changing the shape of an entry or a change.
package lists
