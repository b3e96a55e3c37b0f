module github.com/chaperone-go/chaperone/bench

go 1.25.0

require (
	github.com/alexedwards/scs/v2 v2.9.0
	github.com/chaperone-go/chaperone v0.0.0
	github.com/gaissmai/bart v0.30.0
	github.com/stretchr/testify v1.12.1
)

replace github.com/chaperone-go/chaperone => ../
