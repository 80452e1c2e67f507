package localratelimit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
)

// MissingKey says what happens to a request without the header that tells clients apart.
type MissingKey string

const (
	// Shared counts all requests without a key as those of one client.
	Shared MissingKey = "shared"
	// Allow lets them pass uncounted.
	Allow MissingKey = "allow"
	// Refuse answers them as if their client had used up its limit.
	Refuse MissingKey = "refuse"
)

// The bounds keep the arithmetic of the bucket exact and its memory within reason.
const (
	maxRequests   = 1_000_000
	maxPerSeconds = 86_400
	maxMaxKeys    = 1_000_000
)

// unset is a number that no valid configuration has.
const unset = math.MinInt

// Config is the filter's configuration. The schema in catalog-info.yaml describes it for people.
type Config struct {
	// Requests is how many requests a client gets in PerSeconds.
	Requests int `json:"requests"`
	// PerSeconds is the time in which a client gets Requests, in seconds.
	PerSeconds float64 `json:"perSeconds"`
	// Burst is how many requests a client that was idle can send at once.
	Burst int `json:"burst"`
	// KeyHeader is the request header that tells clients apart. Without one, all are one client.
	KeyHeader string `json:"keyHeader"`
	// MissingKey is what happens to a request without KeyHeader.
	MissingKey MissingKey `json:"missingKey"`
	// MaxKeys is how many clients are remembered at a time.
	MaxKeys int `json:"maxKeys"`
	// Body is the body of the answer to a request over the limit.
	Body string `json:"body"`
	// ResponseHeaders adds x-ratelimit-limit, x-ratelimit-remaining and x-ratelimit-reset to responses.
	ResponseHeaders bool `json:"responseHeaders"`
}

// headerName is an HTTP field name (RFC 9110, section 5.1) or :authority.
var headerName = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+|:authority)$")

// ParseConfig reads the filter's configuration from JSON, fills in the defaults and refuses what
// it does not know. The error is what an operator sees in Envoy's log, so it names the field.
func ParseConfig(raw []byte) (Config, error) {
	config := Config{Burst: unset, MissingKey: Shared, MaxKeys: 10_000, Body: "too many requests"}
	if err := decodeStrict(raw, &config); err != nil {
		return Config{}, err
	}
	if config.Burst == unset {
		config.Burst = config.Requests
	}
	switch {
	case config.Requests < 1 || config.Requests > maxRequests:
		return Config{}, fmt.Errorf("requests is %d: give how many requests a client gets in perSeconds, 1 to %d",
			config.Requests, maxRequests)
	case config.PerSeconds < 0.001 || config.PerSeconds > maxPerSeconds:
		return Config{}, fmt.Errorf("perSeconds is %v: give the time in which a client gets that many requests, 0.001 to %d",
			config.PerSeconds, maxPerSeconds)
	case config.Burst < 1 || config.Burst > maxRequests:
		return Config{}, fmt.Errorf("burst is %d: use 1 to %d", config.Burst, maxRequests)
	case config.KeyHeader != "" && !headerName.MatchString(config.KeyHeader):
		return Config{}, fmt.Errorf("keyHeader %q is not the name of an HTTP header", config.KeyHeader)
	case config.MissingKey != Shared && config.MissingKey != Allow && config.MissingKey != Refuse:
		return Config{}, fmt.Errorf("missingKey %q is unknown: use %q, %q or %q", config.MissingKey, Shared, Allow, Refuse)
	case config.MaxKeys < 1 || config.MaxKeys > maxMaxKeys:
		return Config{}, fmt.Errorf("maxKeys is %d: use 1 to %d", config.MaxKeys, maxMaxKeys)
	}
	config.KeyHeader = strings.ToLower(config.KeyHeader)
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
