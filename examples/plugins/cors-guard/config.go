package corsguard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Config is the filter's configuration. The schema in catalog-info.yaml describes it for people.
type Config struct {
	// Origins are the origins whose pages may use the responses: exact ones, ones with "*" in the
	// host or as the port, "null", or "*" for all.
	Origins []string `json:"origins"`
	// Methods are the methods that a preflight may ask for.
	Methods []string `json:"methods"`
	// Headers are the request headers that a preflight may ask for, or "*" for all.
	Headers []string `json:"headers"`
	// ExposeHeaders are the response headers that pages may read.
	ExposeHeaders []string `json:"exposeHeaders"`
	// MaxAgeSeconds is how long a browser may remember the answer to a preflight.
	MaxAgeSeconds int `json:"maxAgeSeconds"`
	// Credentials lets pages send cookies and HTTP authentication.
	Credentials bool `json:"credentials"`
}

// maxMaxAge is a day, the most that a browser honours.
const maxMaxAge = 86_400

// token is a method or a field name (RFC 9110, section 5.6.2).
var token = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// ParseConfig reads the filter's configuration from JSON, fills in the defaults and refuses what
// it does not know. The error is what an operator sees in Envoy's log, so it names the field.
func ParseConfig(raw []byte) (Config, error) {
	config := Config{MaxAgeSeconds: 600}
	if err := decodeStrict(raw, &config); err != nil {
		return Config{}, err
	}
	if config.Methods == nil {
		config.Methods = []string{"GET", "HEAD", "POST"}
	}
	if config.Headers == nil {
		config.Headers = []string{"content-type"}
	}
	if len(config.Origins) == 0 {
		return Config{}, errors.New(`origins is missing: name the origins whose pages may use the responses, as {"origins": ["https://app.example.com"]}`)
	}
	if config.Credentials {
		// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials: "*" does not go with
		// credentials, and to put the caller's origin in its place would let every site act for the user.
		if slices.Contains(config.Origins, "*") {
			return Config{}, errors.New(`origins has "*" and credentials is true: every site could act for the user; name the origins`)
		}
		if slices.Contains(config.Origins, "null") {
			return Config{}, errors.New(`origins has "null" and credentials is true: every site can make itself a page of origin "null"; name the origins`)
		}
		if slices.Contains(config.Headers, "*") {
			return Config{}, errors.New(`headers has "*" and credentials is true: name the headers`)
		}
	}
	for _, list := range []struct {
		field  string
		values []string
	}{{"methods", config.Methods}, {"headers", config.Headers}, {"exposeHeaders", config.ExposeHeaders}} {
		for _, value := range list.values {
			if !token.MatchString(value) {
				return Config{}, fmt.Errorf("%s has %q, which is not a name that HTTP allows", list.field, value)
			}
		}
	}
	for i, header := range config.Headers {
		config.Headers[i] = strings.ToLower(header)
	}
	if config.MaxAgeSeconds < 0 || config.MaxAgeSeconds > maxMaxAge {
		return Config{}, fmt.Errorf("maxAgeSeconds is %d: use 0 to %d", config.MaxAgeSeconds, maxMaxAge)
	}
	return config, nil
}

// decodeStrict reads one JSON object into target. An empty input leaves target as it is.
func decodeStrict(raw []byte, target any) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		var mismatch *json.UnmarshalTypeError
		if errors.As(err, &mismatch) {
			if mismatch.Field == "" {
				return fmt.Errorf("the configuration must be a JSON object, not a JSON %s", mismatch.Value)
			}
			return fmt.Errorf("%s must be of type %s, not a JSON %s", mismatch.Field, mismatch.Type, mismatch.Value)
		}
		if unknown, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
			return fmt.Errorf("there is no field %s", unknown)
		}
		return fmt.Errorf("the configuration is not valid JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the configuration must be one JSON object with nothing after it")
	}
	return nil
}
