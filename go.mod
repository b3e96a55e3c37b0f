module github.com/chaperone-go/chaperone

go 1.25.0

require (
	github.com/agnivade/levenshtein v1.2.2 // indirect
	github.com/gaissmai/bart v0.30.0 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	github.com/vektah/gqlparser/v2 v2.5.64 // indirect
)
