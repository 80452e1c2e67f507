package localratelimit

import (
	"strings"
	"testing"
	"time"

	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/fake"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/mocks"
	"go.uber.org/mock/gomock"
)

const (
	allowedCounter shared.MetricID = iota + 1
	limitedCounter
	unkeyedCounter
	evictedCounter
)

// createFactory loads a configuration as Envoy does.
func createFactory(t *testing.T, c *clock, raw string) shared.HttpFilterFactory {
	t.Helper()
	handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
	for name, id := range map[string]shared.MetricID{
		"local_rate_limit.allowed": allowedCounter,
		"local_rate_limit.limited": limitedCounter,
		"local_rate_limit.unkeyed": unkeyedCounter,
		"local_rate_limit.evicted": evictedCounter,
	} {
		handle.EXPECT().DefineCounter(name).Return(id, shared.MetricsSuccess)
	}
	factory, err := (&configFactory{now: c.now}).Create(handle, []byte(raw))
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return factory
}

// answer is what the filter did with a request: the counters it raised and, if it answered, how.
type answer struct {
	status  uint32
	headers map[string]string
	body    string
	counted map[shared.MetricID]uint64
	filter  shared.HttpFilter
}

// send sends the headers of a request through a new filter.
func send(t *testing.T, factory shared.HttpFilterFactory, headers map[string][]string) answer {
	t.Helper()
	got := answer{headers: map[string]string{}, counted: map[shared.MetricID]uint64{}}
	handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
	handle.EXPECT().IncrementCounterValue(gomock.Any(), gomock.Any()).AnyTimes().
		DoAndReturn(func(id shared.MetricID, value uint64, _ ...string) shared.MetricsResult {
			got.counted[id] += value
			return shared.MetricsSuccess
		})
	handle.EXPECT().SendLocalResponse(gomock.Any(), gomock.Any(), gomock.Any(), FilterName).AnyTimes().
		Do(func(status uint32, headers [][2]string, body []byte, _ string) {
			got.status, got.body = status, string(body)
			for _, header := range headers {
				got.headers[header[0]] = header[1]
			}
		})
	got.filter = factory.Create(handle)
	status := got.filter.OnRequestHeaders(fake.NewFakeHeaderMap(headers), true)
	if stopped := status == shared.HeadersStatusStop; stopped != (got.status != 0) {
		t.Fatalf("status %d, but the answer is %d", status, got.status)
	}
	return got
}

func TestAnswers429WithTheTimeToWait(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, `{"requests":2,"perSeconds":60}`)
	for range 2 {
		if got := send(t, factory, nil); got.status != 0 || got.counted[allowedCounter] != 1 {
			t.Fatalf("%+v, want the request to pass and be counted", got)
		}
	}
	got := send(t, factory, nil)
	if got.status != 429 || got.body != "too many requests" || got.headers["retry-after"] != "30" || got.counted[limitedCounter] != 1 {
		t.Fatalf("%+v, want 429, to be tried again in 30 s", got)
	}
	c.advance(29500 * time.Millisecond)
	if got := send(t, factory, nil); got.headers["retry-after"] != "1" {
		t.Fatalf("retry-after = %q half a second before, want it rounded up", got.headers["retry-after"])
	}
	c.advance(500 * time.Millisecond)
	if got := send(t, factory, nil); got.status != 0 {
		t.Fatalf("%+v after the promised time, want it to pass", got)
	}
}

func TestTellsClientsApartByTheKeyHeader(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, `{"requests":1,"perSeconds":60,"keyHeader":"X-Client"}`)
	for _, client := range []string{"a", "b"} {
		if got := send(t, factory, map[string][]string{"x-client": {client}}); got.status != 0 {
			t.Fatalf("client %s: %+v, want it to pass", client, got)
		}
	}
	if got := send(t, factory, map[string][]string{"x-client": {"a"}}); got.status != 429 {
		t.Fatalf("%+v, want 429 for the second request of a", got)
	}
	if got := send(t, factory, map[string][]string{"x-client": {"a", "c"}}); got.status != 0 {
		t.Fatalf("%+v, want two values to be a key of their own", got)
	}
}

func TestMissingKey(t *testing.T) {
	for mode, want := range map[string][]uint32{
		"shared": {0, 429},
		"allow":  {0, 0},
		"refuse": {429, 429},
	} {
		t.Run(mode, func(t *testing.T) {
			var c clock
			factory := createFactory(t, &c, `{"requests":1,"perSeconds":60,"keyHeader":"x-client","missingKey":"`+mode+`"}`)
			for i, headers := range []map[string][]string{nil, {"x-client": {""}}} {
				got := send(t, factory, headers)
				if got.status != want[i] || got.counted[unkeyedCounter] != 1 {
					t.Errorf("request %d: %+v, want %d, counted as unkeyed", i+1, got, want[i])
				}
			}
			if got := send(t, factory, map[string][]string{"x-client": {"a"}}); got.status != 0 {
				t.Errorf("%+v, want a request with a key to pass", got)
			}
		})
	}
}

