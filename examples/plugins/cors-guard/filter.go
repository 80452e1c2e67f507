// Package corsguard is an Envoy HTTP filter for cross-origin requests (CORS, the Fetch standard):
// it answers preflights itself, tells browsers which pages may use a response, and refuses
// requests from origins that are not listed before they reach the upstream.
//
// Importing the package registers the filter; cmd/envoy-module turns it into a library for Envoy.
package corsguard

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	sdk "github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
)

// FilterName is the name the filter registers under: `filter_name` in Envoy's configuration.
const FilterName = "cors-guard"

func init() {
	sdk.RegisterHttpFilterConfigFactories(map[string]shared.HttpFilterConfigFactory{
		FilterName: &configFactory{},
	})
}

// The headers of the CORS protocol: https://fetch.spec.whatwg.org/#http-requests
const (
	allowOrigin      = "access-control-allow-origin"
	allowCredentials = "access-control-allow-credentials"
	allowMethods     = "access-control-allow-methods"
	allowHeaders     = "access-control-allow-headers"
	exposeHeaders    = "access-control-expose-headers"
	maxAge           = "access-control-max-age"
	requestMethod    = "access-control-request-method"
	requestHeaders   = "access-control-request-headers"
)

// configFactory makes a filterFactory for each configuration that Envoy loads.
type configFactory struct{}

// Create parses the configuration and defines the counters. An error makes Envoy refuse the
// configuration and keep the one it has.
func (*configFactory) Create(handle shared.HttpFilterConfigHandle, raw []byte) (shared.HttpFilterFactory, error) {
	config, err := ParseConfig(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", FilterName, err)
	}
	allowed, err := parseOrigins(config.Origins)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", FilterName, err)
	}
	factory := &filterFactory{config: config, origins: allowed}
	for name, id := range map[string]*shared.MetricID{
		"cors_guard.allowed":   &factory.allowed,
		"cors_guard.preflight": &factory.preflight,
		"cors_guard.refused":   &factory.refused,
	} {
		defined, result := handle.DefineCounter(name)
		if result != shared.MetricsSuccess {
			return nil, fmt.Errorf("%s: Envoy did not define the counter %s (result %d)", FilterName, name, result)
		}
		*id = defined
	}
	return factory, nil
}

// CreatePerRoute refuses: one policy guards everything behind the filter.
func (*configFactory) CreatePerRoute([]byte) (any, error) {
	return nil, errors.New(FilterName + " has no per-route configuration")
}

// filterFactory makes a filter for each request. It is shared by all of Envoy's threads and is
// not changed once made.
type filterFactory struct {
	shared.EmptyHttpFilterFactory
	config                      Config
	origins                     origins
	allowed, preflight, refused shared.MetricID
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
	// origin is the allowed origin of a cross-origin request, empty for any other request.
	origin string
}

// OnRequestHeaders answers preflights and refuses what comes from an origin that is not listed.
// Requests without an origin, and those of the site's own pages, are no concern of CORS and pass.
func (f *filter) OnRequestHeaders(headers shared.HeaderMap, _ bool) shared.HeadersStatus {
	values := headers.Get("origin")
	if len(values) == 0 || (len(values) == 1 && isSameOrigin(values[0].ToUnsafeString(), headers)) {
		return shared.HeadersStatusContinue
	}
	if len(values) > 1 || !f.factory.origins.allows(values[0].ToUnsafeString()) {
		return f.refuse("origin not allowed")
	}
	f.origin = values[0].ToString()

	method := headers.GetOne(requestMethod).ToUnsafeString()
	if method == "" || headers.GetOne(":method").ToUnsafeString() != "OPTIONS" {
		f.handle.IncrementCounterValue(f.factory.allowed, 1)
		return shared.HeadersStatusContinue
	}
	if !slices.Contains(f.factory.config.Methods, method) {
		return f.refuse("method not allowed")
	}
	asked, ok := f.allowedHeaders(headers.Get(requestHeaders))
	if !ok {
		return f.refuse("header not allowed")
	}
	return f.answerPreflight(asked)
}

