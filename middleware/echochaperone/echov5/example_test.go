package echov5_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/labstack/echo/v5"

	"github.com/chaperone-go/chaperone/middleware"
	"github.com/chaperone-go/chaperone/middleware/echochaperone/echov5"
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
	e := echo.New()
	e.Use(echov5.New(m)) // first of all
	e.GET("/orders/:id", func(c *echo.Context) error {
		if c.Param("id") == "0" {
			return errors.New("answered by the error handler")
		}
		return c.String(200, "an order")
	})
	for _, path := range []string{"/orders/7", "/orders/0", "/nowhere"} {
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	// Output:
	// /orders/7 200 /orders/:id
	// /orders/0 500 /orders/:id
	// /nowhere 404
}
