// Package localratelimit is an Envoy HTTP filter that limits how many requests a client may send,
// with a token bucket in the memory of this Envoy, and answers the rest 429 with Retry-After.
//
// Importing the package registers the filter; cmd/envoy-module turns it into a library for Envoy.
package localratelimit

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	sdk "github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
)

// FilterName is the name the filter registers under: `filter_name` in Envoy's configuration.
const FilterName = "local-rate-limit"

func init() {
	sdk.RegisterHttpFilterConfigFactories(map[string]shared.HttpFilterConfigFactory{
		FilterName: &configFactory{now: time.Now},
	})
}

// configFactory makes a filterFactory for each configuration that Envoy loads.
type configFactory struct {
	now func() time.Time
}

// Create parses the configuration and defines the counters. An error makes Envoy refuse the
// configuration and keep the one it has.
func (f *configFactory) Create(handle shared.HttpFilterConfigHandle, raw []byte) (shared.HttpFilterFactory, error) {
	config, err := ParseConfig(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", FilterName, err)
	}
	factory := &filterFactory{
		config: config,
		keyed:  newLimiter(&config, f.now),
		shared: newLimiter(&config, f.now),
	}
	for name, id := range map[string]*shared.MetricID{
		"local_rate_limit.allowed": &factory.allowed,
		"local_rate_limit.limited": &factory.limited,
		"local_rate_limit.unkeyed": &factory.unkeyed,
		"local_rate_limit.evicted": &factory.evicted,
	} {
		defined, result := handle.DefineCounter(name)
		if result != shared.MetricsSuccess {
			return nil, fmt.Errorf("%s: Envoy did not define the counter %s (result %d)", FilterName, name, result)
		}
		*id = defined
	}
	return factory, nil
}

// CreatePerRoute refuses: the buckets belong to the filter, not to a route.
func (*configFactory) CreatePerRoute([]byte) (any, error) {
	return nil, errors.New(FilterName + " has no per-route configuration")
}

// filterFactory makes a filter for each request and holds the buckets. It is shared by all of
// Envoy's threads.
type filterFactory struct {
	shared.EmptyHttpFilterFactory
	config Config
	// keyed has a bucket for each value of the key header. shared has one bucket, for the requests
	// without a key; it is apart so that no number of keys can push it out.
	keyed, shared                      *limiter
	allowed, limited, unkeyed, evicted shared.MetricID
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
	// taken is set when the request took a token.
	taken *decision
}

// OnRequestHeaders takes a token, or answers 429.
func (f *filter) OnRequestHeaders(headers shared.HeaderMap, _ bool) shared.HeadersStatus {
	config := &f.factory.config
	limiter, key := f.factory.shared, ""
	if config.KeyHeader != "" {
		if key = joined(headers.Get(config.KeyHeader)); key != "" {
			limiter = f.factory.keyed
		} else {
			f.handle.IncrementCounterValue(f.factory.unkeyed, 1)
			switch config.MissingKey {
			case Allow:
				f.handle.IncrementCounterValue(f.factory.allowed, 1)
				return shared.HeadersStatusContinue
			case Refuse:
				return f.refuse(decision{})
			}
		}
	}

	taken := limiter.take(key)
	if taken.evicted {
		f.handle.IncrementCounterValue(f.factory.evicted, 1)
	}
	if !taken.allowed {
		return f.refuse(taken)
	}
	f.taken = &taken
	f.handle.IncrementCounterValue(f.factory.allowed, 1)
	return shared.HeadersStatusContinue
}

// OnResponseHeaders tells the client where it stands, when configured.
func (f *filter) OnResponseHeaders(headers shared.HeaderMap, _ bool) shared.HeadersStatus {
	if f.taken != nil && f.factory.config.ResponseHeaders {
		for _, header := range f.limitHeaders(*f.taken) {
			headers.Set(header[0], header[1])
		}
	}
	return shared.HeadersStatusContinue
}

func (f *filter) refuse(refused decision) shared.HeadersStatus {
	f.handle.IncrementCounterValue(f.factory.limited, 1)
	headers := [][2]string{{"content-type", "text/plain"}}
	if refused.retryAfter > 0 {
		headers = append(headers, [2]string{"retry-after", seconds(refused.retryAfter)})
		if f.factory.config.ResponseHeaders {
			headers = append(headers, f.limitHeaders(refused)...)
		}
	}
	f.handle.SendLocalResponse(429, headers, []byte(f.factory.config.Body), FilterName)
	return shared.HeadersStatusStop
}

func (f *filter) limitHeaders(d decision) [][2]string {
	return [][2]string{
		{"x-ratelimit-limit", strconv.Itoa(f.factory.config.Burst)},
		{"x-ratelimit-remaining", strconv.Itoa(d.remaining)},
		{"x-ratelimit-reset", seconds(d.reset)},
	}
}

// joined is the header's values as one text. One value, the usual case, is not copied.
func joined(values []shared.UnsafeEnvoyBuffer) string {
	if len(values) == 1 {
		return values[0].ToUnsafeString()
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = value.ToUnsafeString()
	}
	return strings.Join(texts, ",")
}

// seconds rounds up: a client that waits that long finds what it was promised.
func seconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}
