// Package tokenauth is an Envoy HTTP filter that lets a request pass only when it carries the
// token that belongs to its path: md5(path + secret), or HMAC-SHA256 of the path.
//
// Importing the package registers the filter; cmd/envoy-module turns it into a library for Envoy.
package tokenauth

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	sdk "github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
)

// FilterName is the name the filter registers under: `filter_name` in Envoy's configuration.
const FilterName = "token-auth"

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
		"token_auth.allowed": &factory.allowed,
		"token_auth.missing": &factory.missing,
		"token_auth.invalid": &factory.invalid,
	} {
		defined, result := handle.DefineCounter(name)
		if result != shared.MetricsSuccess {
			return nil, fmt.Errorf("%s: Envoy did not define the counter %s (result %d)", FilterName, name, result)
		}
		*id = defined
	}
	return factory, nil
}

// CreatePerRoute refuses: one secret guards everything behind the filter.
func (*configFactory) CreatePerRoute([]byte) (any, error) {
	return nil, errors.New(FilterName + " has no per-route configuration")
}

// filterFactory makes a filter for each request. It is shared by all of Envoy's threads and is
// not changed once made.
type filterFactory struct {
	shared.EmptyHttpFilterFactory
	config                    Config
	allowed, missing, invalid shared.MetricID
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

// OnRequestHeaders answers 403 unless the request carries exactly one token and it is the right one.
func (f *filter) OnRequestHeaders(headers shared.HeaderMap, _ bool) shared.HeadersStatus {
	config := &f.factory.config
	values := headers.Get(config.Header)
	switch {
	case len(values) == 0 || (len(values) == 1 && values[0].Len == 0):
		return f.refuse(f.factory.missing, "missing token")
	case len(values) > 1:
		// Which of them the upstream or another proxy would read is not known.
		return f.refuse(f.factory.invalid, "invalid token")
	case !config.matches(values[0].ToUnsafeString(), headers.GetOne(":path").ToUnsafeString()):
		return f.refuse(f.factory.invalid, "invalid token")
	}
	if !config.ForwardToken {
		headers.Remove(config.Header)
	}
	f.handle.IncrementCounterValue(f.factory.allowed, 1)
	return shared.HeadersStatusContinue
}

func (f *filter) refuse(counter shared.MetricID, reason string) shared.HeadersStatus {
	f.handle.IncrementCounterValue(counter, 1)
	f.handle.SendLocalResponse(403, [][2]string{{"content-type", "text/plain"}}, []byte(reason), FilterName)
	return shared.HeadersStatusStop
}

// Token makes the token of a request's target (":path") in lower-case hexadecimal.
func (c *Config) Token(target string) string {
	return hex.EncodeToString(c.sum(target))
}

// matches compares in constant time, so that the time an answer takes says nothing about how
// much of a guessed token is right.
func (c *Config) matches(token, target string) bool {
	given, err := hex.DecodeString(token)
	return err == nil && subtle.ConstantTimeCompare(given, c.sum(target)) == 1
}

func (c *Config) sum(target string) []byte {
	if c.Signed == PathOnly {
		target, _, _ = strings.Cut(target, "?")
	}
	if c.Algorithm == HMACSHA256 {
		mac := hmac.New(sha256.New, []byte(c.Secret))
		mac.Write([]byte(target))
		return mac.Sum(nil)
	}
	sum := md5.Sum([]byte(target + c.Secret))
	return sum[:]
}
