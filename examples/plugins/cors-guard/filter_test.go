package corsguard

import (
	"strings"
	"testing"

	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/fake"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/mocks"
	"go.uber.org/mock/gomock"
)

const (
	allowedCounter shared.MetricID = iota + 1
	preflightCounter
	refusedCounter
)

// createFactory loads a configuration as Envoy does.
func createFactory(t *testing.T, raw string) shared.HttpFilterFactory {
	t.Helper()
	handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
	for name, id := range map[string]shared.MetricID{
		"cors_guard.allowed":   allowedCounter,
		"cors_guard.preflight": preflightCounter,
		"cors_guard.refused":   refusedCounter,
	} {
		handle.EXPECT().DefineCounter(name).Return(id, shared.MetricsSuccess)
	}
	factory, err := (&configFactory{}).Create(handle, []byte(raw))
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return factory
}

// answer is what the filter did with a request: the counter it raised and, if it answered, how.
type answer struct {
	status  uint32
	headers map[string]string
	body    string
	counted shared.MetricID
	filter  shared.HttpFilter
}

// send sends the headers of a request to https://api.example.com through a new filter.
func send(t *testing.T, config string, headers map[string][]string) answer {
	t.Helper()
	got := answer{headers: map[string]string{}}
	handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
	handle.EXPECT().IncrementCounterValue(gomock.Any(), uint64(1)).MaxTimes(1).
		Do(func(id shared.MetricID, _ uint64, _ ...string) { got.counted = id })
	handle.EXPECT().SendLocalResponse(gomock.Any(), gomock.Any(), gomock.Any(), FilterName).MaxTimes(1).
		Do(func(status uint32, headers [][2]string, body []byte, _ string) {
			got.status, got.body = status, string(body)
			for _, header := range headers {
				got.headers[header[0]] = header[1]
			}
		})
	request := fake.NewFakeHeaderMap(map[string][]string{
		":method": {"GET"}, ":scheme": {"https"}, ":authority": {"api.example.com"}, ":path": {"/"},
	})
	for name, values := range headers {
		request.Headers[name] = values
	}
	got.filter = createFactory(t, config).Create(handle)
	status := got.filter.OnRequestHeaders(request, true)
	if stopped := status == shared.HeadersStatusStop; stopped != (got.status != 0) {
		t.Fatalf("status %d, but the answer is %d", status, got.status)
	}
	return got
}

// respond sends the headers of the upstream's response through the filter of a request.
func respond(filter shared.HttpFilter, headers map[string][]string) map[string][]string {
	response := fake.NewFakeHeaderMap(headers)
	filter.OnResponseHeaders(response, true)
	return response.Headers
}

const app = "https://app.example.com"

func TestLetsAListedOriginPassAndTellsTheBrowser(t *testing.T) {
	got := send(t, `{"origins":["https://app.example.com"],"exposeHeaders":["x-total","x-page"]}`, map[string][]string{"origin": {app}})
	if got.status != 0 || got.counted != allowedCounter {
		t.Fatalf("%+v, want it to pass and be counted", got)
	}
	response := respond(got.filter, map[string][]string{"vary": {"Accept-Encoding"}})
	if response[allowOrigin][0] != app || response[exposeHeaders][0] != "x-total, x-page" || response[allowCredentials] != nil {
		t.Errorf("response headers %v", response)
	}
	if strings.Join(response["vary"], ", ") != "Accept-Encoding, Origin" {
		t.Errorf("vary %q, want the upstream's and Origin", response["vary"])
	}
}

func TestTakesTheWordFromTheUpstream(t *testing.T) {
	upstream := func() map[string][]string {
		return map[string][]string{allowOrigin: {"*", "https://evil.org"}, allowCredentials: {"true"}, exposeHeaders: {"x-secret"}}
	}
	got := send(t, `{"origins":["https://app.example.com"]}`, map[string][]string{"origin": {app}})
	if response := respond(got.filter, upstream()); len(response[allowOrigin]) != 1 || response[allowOrigin][0] != app ||
		response[allowCredentials] != nil || response[exposeHeaders] != nil {
		t.Errorf("response headers %v", response)
	}
	got = send(t, `{"origins":["https://app.example.com"]}`, nil)
	if response := respond(got.filter, upstream()); response[allowOrigin] != nil {
		t.Errorf("response headers %v of a request without an origin", response)
	}
}

