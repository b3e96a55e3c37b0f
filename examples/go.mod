module github.com/chaperone-go/chaperone/examples

go 1.25.0

require github.com/chaperone-go/chaperone v0.0.0

replace github.com/chaperone-go/chaperone => ../
