package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"envoygo.dev/pluginrpc"
)

func main() {
	plugin, err := NewPlugin(handlers{}, pluginrpc.Options{})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := plugin.Run(ctx, pluginrpc.MountOptions{
		Address: setting("PLUGIN_RPC_ADDRESS", "127.0.0.1:4020"),
		Token:   pluginrpc.StaticToken(setting("PLUGIN_RPC_TOKEN", "")),
	}); err != nil {
		log.Fatal(err)
	}
}

func setting(name, otherwise string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return otherwise
}
