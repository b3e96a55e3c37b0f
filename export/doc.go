// Package export carries records and decisions out of the house.
//
// Records, the settled requests of a session or of a query, leave as CSV for
// people with a spreadsheet, or as JSON lines for programs:
//
//	err := export.WriteCSV(w, guard.Records(ctx, query))
//	err := export.WriteJSONLines(w, guard.Records(ctx, query))
//
// Both stream: memory does not grow with the number of records. The columns
// of the CSV are listed by [Columns]; the fields of a JSON line are those of
// [traffic.Record]. Neither changes its meaning once released; new ones are
// added at the end. [ReadJSONLines] reads the lines back.
//
// Decisions leave as an [Event] each, through a [Sink]: to a [Slog] logger,
// as JSON lines with [Lines], to several places with [Fanout], or wherever a
// [SinkFunc] takes them.
//
// # Hostile text
//
// Paths, user agents and names were chosen by whoever sent the request. What
// becomes of them:
//
//   - CSV, a cell that a spreadsheet would run as a formula (it starts with
//     = + - @, or with one of their full-width twins): an apostrophe is put in
//     front. A semicolon in front of such a character is written \x3b, for
//     spreadsheets that cut cells at semicolons.
//   - CSV, control characters, line ends, marks that turn the direction of
//     text, and bytes that are no UTF-8: written as \x1b, \u202e or \xff. A
//     backslash is written \\, so that nothing is ambiguous. One record is
//     always one line.
//   - JSON, the same characters: written as \u001b and \u202e, which every
//     JSON parser turns back. Bytes that are no UTF-8 become U+FFFD each, as in
//     encoding/json; this is the one loss.
//
// # Concurrency
//
// The Write functions belong to one caller. The sinks of this package may be
// used by many goroutines at once.
package export
