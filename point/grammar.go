package point

import "math/bits"

// This file is the grammar. Two tables say all there is: one how each kind of
// step is written, one which steps may stand at which place of a path.

// row is how a kind is written.
type row struct {
	word  string   // in session form
	tag   string   // in tag form
	also  []string // other tags that are read, never printed
	arg   arg
	where where
	then  place // where a step of this kind leads to
}

// arg is what comes after the word.
type arg uint8

const (
	noArg      arg = iota
	nameArg        // a name
	indexArg       // an index from 0
	orIndexArg     // an index from 0 that may be left out: 0
)

// where is the side on which a kind may stand.
type where uint8

const (
	both where = iota
	onRequest
	onResponse
)

// place is what stands at some point of a path: it decides what may follow.
type place uint8

const (
	atStart     place = iota // right after the side
	atBody                   // the bytes of a body
	atText                   // a plain text
	atField                  // a parameter of a query or a form
	atHeader                 // a header field
	atCookie                 // a cookie of a request
	atPart                   // a part of a multipart body
	atValue                  // a JSON document or a value in one
	atXML                    // an XML document
	atTag                    // an XML tag, its first occurrence
	atNthTag                 // an XML tag, a further occurrence
	atJWT                    // a JWT
	atClaims                 // a part of a JWT
	atGraphQL                // a GraphQL document
	atOperation              // an operation in it
	atFragment               // a fragment, named or inline
	atType                   // the type a fragment is for
	atFieldOf                // a field of a selection
	atSpread                 // a fragment's name spread in a selection
	atArguments              // the arguments of a field or a directive
	atEnd                    // nothing may follow
	byPlace                  // in row.then only: what the place says
	numPlaces
)

var grammar = [numKinds]row{
	URI:         {word: "URI", tag: "uri", where: onRequest, then: atText},
	PathSegment: {word: "PATH", tag: "path", arg: indexArg, where: onRequest, then: atText},
	ActionName:  {word: "ACTION_NAME", tag: "action_name", where: onRequest, then: atText},
	ActionExt:   {word: "ACTION_EXT", tag: "action_ext", where: onRequest, then: atText},
	Query:       {word: "QUERY", tag: "query", also: []string{"get"}, arg: nameArg, where: onRequest, then: atField},
	Method:      {word: "METHOD", tag: "method", where: onRequest, then: atText},
	Proto:       {word: "PROTO", tag: "proto", where: onRequest, then: atText},
	Scheme:      {word: "SCHEME", tag: "scheme", where: onRequest, then: atText},
	Application: {word: "APPLICATION", tag: "application", also: []string{"instance"}, where: onRequest, then: atText},
	IP:          {word: "IP", tag: "remote_addr", where: onRequest, then: atText},
	UserAgent:   {word: "USER_AGENT", tag: "user_agent", where: onRequest, then: atText},
	Fingerprint: {word: "FINGERPRINT", tag: "fingerprint", where: onRequest, then: atText},
	Status:      {word: "STATUS", tag: "status", where: onResponse, then: atText},

	Header: {word: "HEADER", tag: "header", arg: nameArg, then: atHeader},
	Cookie: {word: "COOKIE", tag: "cookie", arg: nameArg, then: atCookie},

	Body:       {word: "BODY", tag: "post", then: atBody},
	JSON:       {word: "JSON", tag: "json_doc", then: atValue},
	Property:   {word: "PROPERTY", tag: "hash", also: []string{"json_obj"}, arg: nameArg, then: byPlace},
	Item:       {word: "ITEM", tag: "array", also: []string{"json_array", "xml_tag_array"}, arg: indexArg, then: byPlace},
	Pollution:  {word: "POLLUTION", tag: "pollution", then: atText},
	Form:       {word: "FORM_URLENCODED", tag: "form_urlencoded", arg: nameArg, then: atField},
	Multipart:  {word: "MULTIPART", tag: "multipart", arg: nameArg, then: atPart},
	File:       {word: "FILE", tag: "file", then: atText},
	FileName:   {word: "FILENAME", tag: "filename", then: atText},
	XML:        {word: "XML", tag: "xml", then: atXML},
	XMLTag:     {word: "XML_TAG", tag: "xml_tag", arg: nameArg, then: atTag},
	XMLAttr:    {word: "XML_ATTR", tag: "xml_attr", arg: nameArg, then: atText},
	XMLComment: {word: "XML_COMMENT", tag: "xml_comment", arg: orIndexArg, then: atText},
	XMLPI:      {word: "XML_PI", tag: "xml_pi", arg: orIndexArg, then: atText},
	XMLDTD:     {word: "XML_DTD", tag: "xml_dtd", then: atText},
	XMLEntity:  {word: "XML_DTD_ENTITY", tag: "xml_dtd_entity", arg: orIndexArg, then: atText},

	Base64:     {word: "BASE64", tag: "base64", then: atText},
	Gzip:       {word: "GZIP", tag: "gzip", then: atText},
	Deflate:    {word: "DEFLATE", tag: "deflate", then: atText},
	HTMLJS:     {word: "HTMLJS", tag: "htmljs", then: atText},
	Percent:    {word: "URLENCODED", tag: "percent", then: atText},
	JWT:        {word: "JWT", tag: "jwt", then: atJWT},
	JWTPrefix:  {word: "jwt_prefix", tag: "jwt_prefix", then: atText},
	JWTHeader:  {word: "jwt_header", tag: "jwt_header", then: atClaims},
	JWTPayload: {word: "jwt_payload", tag: "jwt_payload", then: atClaims},

	GraphQL:         {word: "GRAPHQL", tag: "gql", then: atGraphQL},
	GQLQuery:        {word: "QUERY", tag: "gql_query", arg: nameArg, then: atOperation},
	GQLMutation:     {word: "MUTATION", tag: "gql_mutation", arg: nameArg, then: atOperation},
	GQLSubscription: {word: "SUBSCRIPTION", tag: "gql_subscription", arg: nameArg, then: atOperation},
	GQLFragment:     {word: "FRAGMENT", tag: "gql_fragment", arg: nameArg, then: atFragment},
	GQLArg:          {word: "ARG", tag: "gql_arg", then: atArguments},
	GQLAlias:        {word: "ALIAS", tag: "gql_alias", then: atEnd},
	GQLDirective:    {word: "DIRECTIVE", tag: "gql_dir", arg: nameArg, then: atArguments},
	GQLSpread:       {word: "SPREAD", tag: "gql_spread", arg: nameArg, then: atSpread},
	GQLType:         {word: "TYPE", tag: "gql_type", arg: nameArg, then: atType},
	GQLInline:       {word: "INLINE", tag: "gql_inline", then: atFragment},
	GQLVar:          {word: "VAR", tag: "gql_var", arg: nameArg, then: atValue},

	All:   {word: "ALL", then: byPlace},
	Names: {word: "NAMES", then: atEnd},
}

