package middleware_test

import (
	"io"
	"log"
)

// quiet keeps panics that tests provoke out of their output.
var quiet = log.New(io.Discard, "", 0)
