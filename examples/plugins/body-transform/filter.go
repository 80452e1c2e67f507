// Package bodytransform is an Envoy HTTP filter that sets, removes and renames fields of JSON
// bodies, of requests and of responses: of whole documents that it buffers, or line by line of
// streams (NDJSON).
//
// Importing the package registers the filter; cmd/envoy-module turns it into a library for Envoy.
package bodytransform

import (
	"errors"
	"fmt"

	sdk "github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
)

// FilterName is the name the filter registers under: `filter_name` in Envoy's configuration.
const FilterName = "body-transform"

func init() {
	sdk.RegisterHttpFilterConfigFactories(map[string]shared.HttpFilterConfigFactory{
		FilterName: &configFactory{},
	})
}

// configFactory makes a filterFactory for each configuration that Envoy loads.
type configFactory struct{}

// Create parses the configuration and defines the counters. An error makes Envoy refuse the
// configuration and keep the one it has.
func (*configFactory) Create(handle shared.HttpFilterConfigHandle, raw []byte) (shared.HttpFilterFactory, error) {
	config, err := ParseConfig(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", FilterName, err)
	}
	factory := &filterFactory{config: config}
	for name, id := range map[string]*shared.MetricID{
		"body_transform.transformed": &factory.transformed,
		"body_transform.unchanged":   &factory.unchanged,
		"body_transform.passed":      &factory.passed,
		"body_transform.rejected":    &factory.rejected,
	} {
		defined, result := handle.DefineCounter(name)
		if result != shared.MetricsSuccess {
			return nil, fmt.Errorf("%s: Envoy did not define the counter %s (result %d)", FilterName, name, result)
		}
		*id = defined
	}
	return factory, nil
}

// CreatePerRoute refuses: the rules belong to the filter, not to a route.
func (*configFactory) CreatePerRoute([]byte) (any, error) {
	return nil, errors.New(FilterName + " has no per-route configuration")
}

// filterFactory makes a filter for each request. It is shared by all of Envoy's threads and is
// not changed once made.
type filterFactory struct {
	shared.EmptyHttpFilterFactory
	config Config
	// Each document, a body or a line, raises one of these.
	transformed, unchanged, passed, rejected shared.MetricID
}

// Create makes the filter of one request.
func (f *filterFactory) Create(handle shared.HttpFilterHandle) shared.HttpFilter {
	return &filter{
		handle: handle,
		config: &f.config,
		request: body{
			rules: f.config.Request, factory: f, handle: handle, answers: &requestAnswers,
			headers: handle.RequestHeaders, buffered: handle.BufferedRequestBody,
			receivedIsBuffered: handle.ReceivedBufferedRequestBody,
		},
		response: body{
			rules: f.config.Response, factory: f, handle: handle, answers: &responseAnswers,
			headers: handle.ResponseHeaders, buffered: handle.BufferedResponseBody,
			receivedIsBuffered: handle.ReceivedBufferedResponseBody,
		},
	}
}

// filter handles one request: its two bodies go through the same code.
type filter struct {
	shared.EmptyHttpFilter
	handle            shared.HttpFilterHandle
	config            *Config
	request, response body
}

// OnRequestHeaders holds the request back when its body has to be read first.
func (f *filter) OnRequestHeaders(headers shared.HeaderMap, endOfStream bool) shared.HeadersStatus {
	if f.config.Response != nil {
		// A compressed response could not be read.
		headers.Remove("accept-encoding")
	}
	return f.request.onHeaders(headers, endOfStream)
}

// OnRequestBody transforms the body, or as much of it as can go on.
func (f *filter) OnRequestBody(received shared.BodyBuffer, endOfStream bool) shared.BodyStatus {
	return f.request.onData(received, endOfStream)
}

// OnRequestTrailers transforms a body that ends with trailers.
func (f *filter) OnRequestTrailers(shared.HeaderMap) shared.TrailersStatus {
	return f.request.onTrailers()
}

// OnResponseHeaders holds the response back when its body has to be read first.
func (f *filter) OnResponseHeaders(headers shared.HeaderMap, endOfStream bool) shared.HeadersStatus {
	return f.response.onHeaders(headers, endOfStream)
}

// OnResponseBody transforms the body, or as much of it as can go on.
func (f *filter) OnResponseBody(received shared.BodyBuffer, endOfStream bool) shared.BodyStatus {
	return f.response.onData(received, endOfStream)
}

// OnResponseTrailers transforms a body that ends with trailers.
func (f *filter) OnResponseTrailers(shared.HeaderMap) shared.TrailersStatus {
	return f.response.onTrailers()
}