func TestCountsAClientThatHadToMakeRoom(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, `{"requests":1,"perSeconds":60,"keyHeader":"x-client","maxKeys":1}`)
	if got := send(t, factory, map[string][]string{"x-client": {"a"}}); got.counted[evictedCounter] != 0 {
		t.Fatalf("%+v, want nothing evicted", got)
	}
	if got := send(t, factory, map[string][]string{"x-client": {"b"}}); got.counted[evictedCounter] != 1 {
		t.Fatalf("%+v, want a evicted", got)
	}
}

func TestTellsWhereTheClientStandsWhenConfigured(t *testing.T) {
	var c clock
	factory := createFactory(t, &c, `{"requests":1,"perSeconds":10,"burst":2,"responseHeaders":true}`)
	for _, want := range [][3]string{{"2", "1", "10"}, {"2", "0", "20"}} {
		response := fake.NewFakeHeaderMap(nil)
		send(t, factory, nil).filter.OnResponseHeaders(response, true)
		got := [3]string{
			response.GetOne("x-ratelimit-limit").ToString(),
			response.GetOne("x-ratelimit-remaining").ToString(),
			response.GetOne("x-ratelimit-reset").ToString(),
		}
		if got != want {
			t.Errorf("limit, remaining, reset = %v, want %v", got, want)
		}
	}
	if got := send(t, factory, nil); got.headers["x-ratelimit-remaining"] != "0" || got.headers["retry-after"] != "10" {
		t.Errorf("%+v, want the headers on the refusal too", got)
	}
}

func TestSaysNothingOfTheLimitByDefault(t *testing.T) {
	var c clock
	response := fake.NewFakeHeaderMap(nil)
	send(t, createFactory(t, &c, `{"requests":1,"perSeconds":1}`), nil).filter.OnResponseHeaders(response, true)
	if len(response.Headers) != 0 {
		t.Errorf("response headers = %v", response.Headers)
	}
}

func TestRefusesABadConfiguration(t *testing.T) {
	for raw, want := range map[string]string{
		``:                                                            "requests is 0: give how many requests",
		`{"requests":1}`:                                              "perSeconds is 0: give the time",
		`{"requests":0,"perSeconds":1}`:                               "requests is 0",
		`{"requests":1.5,"perSeconds":1}`:                             "requests must be of type int",
		`{"requests":1,"perSeconds":-1}`:                              "perSeconds is -1",
		`{"requests":1,"perSeconds":1e9}`:                             "perSeconds is 1e+09",
		`{"requests":1,"perSeconds":"1s"}`:                            "perSeconds must be of type float64",
		`{"requests":1,"perSeconds":1,"burst":0}`:                     "burst is 0",
		`{"requests":1,"perSeconds":1,"burst":-1}`:                    "burst is -1",
		`{"requests":1,"perSeconds":1,"keyHeader":"a b"}`:             `keyHeader "a b" is not the name`,
		`{"requests":1,"perSeconds":1,"missingKey":"ignore"}`:         `missingKey "ignore" is unknown`,
		`{"requests":1,"perSeconds":1,"maxKeys":0}`:                   "maxKeys is 0",
		`{"requests":1,"perSeconds":1,"limit":3}`:                     `there is no field "limit"`,
		`{"requests":1,"perSeconds":1,"responseHeaders":{"on":true}}`: "responseHeaders must be of type bool",
	} {
		t.Run(raw, func(t *testing.T) {
			handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
			factory, err := (&configFactory{now: time.Now}).Create(handle, []byte(raw))
			if factory != nil || err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("Create = %v, %v; want an error with %q", factory, err, want)
			}
			if !strings.HasPrefix(err.Error(), FilterName+": ") {
				t.Errorf("error %q does not begin with the filter's name", err)
			}
		})
	}
}

func TestBurstIsTheNumberOfRequestsUnlessGiven(t *testing.T) {
	for raw, want := range map[string]int{
		`{"requests":7,"perSeconds":1}`:           7,
		`{"requests":7,"perSeconds":1,"burst":2}`: 2,
	} {
		if config, err := ParseConfig([]byte(raw)); err != nil || config.Burst != want {
			t.Errorf("%s: burst = %d, %v; want %d", raw, config.Burst, err, want)
		}
	}
}

func TestRefusesAPerRouteConfiguration(t *testing.T) {
	if _, err := (&configFactory{}).CreatePerRoute([]byte(`{}`)); err == nil {
		t.Fatal("CreatePerRoute accepted what the filter would ignore")
	}
}
