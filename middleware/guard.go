package middleware

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// PanicError is a panic that was recovered so that the application's request
// could go on. It is what Config.OnError gets.
type PanicError struct {
	// In names what panicked: "Begin", "End" or a function of [Config].
	In string
	// Value is what it panicked with.
	Value any
	// Stack is the stack of the goroutine.
	Stack []byte
}

// Error implements error. The stack is not part of the text.
func (e *PanicError) Error() string { return fmt.Sprintf("panic in %s: %v", e.In, e.Value) }

// Unwrap returns the value, when that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// caught is deferred around everything that is not ours and not the
// handler's. It must be the deferred function itself: recover works nowhere
// else.
func (m *Middleware) caught(in string, ok *bool) {
	v := recover()
	if v == nil {
		return
	}
	*ok = false
	m.counters.panics.Add(1)
	m.report(&PanicError{In: in, Value: v, Stack: debug.Stack()})
}

// report tells the application about trouble of ours. A panic of the function
// told is the end of the matter.
func (m *Middleware) report(err error) {
	defer func() { _ = recover() }()
	if m.onError == nil {
		slog.Error("chaperone middleware", "error", err)
		return
	}
	m.onError(err)
}