// OnResponseHeaders tells the browser that the page may use the response, in place of whatever the
// upstream says about it.
func (f *filter) OnResponseHeaders(headers shared.HeaderMap, _ bool) shared.HeadersStatus {
	for _, name := range []string{allowOrigin, allowCredentials, allowMethods, allowHeaders, exposeHeaders, maxAge} {
		headers.Remove(name)
	}
	if f.origin != "" {
		for _, header := range f.allowance() {
			headers.Set(header[0], header[1])
		}
		if list := f.factory.config.ExposeHeaders; len(list) > 0 {
			headers.Set(exposeHeaders, strings.Join(list, ", "))
		}
	}
	if !varies(headers.Get("vary")) {
		headers.Add("vary", "Origin")
	}
	return shared.HeadersStatusContinue
}

// answerPreflight answers for the upstream, which never sees a preflight.
func (f *filter) answerPreflight(asked []string) shared.HeadersStatus {
	config := &f.factory.config
	headers := append(f.allowance(),
		[2]string{allowMethods, strings.Join(config.Methods, ", ")},
		[2]string{maxAge, strconv.Itoa(config.MaxAgeSeconds)},
		[2]string{"vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"},
	)
	if len(asked) > 0 {
		headers = append(headers, [2]string{allowHeaders, strings.Join(asked, ", ")})
	}
	f.handle.IncrementCounterValue(f.factory.preflight, 1)
	f.handle.SendLocalResponse(204, headers, nil, FilterName)
	return shared.HeadersStatusStop
}

// refuse answers without any CORS header, so that the page cannot read even this.
func (f *filter) refuse(reason string) shared.HeadersStatus {
	f.handle.IncrementCounterValue(f.factory.refused, 1)
	f.handle.SendLocalResponse(403, [][2]string{
		{"content-type", "text/plain"},
		{"vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"},
	}, []byte(reason), FilterName)
	return shared.HeadersStatusStop
}

// allowance is the headers by which a browser knows that the origin is allowed.
func (f *filter) allowance() [][2]string {
	if f.factory.origins.any {
		return [][2]string{{allowOrigin, "*"}}
	}
	headers := [][2]string{{allowOrigin, f.origin}}
	if f.factory.config.Credentials {
		headers = append(headers, [2]string{allowCredentials, "true"})
	}
	return headers
}

// allowedHeaders is what a preflight asks for, unless it asks for a header that is not allowed.
func (f *filter) allowedHeaders(values []shared.UnsafeEnvoyBuffer) ([]string, bool) {
	var asked []string
	for _, value := range values {
		for name := range strings.SplitSeq(value.ToString(), ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			if name == "" {
				continue
			}
			if !token.MatchString(name) || !(slices.Contains(f.factory.config.Headers, name) ||
				slices.Contains(f.factory.config.Headers, "*")) {
				return nil, false
			}
			asked = append(asked, name)
		}
	}
	return asked, true
}

// isSameOrigin says whether the origin is that of the request itself: a page of the same site.
func isSameOrigin(origin string, headers shared.HeaderMap) bool {
	scheme := strings.ToLower(headers.GetOne(":scheme").ToUnsafeString())
	own := strings.ToLower(scheme + "://" + headers.GetOne(":authority").ToUnsafeString())
	return scheme != "" && withoutDefaultPort(scheme, own) == strings.ToLower(origin)
}

// varies says whether a cache already knows that the response depends on the origin.
func varies(values []shared.UnsafeEnvoyBuffer) bool {
	for _, value := range values {
		for name := range strings.SplitSeq(value.ToUnsafeString(), ",") {
			name = strings.TrimSpace(name)
			if name == "*" || strings.EqualFold(name, "origin") {
				return true
			}
		}
	}
	return false
}