func TestLetsCredentialsPassWhenConfigured(t *testing.T) {
	got := send(t, `{"origins":["https://*.example.com"],"credentials":true}`, map[string][]string{"origin": {app}})
	if response := respond(got.filter, nil); response[allowOrigin][0] != app || response[allowCredentials][0] != "true" {
		t.Errorf("response headers %v", response)
	}
}

func TestAnswersAnyOriginWithAStar(t *testing.T) {
	got := send(t, `{"origins":["*"]}`, map[string][]string{"origin": {"null"}})
	if response := respond(got.filter, nil); got.status != 0 || response[allowOrigin][0] != "*" {
		t.Errorf("%+v, response headers %v", got, response)
	}
}

func TestDoesNotRepeatVary(t *testing.T) {
	for _, vary := range []string{"origin", "Accept, ORIGIN", "*"} {
		got := send(t, `{"origins":["*"]}`, nil)
		if response := respond(got.filter, map[string][]string{"vary": {vary}}); len(response["vary"]) != 1 {
			t.Errorf("vary %q", response["vary"])
		}
	}
}

func TestLetsWhatIsNotCrossOriginPass(t *testing.T) {
	for name, headers := range map[string]map[string][]string{
		"no origin":                     nil,
		"the site's own":                {"origin": {"https://api.example.com"}},
		"the site's own, in upper case": {"origin": {"https://API.example.com"}},
		"the site's own, with its port": {"origin": {"https://api.example.com"}, ":authority": {"api.example.com:443"}},
		"OPTIONS without an origin":     {":method": {"OPTIONS"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, `{"origins":["https://app.example.com"]}`, headers)
			if got.status != 0 || got.counted != 0 {
				t.Errorf("%+v, want it to pass uncounted", got)
			}
			if response := respond(got.filter, nil); response[allowOrigin] != nil || response["vary"][0] != "Origin" {
				t.Errorf("response headers %v", response)
			}
		})
	}
}

func TestRefusesOriginsThatAreNotListed(t *testing.T) {
	for name, headers := range map[string]map[string][]string{
		"another site":              {"origin": {"https://evil.org"}},
		"null":                      {"origin": {"null"}},
		"an empty origin":           {"origin": {""}},
		"the site's own over http":  {"origin": {"http://api.example.com"}},
		"two origins":               {"origin": {app, "https://evil.org"}},
		"a preflight":               {"origin": {"https://evil.org"}, ":method": {"OPTIONS"}, requestMethod: {"GET"}},
		"OPTIONS, but no preflight": {"origin": {"https://evil.org"}, ":method": {"OPTIONS"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, `{"origins":["https://app.example.com"]}`, headers)
			if got.status != 403 || got.body != "origin not allowed" || got.counted != refusedCounter {
				t.Errorf("%+v, want 403", got)
			}
			for name := range got.headers {
				if strings.HasPrefix(name, "access-control-") {
					t.Errorf("the answer has %s", name)
				}
			}
		})
	}
}

func TestAnswersPreflights(t *testing.T) {
	const config = `{"origins":["https://app.example.com"],"methods":["GET","PUT"],"headers":["X-One","x-two"],"maxAgeSeconds":60,"credentials":true}`
	got := send(t, config, map[string][]string{
		":method": {"OPTIONS"}, "origin": {app}, requestMethod: {"PUT"}, requestHeaders: {"x-one, X-Two", "x-one"},
	})
	if got.status != 204 || got.body != "" || got.counted != preflightCounter {
		t.Fatalf("%+v, want 204", got)
	}
	for name, want := range map[string]string{
		allowOrigin:      app,
		allowCredentials: "true",
		allowMethods:     "GET, PUT",
		allowHeaders:     "x-one, x-two, x-one",
		maxAge:           "60",
		"vary":           "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
	} {
		if got.headers[name] != want {
			t.Errorf("%s = %q, want %q", name, got.headers[name], want)
		}
	}
}

