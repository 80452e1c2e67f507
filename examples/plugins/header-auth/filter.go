// Package headerauth is an Envoy HTTP filter that lets a request pass only when one of its headers
// has one of the configured values, and answers the others itself.
//
// Importing the package registers the filter; cmd/envoy-module turns it into a library for Envoy.
package headerauth

import (
	"errors"
	"fmt"
	"strings"

	sdk "github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
)

// FilterName is the name the filter registers under: `filter_name` in Envoy's configuration.
const FilterName = "header-auth"

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
		"header_auth.allowed": &factory.allowed,
		"header_auth.denied":  &factory.denied,
	} {
		defined, result := handle.DefineCounter(name)
		if result != shared.MetricsSuccess {
			return nil, fmt.Errorf("%s: Envoy did not define the counter %s (result %d)", FilterName, name, result)
		}
		*id = defined
	}
	return factory, nil
}

// CreatePerRoute refuses: one rule guards everything behind the filter.
func (*configFactory) CreatePerRoute([]byte) (any, error) {
	return nil, errors.New(FilterName + " has no per-route configuration")
}

// filterFactory makes a filter for each request. It is shared by all of Envoy's threads and is
// not changed once made.
type filterFactory struct {
	shared.EmptyHttpFilterFactory
	config          Config
	allowed, denied shared.MetricID
}

// Create makes the filter of one request.
func (f *filterFactory) Create(handle shared.HttpFilterHandle) shared.HttpFilter {
	return &filter{factory: f, handle: handle}
}

// filter handles one request.
type filter struct {
	shared.EmptyHttpFilter
	factory *filterFactory
	handle  shared.HttpFilterHandle
}

// OnRequestHeaders answers the request itself unless the header has a configured value.
func (f *filter) OnRequestHeaders(headers shared.HeaderMap, _ bool) shared.HeadersStatus {
	config := &f.factory.config
	if config.allows(headers.Get(config.Header)) {
		f.handle.IncrementCounterValue(f.factory.allowed, 1)
		return shared.HeadersStatusContinue
	}
	f.handle.IncrementCounterValue(f.factory.denied, 1)
	f.handle.SendLocalResponse(uint32(config.Status), [][2]string{{"content-type", config.ContentType}},
		[]byte(config.Body), FilterName)
	return shared.HeadersStatusStop
}

// allows says whether the header is there and each of its values is a configured one. Were one
// enough, a client could add it beside the one that the upstream reads.
func (c *Config) allows(values []shared.UnsafeEnvoyBuffer) bool {
	for _, value := range values {
		if !c.contains(value.ToUnsafeString()) {
			return false
		}
	}
	return len(values) > 0
}

func (c *Config) contains(value string) bool {
	for _, allowed := range c.Values {
		if value == allowed || (c.IgnoreCase && strings.EqualFold(value, allowed)) {
			return true
		}
	}
	return false
}
