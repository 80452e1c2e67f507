package corsguard

import (
	"strings"
	"testing"
)

func TestAllowsTheConfiguredOriginsAndNoOthers(t *testing.T) {
	for configured, test := range map[string]struct{ allowed, refused []string }{
		"https://app.example.com": {
			[]string{"https://app.example.com", "HTTPS://App.Example.com"},
			[]string{"", "null", "http://app.example.com", "https://app.example.com:8443", "https://app.example.com.evil.org",
				"https://evil.org/https://app.example.com", "https://app.example.com/", "https://xapp.example.com"},
		},
		"https://App.Example.com:443": {
			[]string{"https://app.example.com"},
			[]string{"https://app.example.com:443"}, // no browser sends the default port
		},
		"https://*.example.com": {
			[]string{"https://a.example.com", "https://a.b.example.com"},
			[]string{"https://example.com", "https://evil-example.com", "https://evil.org#.example.com", "https://evil.org/.example.com",
				"https://a.example.com:8443", "http://a.example.com", "https://aXexample.com", "https://a.example.com.evil.org",
				"https://a.example.com\n", "https://user@a.example.com"},
		},
		"https://pr-*.example.com:443": {
			[]string{"https://pr-7.example.com"},
			[]string{"https://pr-.example.com", "https://evil.org"},
		},
		"https://*.example.com:8443": {
			[]string{"https://a.example.com:8443"},
			[]string{"https://a.example.com", "https://a.example.com:84433"},
		},
		"http://localhost:*": {
			[]string{"http://localhost", "http://localhost:3000"},
			[]string{"http://localhost:", "http://localhost:3000.evil.org", "https://localhost:3000", "http://localhost.evil.org:1"},
		},
		"http://[::1]:3000":      {[]string{"http://[::1]:3000"}, []string{"http://[::1]"}},
		"chrome-extension://abc": {[]string{"chrome-extension://abc"}, []string{"chrome-extension://abd"}},
		"null":                   {[]string{"null"}, []string{"https://a.example.com"}},
		"*":                      {[]string{"null", "https://anything.org"}, nil},
	} {
		t.Run(configured, func(t *testing.T) {
			parsed, err := parseOrigins([]string{"https://other.example.org", configured})
			if err != nil {
				t.Fatal(err)
			}
			for _, origin := range test.allowed {
				if !parsed.allows(origin) {
					t.Errorf("%q is refused", origin)
				}
			}
			for _, origin := range test.refused {
				if parsed.allows(origin) {
					t.Errorf("%q is allowed", origin)
				}
			}
		})
	}
}

func TestRefusesOriginsThatCannotBeOrAreTooWide(t *testing.T) {
	for configured, want := range map[string]string{
		"https://app.example.com/":  "nothing after it",
		"https://app.example.com/a": "nothing after it",
		"app.example.com":           "an origin is scheme://host",
		"*.example.com":             "an origin is scheme://host",
		"https://":                  "an origin is scheme://host",
		"":                          "an origin is scheme://host",
		"https://a b.example.com":   "an origin is scheme://host",
		"https://*":                 "other people's sites would match",
		"https://*.com":             "other people's sites would match",
		"https://*example.com":      "other people's sites would match",
		"https://example.*":         "other people's sites would match",
		"https://example.*:*":       "other people's sites would match",
		"https://*.example.com.*":   "other people's sites would match",
	} {
		t.Run(configured, func(t *testing.T) {
			if _, err := parseOrigins([]string{configured}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one with %q", err, want)
			}
		})
	}
}
