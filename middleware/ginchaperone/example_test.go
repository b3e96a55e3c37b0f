package ginchaperone_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/gin-gonic/gin"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/middleware/ginchaperone"
	"github.com/chaperone-go/chaperone/traffic"
)

// printer prints what each exchange came to.
type printer struct{}

func (printer) Begin(context.Context, *traffic.Exchange) {}

func (printer) End(_ context.Context, x *traffic.Exchange) {
	fmt.Println(x.Request.Target, x.Response.Status, x.Request.Route)
}

func Example() {
	m, err := middleware.New(printer{}, middleware.Config{Client: middleware.Direct()})
	if err != nil {
		fmt.Println(err)
		return
	}
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(ginchaperone.New(m)) // first of all
	r.GET("/orders/:id", func(c *gin.Context) {
		middleware.FromContext(c.Request.Context()).SetUser("ann")
		c.String(200, "an order")
	})
	for _, path := range []string{"/orders/7", "/nowhere"} {
		r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	// Output:
	// /orders/7 200 /orders/:id
	// /nowhere 404
}
