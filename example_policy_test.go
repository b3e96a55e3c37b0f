package chaperone_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chaperone-go/chaperone"
	"github.com/chaperone-go/chaperone/middleware"
)

// A policy is one JSON value, read from a file and put in force while the
// service runs. What is wrong with it is said at once and changes nothing.
func ExampleReadPolicy() {
	ctx := context.Background()
	guard, err := chaperone.New(chaperone.Config{Client: middleware.Direct()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close(ctx)

	policy, err := chaperone.ReadPolicy(strings.NewReader(`{
		"mode": "monitoring",
		"applications": [{"id": 1, "name": "shop", "mode": "block"}],
		"parameters": [
			{"name": "token", "path": "REQUEST → HEADER → X-TOKEN", "key": true},
			{"name": "user", "path": "REQUEST → HEADER → X-USER", "type": "user"}
		],
		"masks": ["REQUEST → QUERY → password"]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("put in force:", guard.SetPolicy(policy))

	b, err := json.MarshalIndent(guard.Policy(), "", "  ")
	fmt.Println(string(b), err)

	_, err = chaperone.ReadPolicy(strings.NewReader(`{"mod": "block"}`))
	fmt.Println(err)
	policy.Applications[0].ID = -7
	policy.Parameters[1].Name = "token"
	fmt.Println(guard.SetPolicy(policy))
	// Output:
	// put in force: <nil>
	// {
	//   "mode": "monitoring",
	//   "applications": [
	//     {
	//       "id": 1,
	//       "name": "shop",
	//       "mode": "block"
	//     }
	//   ],
	//   "parameters": [
	//     {
	//       "name": "token",
	//       "path": "REQUEST → HEADER → X-TOKEN",
	//       "key": true
	//     },
	//     {
	//       "name": "user",
	//       "path": "REQUEST → HEADER → X-USER",
	//       "type": "user"
	//     }
	//   ],
	//   "masks": [
	//     "REQUEST → QUERY → password"
	//   ]
	// } <nil>
	// read policy: json: unknown field "mod"
	// chaperone: policy: Policy.Applications[0].ID: -7; applications are numbered from 1, the default one is -1
	// Policy.Parameters[1].Name: "token" is already Parameters[0]
}
