package pluginrpc

import (
	"context"
	"time"
)

// Handler does a function's work. What it gives is the result: a []byte in the codec
// "bytes", anything else in "map", or what Encoded says. An error fails the call with
// ErrHandler, its text for a message; errors of reading the arguments keep their own code.
// A panic fails the call as an error does.
type Handler func(ctx *Context) (any, error)

// Context is what a handler gets. As a context.Context it is cancelled when the core gave
// up or is gone (nobody waits for the result), and when the plugin unmounts.
type Context struct {
	context.Context
	// Function is the name of the function called.
	Function string
	// Payload is the arguments as they came.
	Payload *Payload
	// Log writes lines that go to the core's log hub and carry the call's id.
	Log *Logger

	deadline     time.Time
	call         *incoming
	conversation *conversation
}

// Deadline is when the core will have given up. It is the core's to say so: the Context is
// not cancelled before, so that no late answer passes for a failure of the handler.
func (c *Context) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

// Map gives the arguments as a map.
func (c *Context) Map() (Map, error) { return c.Payload.Map() }

// Bytes gives the arguments as bytes.
func (c *Context) Bytes() ([]byte, error) { return c.Payload.Bytes() }

// Part sends a part of the result ahead of it. It returns when the part went out, which
// waits for a slow reader, and fails with ErrCancelled when nobody reads any more.
func (c *Context) Part(value any) error {
	return c.conversation.sendPart(c.call, value)
}

// Call calls a function that the core offers; see Plugin.Call. Give it this Context, so
// that it ends when this call does.
func (c *Context) Call(ctx context.Context, name string, args any, options ...CallOption) (*Payload, error) {
	return c.conversation.makeCall(ctx, name, args, options)
}

// CallOption is how a call is made.
type CallOption func(*outgoing)

// OnPart takes the parts of a streaming result, one after the other, on the goroutine that
// made the call. While it has not returned the core is held back once the window is full.
// When it fails, the call is cancelled and fails with that error.
func OnPart(take func(part *Payload) error) CallOption {
	return func(call *outgoing) { call.onPart = take }
}
