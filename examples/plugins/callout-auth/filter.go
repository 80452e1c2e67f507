// Package calloutauth is an Envoy HTTP filter that asks an HTTP service whether a request may pass.
// The callout is asynchronous: Envoy's thread serves other requests while a goroutine waits for the
// decision, or for the time to run out, and then has the request resumed on its own thread.
//
// Importing the package registers the filter; cmd/envoy-module turns it into a library for Envoy.
package calloutauth

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	sdk "github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
)

// FilterName is the name the filter registers under: `filter_name` in Envoy's configuration.
const FilterName = "callout-auth"

// grace is how much longer than a request the callout itself may take: with a late decision the
// requests that come next need not ask.
const grace = time.Second

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
	factory := &filterFactory{config: config, now: f.now, decisions: newDecisions(&config, f.now)}
	for name, id := range map[string]*shared.MetricID{
		"callout_auth.allowed":   &factory.allowed,
		"callout_auth.denied":    &factory.denied,
		"callout_auth.failed":    &factory.failed,
		"callout_auth.timed_out": &factory.timedOut,
		"callout_auth.callouts":  &factory.callouts,
		"callout_auth.cached":    &factory.cached,
		"callout_auth.shared":    &factory.shared,
	} {
		defined, result := handle.DefineCounter(name)
		if result != shared.MetricsSuccess {
			return nil, fmt.Errorf("%s: Envoy did not define the counter %s (result %d)", FilterName, name, result)
		}
		*id = defined
	}
	return factory, nil
}

// CreatePerRoute refuses: one service decides for everything behind the filter.
func (*configFactory) CreatePerRoute([]byte) (any, error) {
	return nil, errors.New(FilterName + " has no per-route configuration")
}

// filterFactory makes a filter for each request and holds the decisions. It is shared by all of
// Envoy's threads.
type filterFactory struct {
	shared.EmptyHttpFilterFactory
	config    Config
	now       func() time.Time
	decisions *decisions
	warnOnce  sync.Once

	// Each request raises one of these three, and timedOut with failed when the time ran out.
	allowed, denied, failed shared.MetricID
	timedOut                shared.MetricID
	// How decisions came about.
	callouts, cached, shared shared.MetricID
}

// Create makes the filter of one request.
func (f *filterFactory) Create(handle shared.HttpFilterHandle) shared.HttpFilter {
	return &filter{factory: f, handle: handle, ended: make(chan struct{})}
}

// filter handles one request. All its methods run on the thread of Envoy that serves the request;
// goroutines touch nothing of it but ended.
type filter struct {
	shared.EmptyHttpFilter
	factory *filterFactory
	handle  shared.HttpFilterHandle

	// callout is what the service is asked.
	callout   [][2]string
	key       key
	deadline  time.Time
	scheduler shared.Scheduler
	// leading is the flight whose callout this request makes, until it has landed.
	leading *flight
	// ended is closed when the request is over, for whatever reason.
	ended     chan struct{}
	completed bool
}

// OnRequestHeaders asks for a decision and holds the request back, body and all, until there is one.
func (f *filter) OnRequestHeaders(headers shared.HeaderMap, _ bool) shared.HeadersStatus {
	config := &f.factory.config
	f.callout = config.calloutFor(headers)
	f.key = keyOf(f.callout)
	f.deadline = f.factory.now().Add(config.timeout())
	for _, name := range config.UpstreamHeaders {
		// Only the service can say these; what the client says of itself does not count.
		headers.Remove(name)
	}
	f.scheduler = f.handle.GetScheduler()
	v := f.ask()
	if v == nil {
		return shared.HeadersStatusStopAllAndWatermark
	}
	if f.settle(*v) {
		return shared.HeadersStatusContinue
	}
	return shared.HeadersStatusStop
}

// ask gives the verdict if there is one at once. If not, a goroutine waits for it and has the
// request resumed.
func (f *filter) ask() *verdict {
	known, waitFor, leads := f.factory.decisions.lookUp(f.key)
	if known != nil {
		f.count(f.factory.cached)
		return known
	}
	left := max(f.deadline.Sub(f.factory.now()), 0)
	if leads {
		f.leading = waitFor
		f.count(f.factory.callouts)
		limit := uint64((left + grace).Milliseconds())
		if result, _ := f.handle.HttpCallout(f.factory.config.Cluster, f.callout, nil, limit, f); result != shared.HttpCalloutInitSuccess {
			// Once is enough to find the mistake; every request has the counter.
			f.factory.warnOnce.Do(func() {
				f.handle.Log(shared.LogLevelWarn, "%s: the callout to cluster %q did not start: %s",
					FilterName, f.factory.config.Cluster, describe(result))
			})
			v := verdict{outcome: failed}
			f.land(v)
			return &v
		}
	} else {
		f.count(f.factory.shared)
	}
	go wait(waitFor, left, f.ended, f.scheduler, f.resume)
	return nil
}

