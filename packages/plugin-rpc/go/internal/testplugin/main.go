// Command testplugin is a plugin that does what tests of a core ask for.
//
//	testplugin ADDRESS TOKEN [NAME]
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"envoygo.dev/pluginrpc"
)

var cancelled atomic.Int64

func main() {
	name := "go"
	if len(os.Args) > 3 {
		name = os.Args[3]
	}
	plugin, err := pluginrpc.New(pluginrpc.Options{
		Name:        name,
		Version:     "1.0.0",
		Interface:   "test",
		Concurrency: 8,
		Functions: map[string]pluginrpc.Function{
			"echo":      {Handler: echo, Signature: "(…) → …"},
			"types":     {Handler: types},
			"parts":     {Handler: parts},
			"wait":      {Handler: wait},
			"cancelled": {Handler: func(*pluginrpc.Context) (any, error) { return cancelled.Load(), nil }},
			"fail":      {Handler: fail},
			"panic":     {Handler: func(*pluginrpc.Context) (any, error) { panic("out of cheese") }},
			"wrongType": {Handler: wrongType},
			"unknown":   {Handler: unknownCodec},
			"askCore":   {Handler: askCore},
			"log":       {Handler: writeLog},
		},
		Reconnect: pluginrpc.Reconnect{Initial: 10 * time.Millisecond, Max: 100 * time.Millisecond},
		OnState: func(state pluginrpc.State, reason string) {
			fmt.Printf("%s: %s\n", state, reason)
		},
	})
	if err != nil {
		fail1(err)
	}
	tls, err := tlsConfig()
	if err != nil {
		fail1(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// Whoever started it is gone.
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1))
		stop()
	}()
	err = plugin.Run(ctx, pluginrpc.MountOptions{
		Address: os.Args[1],
		Token:   pluginrpc.StaticToken(os.Args[2]),
		TLS:     tls,
	})
	if err != nil {
		fail1(err)
	}
}

func fail1(err error) {
	var known *pluginrpc.Error
	if errors.As(err, &known) {
		fmt.Printf("%s: ", known.Code)
	}
	fmt.Println(err)
	os.Exit(1)
}

func echo(ctx *pluginrpc.Context) (any, error) {
	value, err := ctx.Payload.Value()
	return pluginrpc.Encoded{Codec: ctx.Payload.Codec, Value: value}, err
}

// Reads each type by its getter, and gives what it read.
func types(ctx *pluginrpc.Context) (any, error) {
	args, err := ctx.Map()
	if err != nil {
		return nil, err
	}
	result := map[string]any{}
	read := func(key string, value any, err2 error) {
		result[key] = value
		err = errors.Join(err, err2)
	}
	boolean, e := args.Bool("bool")
	read("bool", boolean, e)
	i32, e := args.Int32("int32")
	read("int32", i32, e)
	i64, e := args.Int64("int64")
	read("int64", i64, e)
	f64, e := args.Float64("float64")
	read("float64", f64, e)
	text, e := args.String("string")
	read("string", text, e)
	bytes, e := args.Bytes("bytes")
	read("bytes", bytes, e)
	when, e := args.Time("time")
	read("time", when, e)
	list, e := args.List("list")
	read("list", list, e)
	fields, e := args.Map("map")
	read("map", fields, e)
	nothing, e := args.StringOr("nothing", "default")
	read("nothing", nothing, e)
	return result, err
}

func parts(ctx *pluginrpc.Context) (any, error) {
	args, err := ctx.Map()
	if err != nil {
		return nil, err
	}
	count, err := args.Int32("count")
	if err != nil {
		return nil, err
	}
	size, err := args.Int32Or("size", 0)
	if err != nil {
		return nil, err
	}
	text := strings.Repeat("x", int(size))
	for i := range count {
		if err := ctx.Part(map[string]any{"index": i, "text": text}); err != nil {
			return nil, err
		}
	}
	return map[string]any{"sent": count}, nil
}

func wait(ctx *pluginrpc.Context) (any, error) {
	<-ctx.Done()
	cancelled.Add(1)
	return nil, context.Cause(ctx)
}

func fail(*pluginrpc.Context) (any, error) {
	return nil, errors.New("there is no more cheese")
}

func wrongType(ctx *pluginrpc.Context) (any, error) {
	args, err := ctx.Map()
	if err != nil {
		return nil, err
	}
	user, err := args.Map("user")
	if err != nil {
		return nil, err
	}
	return user.Int64("age")
}

func unknownCodec(*pluginrpc.Context) (any, error) {
	return pluginrpc.Encoded{Codec: "morse", Value: "…"}, nil
}

// Calls a function of the core with the same arguments, and gives its parts and result.
func askCore(ctx *pluginrpc.Context) (any, error) {
	args, err := ctx.Map()
	if err != nil {
		return nil, err
	}
	function, err := args.String("function")
	if err != nil {
		return nil, err
	}
	var inner context.Context = ctx
	if timeout, err := args.Int64Or("timeout", 0); err == nil && timeout > 0 {
		bounded, cancel := context.WithTimeout(ctx, time.Duration(timeout)*time.Millisecond)
		defer cancel()
		inner = bounded
	}
	seen := []any{}
	result, err := ctx.Call(inner, function, args.Any("args"), pluginrpc.OnPart(func(part *pluginrpc.Payload) error {
		value, err := part.Value()
		seen = append(seen, value)
		return err
	}))
	var known *pluginrpc.Error
	if errors.As(err, &known) {
		return map[string]any{"error": known.Message, "code": int(known.Code)}, nil
	}
	if err != nil {
		return nil, err
	}
	value, err := result.Value()
	return map[string]any{"result": value, "parts": seen}, err
}

func writeLog(ctx *pluginrpc.Context) (any, error) {
	args, err := ctx.Map()
	if err != nil {
		return nil, err
	}
	count, err := args.Int32("count")
	if err != nil {
		return nil, err
	}
	for i := range count {
		ctx.Log.Info("line", "number", i)
	}
	ctx.Log.Debug("too quiet to be sent")
	ctx.Log.Warn("last line")
	return nil, nil
}
