// Command envoy-module is the library that Envoy loads: it registers the filter and exports the
// functions of Envoy's dynamic module ABI. Build it with -buildmode=c-shared.
package main

import (
	_ "github.com/envoy-plugins/callout-auth"
	_ "github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/abi"
)

func main() {}