// wait runs in a goroutine of its own, so it must not touch the request: it hands the verdict to
// the request's thread.
func wait(waitFor *flight, timeout time.Duration, ended <-chan struct{}, scheduler shared.Scheduler, resume func(verdict)) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	var v verdict
	select {
	case <-ended:
		return
	case <-waitFor.landed:
		v = waitFor.verdict
	case <-timer.C:
		v = verdict{outcome: timedOut}
	}
	// A request that ends lets go of its own callout as well: both can be there at once.
	select {
	case <-ended:
		return
	default:
	}
	scheduler.Schedule(func() { resume(v) })
	// The SDK frees Envoy's half of a scheduler in its finalizer, which must not run before
	// Schedule is through with it.
	runtime.KeepAlive(scheduler)
}

// resume continues a request that was held back, on its own thread.
func (f *filter) resume(v verdict) {
	if f.completed {
		return
	}
	if v.outcome == abandoned {
		again := f.ask()
		if again == nil {
			return
		}
		v = *again
	}
	if f.settle(v) {
		f.handle.ContinueRequest()
	}
}

// settle does what the verdict says. It is true when the request goes on, and false when it has
// been answered.
func (f *filter) settle(v verdict) bool {
	config := &f.factory.config
	switch v.outcome {
	case allowed:
		f.count(f.factory.allowed)
		request := f.handle.RequestHeaders()
		for _, header := range v.headers {
			request.Add(header[0], header[1])
		}
		return true
	case denied:
		f.count(f.factory.denied)
		f.handle.SendLocalResponse(v.status, append([][2]string{{"content-type", "text/plain"}}, v.headers...),
			[]byte("access denied"), FilterName)
		return false
	case timedOut:
		f.count(f.factory.timedOut)
	}
	f.count(f.factory.failed)
	if config.OnFailure == Allow {
		return true
	}
	f.handle.SendLocalResponse(uint32(config.FailureStatus), [][2]string{{"content-type", "text/plain"}},
		[]byte("no authorization decision"), FilterName)
	return false
}

// OnHttpCalloutDone gets the service's answer. It can come after the request has gone on without
// it, and is then of use to the next.
func (f *filter) OnHttpCalloutDone(_ uint64, result shared.HttpCalloutResult,
	headers [][2]shared.UnsafeEnvoyBuffer, _ []shared.UnsafeEnvoyBuffer) {
	if result != shared.HttpCalloutSuccess {
		f.land(verdict{outcome: failed})
		return
	}
	f.land(f.factory.config.verdictOf(headers))
}

// OnStreamComplete lets go of everything: the goroutine ends, and if others wait for the callout
// that Envoy now cancels, one of them makes it anew.
func (f *filter) OnStreamComplete() {
	if f.completed {
		return
	}
	f.completed = true
	close(f.ended)
	f.land(verdict{outcome: abandoned})
}

// OnDestroy does the same for a request that ends without completing.
func (f *filter) OnDestroy() {
	f.OnStreamComplete()
}

func (f *filter) land(v verdict) {
	if f.leading != nil {
		f.factory.decisions.land(f.leading, v)
		f.leading = nil
	}
}

func (f *filter) count(counter shared.MetricID) {
	f.handle.IncrementCounterValue(counter, 1)
}

// calloutFor copies what the service is asked out of a request.
func (c *Config) calloutFor(headers shared.HeaderMap) [][2]string {
	callout := [][2]string{{":method", "GET"}, {":path", c.Path}, {"host", c.Host}}
	if c.ForwardTarget {
		callout = append(callout,
			[2]string{"x-original-method", headers.GetOne(":method").ToString()},
			[2]string{"x-original-host", headers.GetOne(":authority").ToString()},
			[2]string{"x-original-path", headers.GetOne(":path").ToString()},
		)
	}
	for _, name := range c.ForwardHeaders {
		for _, value := range headers.Get(name) {
			callout = append(callout, [2]string{name, value.ToString()})
		}
	}
	return callout
}

// verdictOf reads the service's answer: 2xx is yes, 401 and 403 are no, everything else is no
// decision, also what Envoy answers in the service's place (503, 504).
func (c *Config) verdictOf(headers [][2]shared.UnsafeEnvoyBuffer) verdict {
	var status string
	for _, header := range headers {
		if header[0].ToUnsafeString() == ":status" {
			status = header[1].ToString()
		}
	}
	v := verdict{outcome: failed}
	var wanted []string
	switch {
	case len(status) == 3 && status[0] == '2':
		v.outcome, wanted = allowed, c.UpstreamHeaders
	case status == "401":
		v.outcome, v.status, wanted = denied, 401, []string{"www-authenticate"}
	case status == "403":
		v.outcome, v.status = denied, 403
	}
	for _, header := range headers {
		if name := strings.ToLower(header[0].ToUnsafeString()); slices.Contains(wanted, name) {
			v.headers = append(v.headers, [2]string{strings.Clone(name), header[1].ToString()})
		}
	}
	return v
}

func describe(result shared.HttpCalloutInitResult) string {
	switch result {
	case shared.HttpCalloutInitClusterNotFound:
		return "there is no such cluster"
	case shared.HttpCalloutInitMissingRequiredHeaders:
		return "a required header is missing"
	case shared.HttpCalloutInitCannotCreateRequest:
		return "the cluster has no host that could take it"
	}
	return fmt.Sprintf("result %d", result)
}
