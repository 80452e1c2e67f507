package tokenauth

import (
	"strings"
	"testing"

	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/fake"
	"github.com/envoyproxy/envoy/source/extensions/dynamic_modules/sdk/go/shared/mocks"
	"go.uber.org/mock/gomock"
)

// The counters in the order in which the test's Envoy defines them.
const (
	allowedCounter shared.MetricID = iota + 1
	missingCounter
	invalidCounter
)

// createFactory loads a configuration as Envoy does.
func createFactory(t *testing.T, raw string) shared.HttpFilterFactory {
	t.Helper()
	handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
	for name, id := range map[string]shared.MetricID{
		"token_auth.allowed": allowedCounter,
		"token_auth.missing": missingCounter,
		"token_auth.invalid": invalidCounter,
	} {
		handle.EXPECT().DefineCounter(name).Return(id, shared.MetricsSuccess)
	}
	factory, err := (&configFactory{}).Create(handle, []byte(raw))
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return factory
}

func TestLetsThroughWhatCarriesTheRightToken(t *testing.T) {
	for name, test := range map[string]struct {
		config, path, header, token string
	}{
		// Each token was made outside of this program: printf '%s' "$PATH$SECRET" | md5sum
		"md5 of the path":           {`{"secret":"s3cr3t"}`, "/anything", "token", "964a12d8984771e60c939fb8ceed4772"},
		"upper-case hexadecimal":    {`{"secret":"s3cr3t"}`, "/anything", "token", "964A12D8984771E60C939FB8CEED4772"},
		"md5 of path and query":     {`{"secret":"s3cr3t"}`, "/anything?a=1", "token", "69406d261945469261578b7528d35ce1"},
		"query left out of the md5": {`{"secret":"s3cr3t","signed":"path"}`, "/anything?a=1", "token", "964a12d8984771e60c939fb8ceed4772"},
		"a header of its own":       {`{"secret":"s3cr3t","header":"X-Token"}`, "/anything", "x-token", "964a12d8984771e60c939fb8ceed4772"},
		"HMAC-SHA256": {
			`{"secret":"s3cr3t","algorithm":"hmac-sha256"}`, "/anything", "token",
			"789c42d70ba12fbda32ec22dedec152ed1082084a1ffa56769a006a753fd0e23",
		},
	} {
		t.Run(name, func(t *testing.T) {
			handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
			handle.EXPECT().IncrementCounterValue(allowedCounter, uint64(1))
			headers := fake.NewFakeHeaderMap(map[string][]string{":path": {test.path}, test.header: {test.token}})

			status := createFactory(t, test.config).Create(handle).OnRequestHeaders(headers, true)

			if status != shared.HeadersStatusContinue {
				t.Errorf("status = %d, want continue", status)
			}
			if kept := headers.Get(test.header); len(kept) != 0 {
				t.Errorf("the upstream would see the token")
			}
		})
	}
}

func TestForwardsTheTokenWhenAsked(t *testing.T) {
	handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
	handle.EXPECT().IncrementCounterValue(allowedCounter, uint64(1))
	token := "964a12d8984771e60c939fb8ceed4772"
	headers := fake.NewFakeHeaderMap(map[string][]string{":path": {"/anything"}, "token": {token}})

	createFactory(t, `{"secret":"s3cr3t","forwardToken":true}`).Create(handle).OnRequestHeaders(headers, true)

	if got := headers.GetOne("token").ToString(); got != token {
		t.Errorf("token = %q, want it left as it was", got)
	}
}

