// Package pluginrpc is the plugin's side of plugin-rpc: it dials a core, mounts, and answers
// calls until it unmounts. The protocol is described in proto/plugin.proto.
//
//	plugin, err := pluginrpc.New(pluginrpc.Options{
//		Name:    "math",
//		Version: "1.0.0",
//		Functions: map[string]pluginrpc.Function{
//			"add": {Handler: func(ctx *pluginrpc.Context) (any, error) { … }},
//		},
//	})
//	…
//	err = plugin.Run(ctx, pluginrpc.MountOptions{
//		Address: "127.0.0.1:4020",
//		Token:   pluginrpc.StaticToken("secret"),
//	})
package pluginrpc
