package main

import (
	"crypto/tls"
	"os"

	"envoygo.dev/pluginrpc"
)

// TLS_CA, and for mutual TLS TLS_CERT and TLS_KEY, are PEM files.
func tlsConfig() (*tls.Config, error) {
	if os.Getenv("TLS_CA") == "" {
		return nil, nil
	}
	return pluginrpc.LoadTLS(os.Getenv("TLS_CA"), os.Getenv("TLS_CERT"), os.Getenv("TLS_KEY"), "localhost")
}