// decoders are usable on any text.
const decoders = 1<<JSON | 1<<XML | 1<<GraphQL | 1<<Base64 | 1<<Gzip | 1<<Deflate | 1<<HTMLJS | 1<<Percent | 1<<JWT

// selected is what stands in the braces of GraphQL.
const selected = 1<<Property | 1<<GQLSpread | 1<<GQLInline

// places says which steps may follow at each place, and where PROPERTY and
// ITEM lead from there. Besides, ALL may stand for the name or index of any
// step that has one, and after JWT; NAMES may stand for any name.
var places = [numPlaces]struct {
	may   kinds
	inner place
}{
	atStart: {may: 1<<URI | 1<<PathSegment | 1<<ActionName | 1<<ActionExt | 1<<Query | 1<<Method | 1<<Proto |
		1<<Scheme | 1<<Application | 1<<IP | 1<<UserAgent | 1<<Fingerprint | 1<<Status | 1<<Header | 1<<Cookie | 1<<Body},
	atBody:      {may: decoders | 1<<Form | 1<<Multipart},
	atText:      {may: decoders},
	atField:     {may: decoders | 1<<Property | 1<<Item | 1<<Pollution, inner: atField},
	atCookie:    {may: decoders | 1<<Item | 1<<Pollution, inner: atText},
	atHeader:    {may: decoders | 1<<Item | 1<<Pollution, inner: atText}, // and Cookie after its own header
	atPart:      {may: decoders | 1<<Property | 1<<Item | 1<<Pollution | 1<<File | 1<<FileName | 1<<Header, inner: atPart},
	atValue:     {may: decoders | 1<<Property | 1<<Item, inner: atValue},
	atXML:       {may: 1<<XMLTag | 1<<XMLComment | 1<<XMLPI | 1<<XMLDTD | 1<<XMLEntity},
	atTag:       {may: decoders | 1<<XMLTag | 1<<XMLAttr | 1<<Item, inner: atNthTag},
	atNthTag:    {may: decoders | 1<<XMLTag | 1<<XMLAttr},
	atJWT:       {may: 1<<JWTPrefix | 1<<JWTHeader | 1<<JWTPayload},
	atClaims:    {may: decoders | 1<<Property | 1<<Item, inner: atValue},
	atGraphQL:   {may: 1<<GQLQuery | 1<<GQLMutation | 1<<GQLSubscription | 1<<GQLFragment | 1<<GQLVar},
	atOperation: {may: selected | 1<<GQLDirective | 1<<GQLVar, inner: atFieldOf},
	atFragment:  {may: selected | 1<<GQLDirective | 1<<GQLType, inner: atFieldOf},
	atType:      {may: selected, inner: atFieldOf},
	atFieldOf:   {may: selected | 1<<GQLDirective | 1<<GQLArg | 1<<GQLAlias, inner: atFieldOf},
	atSpread:    {may: 1 << GQLDirective},
	atArguments: {may: 1 << Property, inner: atValue}, // PROPERTY is left out in session form
	atEnd:       {},
}

// kinds is a set of kinds: bit k stands for kind k.
type kinds uint64

func (s kinds) has(k Kind) bool { return k < numKinds && s>>k&1 != 0 }

// list returns the kinds of the set, in order.
func (s kinds) list() []Kind {
	var all []Kind
	for ; s != 0; s &= s - 1 {
		all = append(all, Kind(bits.TrailingZeros64(uint64(s))))
	}
	return all
}

// on returns the kinds of s that may stand on a side.
func (s kinds) on(side Side) kinds {
	for _, k := range s.list() {
		if w := grammar[k].where; w == onRequest && side != Request || w == onResponse && side != Response {
			s &^= 1 << k
		}
	}
	return s
}