func TestAnswersPreflightsThatAskForNoHeaders(t *testing.T) {
	got := send(t, `{"origins":["*"]}`, map[string][]string{":method": {"OPTIONS"}, "origin": {app}, requestMethod: {"POST"}})
	if _, there := got.headers[allowHeaders]; got.status != 204 || got.headers[allowOrigin] != "*" || there {
		t.Errorf("%+v", got)
	}
}

func TestRefusesPreflightsForWhatIsNotAllowed(t *testing.T) {
	for name, test := range map[string]struct {
		headers map[string][]string
		body    string
	}{
		"a method":                  {map[string][]string{requestMethod: {"DELETE"}}, "method not allowed"},
		"a method in another case":  {map[string][]string{requestMethod: {"get"}}, "method not allowed"},
		"a header":                  {map[string][]string{requestMethod: {"GET"}, requestHeaders: {"content-type, x-other"}}, "header not allowed"},
		"something that is no name": {map[string][]string{requestMethod: {"GET"}, requestHeaders: {"content type"}}, "header not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			test.headers[":method"], test.headers["origin"] = []string{"OPTIONS"}, []string{app}
			got := send(t, `{"origins":["https://app.example.com"]}`, test.headers)
			if got.status != 403 || got.body != test.body || got.counted != refusedCounter {
				t.Errorf("%+v, want 403 %s", got, test.body)
			}
		})
	}
}

func TestAllowsAnyHeaderWithAStar(t *testing.T) {
	const config = `{"origins":["https://app.example.com"],"headers":["*"]}`
	headers := map[string][]string{":method": {"OPTIONS"}, "origin": {app}, requestMethod: {"GET"}, requestHeaders: {"x-anything"}}
	if got := send(t, config, headers); got.status != 204 || got.headers[allowHeaders] != "x-anything" {
		t.Errorf("%+v", got)
	}
	headers[requestHeaders] = []string{"x-anything, a b"}
	if got := send(t, config, headers); got.status != 403 {
		t.Errorf("%+v, want what is no name refused all the same", got)
	}
}

func TestRefusesABadConfiguration(t *testing.T) {
	for raw, want := range map[string]string{
		``:                                     "origins is missing",
		`{"origins":[]}`:                       "origins is missing",
		`{"origins":"*"}`:                      "origins must be of type []string",
		`{"origins":["https://a.b.c/"]}`:       `origins has "https://a.b.c/"`,
		`{"origins":["*"],"credentials":true}`: "every site could act for the user",
		`{"origins":["null"],"credentials":true}`:                          "every site can make itself",
		`{"origins":["https://a.b.c"],"headers":["*"],"credentials":true}`: "name the headers",
		`{"origins":["*"],"methods":["GET POST"]}`:                         `methods has "GET POST"`,
		`{"origins":["*"],"headers":["x:y"]}`:                              `headers has "x:y"`,
		`{"origins":["*"],"exposeHeaders":[""]}`:                           `exposeHeaders has ""`,
		`{"origins":["*"],"maxAgeSeconds":-1}`:                             "maxAgeSeconds is -1",
		`{"origins":["*"],"maxAgeSeconds":100000}`:                         "maxAgeSeconds is 100000",
		`{"origins":["*"],"allowOrigins":["*"]}`:                           `there is no field "allowOrigins"`,
	} {
		t.Run(raw, func(t *testing.T) {
			handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
			factory, err := (&configFactory{}).Create(handle, []byte(raw))
			if factory != nil || err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("Create = %v, %v; want an error with %q", factory, err, want)
			}
			if !strings.HasPrefix(err.Error(), FilterName+": ") {
				t.Errorf("error %q does not begin with the filter's name", err)
			}
		})
	}
}

func TestRefusesAPerRouteConfiguration(t *testing.T) {
	if _, err := (&configFactory{}).CreatePerRoute([]byte(`{}`)); err == nil {
		t.Fatal("CreatePerRoute accepted what the filter would ignore")
	}
}