func TestRefuses(t *testing.T) {
	const right = "964a12d8984771e60c939fb8ceed4772"
	for name, test := range map[string]struct {
		path    string
		tokens  []string
		counter shared.MetricID
		body    string
	}{
		"no token":                {"/anything", nil, missingCounter, "missing token"},
		"an empty token":          {"/anything", []string{""}, missingCounter, "missing token"},
		"another path's token":    {"/other", []string{right}, invalidCounter, "invalid token"},
		"another query's token":   {"/anything?admin=1", []string{right}, invalidCounter, "invalid token"},
		"the start of the token":  {"/anything", []string{right[:30]}, invalidCounter, "invalid token"},
		"no hexadecimal":          {"/anything", []string{"not a token"}, invalidCounter, "invalid token"},
		"two tokens, one right":   {"/anything", []string{right, "00"}, invalidCounter, "invalid token"},
		"the right token twice":   {"/anything", []string{right, right}, invalidCounter, "invalid token"},
		"a space after the token": {"/anything", []string{right + " "}, invalidCounter, "invalid token"},
	} {
		t.Run(name, func(t *testing.T) {
			handle := mocks.NewMockHttpFilterHandle(gomock.NewController(t))
			handle.EXPECT().IncrementCounterValue(test.counter, uint64(1))
			handle.EXPECT().SendLocalResponse(uint32(403), gomock.Any(), []byte(test.body), FilterName)
			headers := map[string][]string{":path": {test.path}}
			if test.tokens != nil {
				headers["token"] = test.tokens
			}

			status := createFactory(t, `{"secret":"s3cr3t"}`).Create(handle).
				OnRequestHeaders(fake.NewFakeHeaderMap(headers), true)

			if status != shared.HeadersStatusStop {
				t.Errorf("status = %d, want stop", status)
			}
		})
	}
}

func TestRefusesABadConfiguration(t *testing.T) {
	for raw, want := range map[string]string{
		``:                                   "secret is missing",
		`{}`:                                 "secret is missing",
		`{"secret":""}`:                      "secret is missing",
		`{"secret":"a","secrets":"b"}`:       `there is no field "secrets"`,
		`{"secret":7}`:                       "secret must be of type string, not a JSON number",
		`"s3cr3t"`:                           "must be a JSON object, not a JSON string",
		`{"secret":"a"`:                      "not valid JSON",
		`{"secret":"a"} {}`:                  "nothing after it",
		`{"secret":"a","header":"a b"}`:      `header "a b" is not the name of an HTTP header`,
		`{"secret":"a","header":":path"}`:    `header ":path" is not the name of an HTTP header`,
		`{"secret":"a","algorithm":"sha1"}`:  `algorithm "sha1" is unknown: use "md5" or "hmac-sha256"`,
		`{"secret":"a","signed":"query"}`:    `signed "query" is unknown`,
		`{"secret":"a","forwardToken":"no"}`: "forwardToken must be of type bool",
	} {
		t.Run(raw, func(t *testing.T) {
			// No call is expected: a refused configuration leaves no counters behind.
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

func TestSaysThatEnvoyDefinedNoCounter(t *testing.T) {
	handle := mocks.NewMockHttpFilterConfigHandle(gomock.NewController(t))
	handle.EXPECT().DefineCounter(gomock.Any()).Return(shared.MetricID(0), shared.MetricsFrozen)
	if _, err := (&configFactory{}).Create(handle, []byte(`{"secret":"a"}`)); err == nil {
		t.Fatal("Create went on without its counters")
	}
}

func TestRefusesAPerRouteConfiguration(t *testing.T) {
	if _, err := (&configFactory{}).CreatePerRoute([]byte(`{"secret":"a"}`)); err == nil {
		t.Fatal("CreatePerRoute accepted what the filter would ignore")
	}
}

func TestConfigSharesNoMemoryWithEnvoy(t *testing.T) {
	raw := []byte(`{"secret":"s3cr3t","header":"token"}`)
	config, err := ParseConfig(raw)
	if err != nil {
		t.Fatal(err)
	}
	clear(raw)
	if config.Secret != "s3cr3t" || config.Header != "token" {
		t.Errorf("config = %+v after Envoy freed what it was read from", config)
	}
}

func BenchmarkMatches(b *testing.B) {
	config, err := ParseConfig([]byte(`{"secret":"s3cr3t"}`))
	if err != nil {
		b.Fatal(err)
	}
	token := config.Token("/anything")
	for b.Loop() {
		if !config.matches(token, "/anything") {
			b.Fatal("refused")
		}
	}
}
