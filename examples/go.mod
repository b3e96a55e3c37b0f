module github.com/chaperone-go/chaperone/examples

go 1.25.0

require (
	github.com/chaperone-go/chaperone v0.0.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/gaissmai/bart v0.30.0 // indirect
	github.com/vektah/gqlparser/v2 v2.5.64 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

replace github.com/chaperone-go/chaperone => ../
