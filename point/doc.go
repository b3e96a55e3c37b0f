// Package point addresses values inside requests and responses, and finds
// them.
//
// A [Path] says where a value is:
//
//	REQUEST → COOKIE → session_id
//	RESPONSE → BODY → JSON → PROPERTY → token
//	REQUEST → HEADER → AUTHORIZATION → JWT → jwt_payload → PROPERTY → sub
//
// All the paths that somebody wants to read are reserved in a [Set] when the
// program starts. Compiling it makes a [Plan]. For each exchange a [Scan]
// passes once over the request and once over the response, and fills a [Slot]
// for each path:
//
//	var set point.Set
//	token := set.Reserve(point.MustParsePath("REQUEST → QUERY → token"))
//	plan := set.Compile(point.Limits{})
//
//	var scan point.Scan // from a pool
//	scan.Reset(plan, nil)
//	scan.Request(x) // x is a *traffic.Exchange
//	if r := scan.Get(token); r.Found == traffic.Present {
//		use(r.Text)
//	}
//
// # Notations
//
// A path is written in session form, as above, or in tag form. [ParsePath]
// reads both; [Path.String] and [Path.Tags] print them.
//
// Session form is a side, REQUEST or RESPONSE, and steps. Each step is a
// word, in any case, and the name or index that belongs to it. Between them
// stand → or > (-> and => are read too) or, after a word, just space: BODY
// JSON. A name with a space, a quote or a separator in it stands in double
// quotes, in which \", \\ and \xNN stand for a quote, a backslash and a byte.
//
// Tag form is a list: [post, json_doc, hash, 'token']. Names may stand in
// single or double quotes or bare, and lists may be nested as in
// [["header","COOKIE"],["cookie","b"]].
//
//	Session form          Tags                     Value
//	URI                   uri                      path and query as sent
//	PATH index            path                     a segment of the path, the last part excluded
//	ACTION_NAME           action_name              the last part up to its first period
//	ACTION_EXT            action_ext               what comes after it
//	QUERY name            query, get               a parameter of the query string
//	METHOD PROTO SCHEME   method proto scheme
//	APPLICATION           application, instance    the number of the application
//	IP                    remote_addr              the client's address
//	USER_AGENT            user_agent
//	FINGERPRINT           fingerprint              of the TLS client
//	STATUS                status                   of the response
//	HEADER NAME           header, response_header  a header field
//	COOKIE name           header, 'COOKIE', cookie
//	BODY                  post, response_body
//	JSON                  json_doc
//	PROPERTY name         hash, json_obj           of JSON, p[name] of parameters, a tag of XML
//	ITEM index            array, json_array        of JSON, p[] or repeated parameters, fields, tags
//	POLLUTION             pollution                repeated values, joined with commas
//	FORM_URLENCODED name  form_urlencoded          a parameter of a form
//	MULTIPART name        multipart                a part; below it FILE, FILENAME, HEADER
//	XML                   xml                      below it XML_TAG, XML_ATTR, XML_COMMENT, XML_PI, XML_DTD, XML_DTD_ENTITY
//	BASE64 GZIP DEFLATE   base64 gzip deflate      decoders of any value
//	HTMLJS URLENCODED     htmljs percent           decoders of any value
//	JWT                   jwt                      below it jwt_prefix, jwt_header, jwt_payload
//	GRAPHQL               gql                      below it QUERY, MUTATION, SUBSCRIPTION, FRAGMENT, VAR and what is in them
//	ALL                   *_all                    in place of a name or an index: every value
//	NAMES                 *_name                   in place of a name: every name
//
// The words after GRAPHQL are PROPERTY for a field, ARG, ALIAS, DIRECTIVE,
// SPREAD, TYPE, INLINE and VAR; their tags begin with gql_. The name of an
// argument follows ARG or its DIRECTIVE directly: ARG → id. JWT parts are
// decoded already: in session form BASE64 and JSON are implied after them.
// The tag of an XML document is its first occurrence; ITEM counts on from it.
// XML tags are found under their name as written, under their local name, and
// as URI|prefix|local.
//
// ALL and NAMES are the norms. A path with a norm has many values, so it
// cannot be a grouping key; see [Path.Keyable]. The words are norms only in
// capitals and without quotes: QUERY → all is the parameter "all".
//
// Formats whose fields have numbers instead of names or that only one
// framework speaks are not read: gRPC, protobuf, ViewState. ParsePath refuses
// their words and says so.
//
// What a path means in a message, [Path.Sample] shows.
//
// # What is found
//
// [Scan.Get] tells one of four things: a value, that there is none, that
// something was there but its format could not be read, or that a limit was
// met before the value was complete. What was readable before an error is
// found all the same.
//
// A [Visitor] sees every value and every name as the scan goes by, each with
// its path, whether reserved or not. That is how detectors look at input.
//
// Nobody verifies anything here. The claims of a JWT are what the client
// says.
//
// # Limits
//
// Whatever is sent, a scan ends: [Limits] bounds bytes, depth, numbers and
// what decoders may make of them. Every parser is total, it takes any bytes.
// Reserving a path in a request's body makes a scan read ahead; reserving one
// in a response's body makes the server copy it, see [Plan.Want]. Who reserves
// neither pays for neither.
//
// # Concurrency
//
// Paths and plans are immutable and safe for concurrent use. A Set is for the
// start of the program and for one goroutine. A Scan is for one exchange at a
// time; what it returns is borrowed until it is reset.
package point
