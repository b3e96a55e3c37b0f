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
	Body       // BODY, post or response_body
	JSON       // JSON, json_doc
	Property   // PROPERTY name, hash
	Item       // ITEM index, array
	Pollution  // POLLUTION
	Form       // FORM_URLENCODED name
	Multipart  // MULTIPART name
	File       // FILE
	FileName   // FILENAME: the name a multipart file was sent under
	XML        // XML
	XMLTag     // XML_TAG name (PROPERTY after XML is the same)
	XMLAttr    // XML_ATTR name
	XMLComment // XML_COMMENT index
	XMLPI      // XML_PI index: a processing instruction
	XMLDTD     // XML_DTD: the address of the document type definition
	XMLEntity  // XML_DTD_ENTITY index: an entity defined there

	// Decoders, usable on any value.
	Base64     // BASE64
	Gzip       // GZIP
	Deflate    // DEFLATE
	HTMLJS     // HTMLJS: the escapes of HTML and JavaScript
	Percent    // URLENCODED, percent
	JWT        // JWT: the token, without its prefix
	JWTPrefix  // jwt_prefix, such as Bearer
	JWTHeader  // jwt_header, decoded
	JWTPayload // jwt_payload, decoded

	// GraphQL.
	GraphQL         // GRAPHQL, gql
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

	// Norms, in place of a name or an index: every value, or every name. The
	// step before has neither name nor index.
	All   // ALL, *_all
	Names // NAMES, *_name

	numKinds
)

// String returns the kind's word in session form.
func (k Kind) String() string {
	if k == noKind || k >= numKinds {
		return "invalid"
	}
	return grammar[k].word
}

// HasName reports whether steps of the kind have a name.
func (k Kind) HasName() bool { return k < numKinds && grammar[k].arg == nameArg }

// HasIndex reports whether steps of the kind have an index.
func (k Kind) HasIndex() bool {
	return k < numKinds && (grammar[k].arg == indexArg || grammar[k].arg == orIndexArg)
}

func (k Kind) isNorm() bool { return k == All || k == Names }

func (k Kind) isDecoder() bool { return kinds(decoders).has(k) }
