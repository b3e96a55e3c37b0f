package point

// Kind is the kind of a step. The comments give the step's session keyword,
// and its tag where it differs.
type Kind uint8

// The kinds. How each is written stands in one table, see grammar.go.
const (
	noKind Kind = iota

	// Of the request line and the connection.
	URI         // URI
	PathSegment // PATH index
	ActionName  // ACTION_NAME
	ActionExt   // ACTION_EXT
	Query       // QUERY name
	Method      // METHOD
	Proto       // PROTO
	Scheme      // SCHEME
	Application // APPLICATION
	IP          // IP, remote_addr
	UserAgent   // USER_AGENT
	Fingerprint // FINGERPRINT
	Status      // STATUS

	// Of both sides' heads.
	Header // HEADER NAME
	Cookie // COOKIE name

	// Bodies and what is inside.
	Body      // BODY, post or response_body
	JSON      // JSON, json_doc
	Property  // PROPERTY name, hash
	Item      // ITEM index, array
	Pollution // POLLUTION
	Form      // FORM_URLENCODED name
	Multipart // MULTIPART name
	File      // FILE
	FileName  // FILENAME: the name a multipart file was sent under
	XML       // XML
	XMLTag    // XML_TAG name (PROPERTY after XML is the same)
	XMLAttr   // XML_ATTR name
	XMLComment
	XMLPI
	XMLDTD
	XMLEntity

	// Decoders, usable on any value.
	Base64
	Gzip
	Deflate
	HTMLJS
	Percent // URLENCODED, percent
	JWT
	JWTPrefix
	JWTHeader
	JWTPayload

	// GraphQL.
	GraphQL
	GQLQuery        // QUERY name after GRAPHQL
	GQLMutation     // MUTATION name
	GQLSubscription // SUBSCRIPTION name
	GQLFragment     // FRAGMENT name
	GQLArg          // ARG
	GQLAlias        // ALIAS
	GQLDirective    // DIRECTIVE name
	GQLSpread       // SPREAD name
	GQLType         // TYPE name
	GQLInline       // INLINE
	GQLVar          // VAR name

	// Norms: every value, or every name, of the container before.
	All
	Names

	numKinds
)
