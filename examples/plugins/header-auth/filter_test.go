package headerauth

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
	deniedCounter
)

// createFactory loads a configuration as Envoy does.
func createFactory(t *testing.T, raw string) shared.HttpFilterFactory {
	t.Helper()
	handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
	handle.EXPECT().DefineCounter("header_auth.allowed").Return(allowedCounter, shared.MetricsSuccess)
	handle.EXPECT().DefineCounter("header_auth.denied").Return(deniedCounter, shared.MetricsSuccess)
	factory, err := (&configFactory{}).Create(handle, []byte(raw))
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return factory
}

func TestLetsThrough(t *testing.T) {
	for name, test := range map[string]struct {
		config  string
		headers map[string][]string
	}{
		"user: admin by default":   {``, map[string][]string{"user": {"admin"}}},
		"null is the default":      {`null`, map[string][]string{"user": {"admin"}}},
		"one of several values":    {`{"values":["a","b"]}`, map[string][]string{"user": {"b"}}},
		"another header":           {`{"header":"X-Tenant","values":["t1"]}`, map[string][]string{"x-tenant": {"t1"}}},
		"a pseudo-header":          {`{"header":":method","values":["GET"]}`, map[string][]string{":method": {"GET"}}},
		"another case, when told":  {`{"ignoreCase":true}`, map[string][]string{"user": {"Admin"}}},
		"two headers, both listed": {`{"values":["a","b"]}`, map[string][]string{"user": {"a", "b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
			handle.EXPECT().IncrementCounterValue(allowedCounter, uint64(1))
			status := createFactory(t, test.config).Create(handle).
				OnRequestHeaders(fake.NewFakeHeaderMap(test.headers), true)
			if status != shared.HeadersStatusContinue {
				t.Errorf("status = %d, want continue", status)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		config  string
		headers map[string][]string
		status  uint32
		body    string
	}{
		"no header":                    {``, nil, 403, "access denied"},
		"an empty header":              {``, map[string][]string{"user": {""}}, 403, "access denied"},
		"another value":                {``, map[string][]string{"user": {"guest"}}, 403, "access denied"},
		"another case":                 {``, map[string][]string{"user": {"Admin"}}, 403, "access denied"},
		"a list with the value in it":  {``, map[string][]string{"user": {"guest, admin"}}, 403, "access denied"},
		"an allowed header beside one": {``, map[string][]string{"user": {"guest", "admin"}}, 403, "access denied"},
		"with the configured answer":   {`{"status":401,"body":"{}","contentType":"application/json"}`, nil, 401, "{}"},
		"with an empty body":           {`{"body":""}`, nil, 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
			handle.EXPECT().IncrementCounterValue(deniedCounter, uint64(1))
			handle.EXPECT().SendLocalResponse(test.status, gomock.Any(), []byte(test.body), FilterName)
			status := createFactory(t, test.config).Create(handle).
				OnRequestHeaders(fake.NewFakeHeaderMap(test.headers), true)
			if status != shared.HeadersStatusStop {
				t.Errorf("status = %d, want stop", status)
			}
		})
	}
}

func TestRefusesABadConfiguration(t *testing.T) {
	for raw, want := range map[string]string{
		`{"head":"user"}`:                 `there is no field "head"`,
		`{"values":"admin"}`:              "values must be of type []string, not a JSON string",
		`{"values":[]}`:                   "values is empty",
		`{"values":["admin",""]}`:         "values has an empty text",
		`{"header":""}`:                   `header "" is not the name`,
		`{"header":":status"}`:            `header ":status" is not the name`,
		`{"status":200}`:                  "status 200 is not the status of an error",
		`{"status":403.5}`:                "status must be of type int",
		`{"contentType":"a\nset-cookie"}`: "is not a media type",
		`[]`:                              "must be a JSON object",
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
